// The publishers of the demo: one key each, all of one market. Started by demo.ts.
import { type PublisherNews, runPublisher, type SourcePrice } from '@plimsoll/node/publish';
import { runAsChild, type ToldPublishers, tellParent } from './child.ts';
import { readDemoScenario } from './demoScenario.ts';
import { scenarioPrices } from './scenarioPrices.ts';

runAsChild<ToldPublishers>(async (told, signal) => {
  const demo = readDemoScenario(told.scenario);
  const { url, clock, present } = told;
  const lines = new Map(told.keys.map(({ source }) => [source, new Line()]));
  const publishers = told.keys.map(({ source, privateKey }) =>
    runPublisher({
      url,
      privateKey,
      prices: (lines.get(source) as Line).read(),
      signal,
      onNews: (news) => report(source, news),
    }),
  );
  tellParent({ kind: 'ready' });
  for await (const bySource of scenarioPrices({ demo, clock, present, signal })) {
    for (const [source, prices] of bySource) lines.get(source)?.push(prices);
  }
  for (const line of lines.values()) line.push([]);
  await Promise.all(publishers);
});

function report(source: string, news: PublisherNews): void {
  if (news.kind === 'connected') return;
  const text = 'error' in news ? news.error.message : JSON.stringify(news);
  tellParent({ kind: 'news', text: `publisher ${source}: ${text}` });
}

/** Prices on their way to one publisher. Only the newest wait. */
class Line {
  #waiting: readonly SourcePrice[] = [];
  #wake: () => void = () => {};

  push(prices: readonly SourcePrice[]): void {
    this.#waiting = prices;
    this.#wake();
  }

  async *read(): AsyncGenerator<SourcePrice, void> {
    for (;;) {
      const prices = this.#waiting;
      this.#waiting = [];
      yield* prices;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
