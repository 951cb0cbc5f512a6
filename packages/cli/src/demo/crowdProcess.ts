// Market makers and traders of the demo: clients with keys and connections of their own. Started by
// demo.ts.
import { type Client, ClientError, createClient } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import { WebSocket } from '@plimsoll/node/webSocket';
import { Seed } from '@plimsoll/simulator';
import { runAsChild, type ToldAccount, type ToldCrowd, tellParent } from './child.ts';
import { readDemoScenario } from './demoScenario.ts';
import { runMaker } from './maker.ts';
import { runTrader } from './trader.ts';

/** What a market is at now, kept by one subscription for all of the crowd. */
export interface MarketPrices {
  /** Decimals; null before the first. */
  readonly indexPrice: string | null;
  readonly markPrice: string | null;
}

runAsChild<ToldCrowd>(async (told, signal) => {
  const { url, clock } = told;
  const { scenario } = readDemoScenario(told.scenario);
  const observer = createClient({ url, WebSocket });
  const prices = new Map<string, MarketPrices>();
  for (const { name } of scenario.instruments) {
    observer.subscribe({ channel: 'prices', key: name }, (update) => prices.set(name, update));
  }
  const clients: Client[] = [observer];
  const clientOf = ({ account, privateKey }: ToldAccount): Client => {
    const signer = privateKeySigner(privateKey);
    const client = createClient({ url, account, signer, WebSocket, withEvents: false });
    clients.push(client);
    return client;
  };
  const markets = await Promise.all(scenario.instruments.map(({ name }) => observer.market(name)));
  const random = new Seed(Date.now() % 1_000_000);
  const common = { prices, signal, onError };
  const members = [
    ...scenario.depth.flatMap((depth, at) => {
      const maker = told.makers[at];
      const listing = scenario.instruments.find(({ name }) => name === depth.instrument);
      if (maker === undefined || listing === undefined) return [];
      return [runMaker({ ...common, client: clientOf(maker), depth, listing, clock })];
    }),
    ...told.traders.map((trader) =>
      runTrader({
        ...common,
        client: clientOf(trader),
        random: random.fork(trader.name),
        markets,
        onPoor: () => tellParent({ kind: 'poor', account: trader.account }),
      }),
    ),
  ];
  tellParent({ kind: 'ready' });
  await Promise.all(members);
  for (const client of clients) client.close();
});

/** Refusals belong to trading; only what a person could do something about is passed on. */
function onError(error: unknown): void {
  if (error instanceof ClientError) return;
  tellParent({ kind: 'news', text: error instanceof Error ? error.message : String(error) });
}
