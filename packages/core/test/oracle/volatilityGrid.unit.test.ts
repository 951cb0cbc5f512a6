import { expect, test } from 'vitest';
import {
  GRID_MS,
  seedVolatility,
  stepVolatility,
  type VolatilityRecord,
} from '../../src/oracle/index.ts';
import { RATE_RING } from '../../src/schema/index.ts';
import { type State, timeMs } from '../../src/state/index.ts';
import { priceBlock, said, settleAt, stateWithSources } from '../fixtures/oracle.ts';
import { defaultRules } from './twin.ts';

const HOUR_MS = 3_600_000;
const rules = defaultRules();

/** Settled at 10,000, then moved to the first second of a grid step. */
function settled(): State {
  const state = stateWithSources([1, 1, 1]);
  settleAt(state, 3, 10_000);
  priceBlock(state, GRID_MS - (timeMs(state) % GRID_MS), said(10_000, 10_000, 10_000));
  return state;
}

function recordOf({ underlyings: u }: State): VolatilityRecord {
  return {
    varianceFast: u.varianceFast.get(1),
    varianceSlow: u.varianceSlow.get(1),
    rate: u.rate.get(1),
    target: u.target.get(1),
  };
}

const at = (price: number) => said(price, price, price);

test('the first index seeds both volatilities, the rate and the whole ring', () => {
  const state = stateWithSources([1, 1, 1]);
  settleAt(state, 3, 10_000);
  expect(recordOf(state)).toEqual(seedVolatility(rules));
  for (let slot = 0; slot < RATE_RING; slot++) {
    expect(state.underlyings.rateRing.get(RATE_RING + slot)).toBe(recordOf(state).rate);
  }
  expect(state.underlyings.maintenanceRate.get(1)).toBe(recordOf(state).rate);
});

test('a step of the grid takes one sample, that of its first ok block', () => {
  const state = settled();
  const before = recordOf(state);
  priceBlock(state, GRID_MS, at(10_050));
  const expected = stepVolatility(before, { from: 10_000, to: 10_050, k: 1 }, rules);
  expect(recordOf(state)).toEqual(expected);
  for (let block = 0; block < 10; block++) priceBlock(state, 20_000, at(10_090 + block));
  expect(recordOf(state)).toEqual(expected);
});

test('steps without an ok index are made up for by one sample over all of them', () => {
  const state = settled();
  const before = recordOf(state);
  // Halted for three steps, then pending in the fourth, accepted in the fifth.
  for (let block = 0; block < 3; block++) priceBlock(state, GRID_MS, []);
  priceBlock(state, GRID_MS, at(40_000));
  expect(recordOf(state)).toEqual(before);
  priceBlock(state, GRID_MS - 1000, at(40_000));
  priceBlock(state, 1000, at(40_000));
  const sample = { from: 10_000, to: 40_000, k: 5 };
  expect(recordOf(state)).toEqual(stepVolatility(before, sample, rules));
  const { rateSlot, rateRing } = state.underlyings;
  const back = (steps: number) =>
    rateRing.get(RATE_RING + ((rateSlot.get(1) + RATE_RING - steps) % RATE_RING));
  expect([0, 1, 2, 3, 4, 5].map(back)).toEqual([
    recordOf(state).rate,
    ...Array(5).fill(before.rate),
  ]);
});

test('no gap counts for more than a day', () => {
  const state = settled();
  const before = recordOf(state);
  priceBlock(state, 100 * HOUR_MS, at(11_000));
  const sample = { from: 10_000, to: 11_000, k: 288 };
  expect(recordOf(state)).toEqual(stepVolatility(before, sample, rules));
});

test('maintenance reads a rate that was published at least 60 and at most 70 minutes ago', () => {
  const state = settled();
  const published: { timeMs: number; rate: number }[] = [];
  let price = 10_000;
  for (let block = 0; block < 400; block++) {
    price = block % 2 === 0 ? price + 60 : price - 40;
    priceBlock(state, 77_000, at(price));
    const { rate } = recordOf(state);
    if (published.at(-1)?.rate !== rate) published.push({ timeMs: timeMs(state), rate });
    const maintenance = state.underlyings.maintenanceRate.get(1);
    const hourAgo = timeMs(state) - HOUR_MS;
    if (block < 60) continue;
    const found = published.find((entry) => entry.rate === maintenance);
    expect(found?.timeMs).toBeLessThanOrEqual(hourAgo);
    expect(found?.timeMs).toBeGreaterThan(hourAgo - 2 * GRID_MS - 77_000);
  }
  expect(new Set(published.map(({ rate }) => rate)).size).toBeGreaterThan(50);
});

test('while the index is not ok the maintenance rate goes on to the last one published', () => {
  const state = settled();
  const first = recordOf(state).rate;
  priceBlock(state, GRID_MS, at(10_080));
  const { rate } = recordOf(state);
  const seed = seedVolatility(rules).rate;
  expect(new Set([seed, first, rate]).size).toBe(3);
  expect(state.underlyings.maintenanceRate.get(1)).toBe(seed);
  priceBlock(state, 12 * GRID_MS, []);
  expect(state.underlyings.maintenanceRate.get(1)).toBe(first);
  priceBlock(state, GRID_MS, []);
  expect(state.underlyings.maintenanceRate.get(1)).toBe(rate);
});
