import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectVenue, type VenueSpec } from '../../src/publish/venueConnection.ts';
import { startVenues, type VenueServer } from './venueServer.ts';

let server: VenueServer;
beforeAll(async () => {
  server = await startVenues();
});
afterAll(() => server.close());

const symbols: Record<string, { BTC: string; ETH: string }> = {
  binance: { BTC: 'BTC/USDT', ETH: 'ETH/USDT' },
  coinbase: { BTC: 'BTC/USD', ETH: 'ETH/USD' },
  kraken: { BTC: 'BTC/USD', ETH: 'ETH/USD' },
  okx: { BTC: 'BTC/USDT', ETH: 'ETH/USDT' },
  bybit: { BTC: 'BTC/USDT', ETH: 'ETH/USDT' },
};

function specOf(venue: string, names: readonly ('BTC' | 'ETH')[]): VenueSpec {
  const own = Object.fromEntries(names.map((name) => [name, symbols[venue]![name]]));
  return { venue, symbols: own, baseUrl: `${server.url}/${venue}`, requestEveryMs: 1 };
}

describe.each(Object.keys(symbols))('%s', (venue) => {
  test('a bid, an ask and their time are read out of what the venue answers', async () => {
    const connection = await connectVenue(specOf(venue, ['BTC', 'ETH']));
    const askedMs = Date.now();
    const quotes = await connection.fetchQuotes();
    expect(server.unknown).toEqual([]);
    expect(quotes.map(({ underlying, bid, ask }) => ({ underlying, bid, ask }))).toEqual([
      { underlying: 'BTC', bid: 60_000, ask: 60_002 },
      { underlying: 'ETH', bid: 60_000, ask: 60_002 },
    ]);
    for (const { timeMs, isTimed } of quotes) {
      expect(timeMs).toBeGreaterThanOrEqual(askedMs - 1);
      expect(timeMs).toBeLessThanOrEqual(Date.now());
      expect(isTimed).toBe(['binance', 'coinbase', 'okx'].includes(venue));
    }
  });

  test('a time that the venue states is believed, but for one that has not come', async () => {
    const connection = await connectVenue(specOf(venue, ['BTC']));
    const said = server.venues[venue]!;
    const ageAt = async (behindMs: number): Promise<number> => {
      said.behindMs = behindMs;
      const [quote] = await connection.fetchQuotes();
      said.behindMs = 0;
      return Date.now() - quote!.timeMs;
    };
    if (['kraken', 'bybit'].includes(venue)) expect(await ageAt(60_000)).toBeLessThan(30_000);
    else expect(await ageAt(60_000)).toBeGreaterThanOrEqual(60_000);
    expect(await ageAt(-60_000)).toBeGreaterThanOrEqual(0);
  });

  test.each(['down', 'garbage'] as const)('a venue that is %s is an error', async (mode) => {
    const connection = await connectVenue(specOf(venue, ['BTC']));
    await connection.fetchQuotes();
    server.venues[venue]!.mode = mode;
    await expect(connection.fetchQuotes()).rejects.toThrow();
    server.venues[venue]!.mode = 'ok';
    expect(await connection.fetchQuotes()).toHaveLength(1);
  });
});

test('a venue that does not exist is named', async () => {
  await expect(connectVenue({ venue: 'nowhere', symbols: {} })).rejects.toThrow('"nowhere"');
  await expect(connectVenue({ venue: 'toString', symbols: {} })).rejects.toThrow('"toString"');
});
