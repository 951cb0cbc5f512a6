import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SourcePrice } from '../../src/publish/price.ts';
import { type VenueNews, type VenueOptions, venuePrices } from '../../src/publish/venuePrices.ts';
import { startVenues, type VenueServer } from './venueServer.ts';

let server: VenueServer;
beforeEach(async () => {
  server = await startVenues();
});
afterEach(() => server.close());

const BTC: Record<string, string> = {
  binance: 'BTC/USDT',
  coinbase: 'BTC/USD',
  kraken: 'BTC/USD',
  okx: 'BTC/USDT',
  bybit: 'BTC/USDT',
};

interface Run {
  readonly prices: SourcePrice[];
  readonly news: VenueNews[];
  /** Waits until the claim holds of what came so far. */
  until(claim: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

function run(names: readonly string[], options: Partial<VenueOptions> = {}): Run {
  const stop = new AbortController();
  const prices: SourcePrice[] = [];
  const news: VenueNews[] = [];
  const venues = names.map((venue) => ({
    venue,
    symbols: { BTC: BTC[venue]! },
    baseUrl: `${server.url}/${venue}`,
    requestEveryMs: 1,
  }));
  const reading = (async () => {
    const source = venuePrices({
      venues,
      everyMs: 20,
      timeoutMs: 30_000,
      signal: stop.signal,
      onNews: (each) => news.push(each),
      ...options,
    });
    for await (const price of source) prices.push(price);
  })();
  return {
    prices,
    news,
    async until(claim) {
      while (!claim()) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async stop() {
      stop.abort();
      await reading;
    },
  };
}

function quote(venue: string, bid: number, ask: number): void {
  Object.assign(server.venues[venue]!, { bid, ask });
}

test('the price is the median of the venues, its confidence how far they are apart', async () => {
  quote('binance', 59_990, 59_992);
  quote('kraken', 60_000, 60_002);
  quote('okx', 60_030, 60_032);
  const { prices, until, stop } = run(['binance', 'kraken', 'okx']);
  await until(() => prices.some(({ price }) => price === '60001'));
  await stop();
  const last = prices.find(({ price }) => price === '60001')!;
  expect(last).toMatchObject({ underlying: 'BTC', confidence: '10' });
  const times = prices.map(({ timeMs }) => timeMs);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
});

test('a venue that is far off is left out, named, and taken back when it is well', async () => {
  quote('okx', 66_000, 66_002);
  const { prices, news, until, stop } = run(['binance', 'kraken', 'okx']);
  await until(() => news.some(({ kind }) => kind === 'outlier'));
  expect(news).toContainEqual({
    kind: 'outlier',
    venue: 'okx',
    underlying: 'BTC',
    price: 66_001,
    median: expect.any(Number),
  });
  await until(() => prices.length > 0);
  for (const { price } of prices) expect(price).toBe('60001');
  quote('okx', 60_000, 60_002);
  await until(() => news.some((each) => each.kind === 'ok' && each.venue === 'okx'));
  await stop();
});

test('two venues that disagree are no price', async () => {
  quote('kraken', 66_000, 66_002);
  const { prices, news, until, stop } = run(['binance', 'kraken']);
  await until(() => news.some((each) => each.kind === 'tooFew' && each.venues === 0));
  await stop();
  expect(prices).toEqual([]);
});

test('a venue that is late is left out, and alone it is no price: nothing old goes out', async () => {
  server.venues.binance!.behindMs = 60_000;
  const { prices, news, until, stop } = run(['binance', 'coinbase', 'okx']);
  await until(() => prices.length > 2);
  expect(news).toContainEqual({ kind: 'stale', venue: 'binance', underlying: 'BTC' });
  // The late one may have been the first to answer, and all there was.
  const before = news.length;
  for (const name of ['coinbase', 'okx']) server.venues[name]!.behindMs = 60_000;
  await until(() => news.slice(before).some((each) => each.kind === 'tooFew' && each.venues === 0));
  const count = prices.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stop();
  expect(prices.length).toBe(count);
});

test('a venue without times that says the same for long is taken for frozen', async () => {
  const { news, until, stop } = run(['kraken', 'bybit'], { frozenMs: 100 });
  await until(() => news.filter(({ kind }) => kind === 'stale').length >= 2);
  quote('kraken', 60_004, 60_006);
  quote('bybit', 60_004, 60_006);
  await until(() => news.filter(({ kind }) => kind === 'ok').length >= 2);
  await stop();
});

test.each(['down', 'garbage', 'stuck'] as const)(
  'while one venue is %s the others go on, and it is asked again later and later',
  async (mode) => {
    server.venues.okx!.mode = mode;
    const timeoutMs = mode === 'stuck' ? 1_000 : 30_000;
    const { prices, news, until, stop } = run(['binance', 'kraken', 'okx'], { timeoutMs });
    const isFailure = (each: VenueNews) => each.kind === 'failed' && each.venue === 'okx';
    await until(() => news.some(isFailure) && prices.length > 3);
    expect(news.filter(isFailure).length).toBeLessThanOrEqual(2);
    server.venues.okx!.mode = 'ok';
    quote('okx', 60_010, 60_010);
    await until(() => prices.some(({ confidence }) => Number(confidence) >= 1));
    await stop();
  },
);
