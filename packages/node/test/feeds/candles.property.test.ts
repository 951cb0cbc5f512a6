import type { CandleJson, CandlesUpdate } from '@plimsoll/api/wire';
import type { EventOf } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeeds } from '../../src/feeds/index.ts';
import { marketUnits } from '../../src/units/index.ts';
import { createSession } from './session.ts';

const INTERVAL_MS = 60_000;

interface Trade {
  readonly timeMs: number;
  readonly event: EventOf<'filled'>;
}

/** The candle of the trades of one interval, by the definition. */
function candleOf(trades: readonly Trade[], units: ReturnType<typeof marketUnits>) {
  const prices = trades.map(({ event }) => event.price);
  const lots = trades.reduce((sum, { event }) => sum + event.size, 0);
  return {
    openMs: Math.floor((trades[0]?.timeMs ?? 0) / INTERVAL_MS) * INTERVAL_MS,
    open: units.price(prices[0] ?? 0),
    high: units.price(Math.max(...prices)),
    low: units.price(Math.min(...prices)),
    close: units.price(prices.at(-1) ?? 0),
    size: units.size(lots),
    lots,
    trades: trades.length,
  };
}

test('the last message of every interval is the candle of its trades, also across a start', () => {
  let candles = 0;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seed) => {
      const session = createSession(seed);
      const { state } = session.world.machine;
      let feeds = createFeeds(session.world.machine);
      feeds.watch('candles', 'BTC-PERP/1m', true);
      const told = new Map<number, CandleJson>();
      const trades = new Map<number, Trade[]>();
      for (let block = 0; block < 120; block++) {
        if (block === 60) {
          feeds = restarted(session, trades);
          feeds.watch('candles', 'BTC-PERP/1m', true);
        }
        const applied = session.step();
        for (const event of applied.outcome.events) {
          if (event.kind !== 'filled' || event.instrument !== 1) continue;
          const { timeMs } = applied.block;
          const openMs = Math.floor(timeMs / INTERVAL_MS) * INTERVAL_MS;
          trades.set(openMs, [...(trades.get(openMs) ?? []), { timeMs, event }]);
        }
        for (const message of feeds.onBlock(applied)) {
          if (message.channel !== 'candles') continue;
          for (const candle of (JSON.parse(message.text) as CandlesUpdate).candles) {
            told.set(candle.openMs, candle);
          }
        }
      }
      for (const [openMs, list] of trades) {
        expect(told.get(openMs)).toMatchObject(candleOf(list, marketUnits(state, 1)));
        candles++;
      }
      expect(told.size).toBe(trades.size);
    }),
    { numRuns: 8 },
  );
  expect(candles).toBeGreaterThan(8);
});

/** Feeds of a node that starts now and has the trades of before in its history. */
function restarted(session: ReturnType<typeof createSession>, trades: Map<number, Trade[]>) {
  return createFeeds(session.world.machine, {
    history: {
      trades: () => ({ rows: [] }),
      candles: (instrument, { interval, fromMs }) => {
        const list = trades.get(fromMs ?? 0) ?? [];
        if (fromMs === undefined || instrument !== 1 || interval !== '1m') return [];
        if (list.length === 0) return [];
        const prices = list.map(({ event }) => event.price);
        const candle = {
          startMs: fromMs,
          open: prices[0] ?? 0,
          high: Math.max(...prices),
          low: Math.min(...prices),
          close: prices.at(-1) ?? 0,
          volume: list.reduce((sum, { event }) => sum + event.size, 0),
          quote: 0n,
          trades: list.length,
        };
        return [candle];
      },
    },
  });
}
