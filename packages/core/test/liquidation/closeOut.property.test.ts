import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { runLiquidations } from '../../src/liquidation/index.ts';
import { LIQUIDATION_WAIT } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  BTC,
  eventsOf,
  listedMarkets,
  lots,
  maker,
  open,
  setParameter,
  setPrice,
  standing,
  trade,
} from '../fixtures/markets.ts';

// Prices so low that a fee rounded up to a unit is more than a tick of the limit leaves.

let closedCount = 0;
let leftCount = 0;
afterAll(() => {
  process.stdout.write(`neutral steps: ${closedCount} closed, ${leftCount} left alone\n`);
  expect(Math.min(closedCount, leftCount)).toBeGreaterThan(0);
});

/**
 * A short or long account below maintenance in a market whose limit is the health-neutral price.
 */
function distressed(deal: { price: number; held: number; equity: number; side: 1 | -1 }): {
  readonly state: State;
  readonly account: number;
} {
  const { price, held, equity, side } = deal;
  const state = listedMarkets();
  setPrice(state, BTC, price);
  setParameter(state, BTC, 'bankruptcyAdjustPpm', 10_000_000);
  const other = open(state, 1_000_000_000);
  const account = open(state, equity);
  const [long, short] = side === 1 ? [account, other] : [other, account];
  trade(state, { long, short, lots: held, price });
  return { state, account };
}

test('a close at the limit that rounding would make harmful is undone, and the account waits (I5)', () => {
  const { state, account } = distressed({ price: 205, held: 100, equity: 900, side: -1 });
  // ⌊205·1.05 ÷ 1.0105⌋ = 213: costs 8 and ⌈1.05 % of 213⌉ = 3, and releases 10.25.
  maker(state, { ask: 213, lots: 1 });
  const before = standing(state, account);
  runLiquidations(state);
  expect(eventsOf(state, 'closedOut')).toEqual([]);
  expect(lots(state, account)).toBe(-100);
  expect(standing(state, account)).toEqual(before);
  expect(state.accounts.liquidationWait.get(account)).toBe(LIQUIDATION_WAIT.depth);
});

test('two lots at that price share the unit that was rounded up, and close', () => {
  const { state, account } = distressed({ price: 205, held: 100, equity: 900, side: -1 });
  maker(state, { ask: 212, lots: 2 });
  runLiquidations(state);
  expect(eventsOf(state, 'closedOut')).toMatchObject([{ size: 2, quote: 424n }]);
  expect(lots(state, account)).toBe(-98);
});

test('no step lowers the health of a solvent account, at any price and size (I5)', () => {
  fc.assert(
    fc.property(
      fc.record({
        price: fc.integer({ min: 25, max: 400 }),
        held: fc.integer({ min: 1, max: 200 }),
        standing: fc.integer({ min: 1, max: 99 }),
        side: fc.constantFrom<1 | -1>(1, -1),
        offsets: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }),
        rested: fc.integer({ min: 1, max: 4 }),
      }),
      ({ price, held, standing: percent, side, offsets, rested }) => {
        const equity = Math.floor((held * price * 0.05 * percent) / 100);
        const { state, account } = distressed({ price, held, equity, side });
        for (const offset of offsets) {
          const at = Math.round(price * (1 - side * (0.045 - offset / 100)));
          maker(state, { [side === 1 ? 'bid' : 'ask']: Math.max(1, at), lots: rested });
        }
        const isSolvent = standing(state, account).equity > 0;
        runLiquidations(state);
        const closed = eventsOf(state, 'closedOut');
        if (closed.length === 0) leftCount += 1;
        for (const { healthBefore, healthAfter } of closed) {
          closedCount += 1;
          if (isSolvent) expect(healthAfter).toBeGreaterThanOrEqual(healthBefore);
        }
      },
    ),
    { numRuns: 150 },
  );
});
