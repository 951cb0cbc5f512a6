import { expect, test } from 'vitest';
import type { State } from '../../src/state/index.ts';
import { priceBlock, said, settleAt, stateWithSources } from '../fixtures/oracle.ts';

/** The frozen prices of asset 2, and the slow price of what it is priced by. */
function frozen(state: State): { index: number; low: number; high: number; slow: number } {
  const { assets, underlyings } = state;
  return {
    index: assets.priceIndex.get(2),
    low: assets.priceLow.get(2),
    high: assets.priceHigh.get(2),
    slow: underlyings.slowPrice.get(1),
  };
}

test('a price that was pushed down: loans still count at the slow price, collateral at the index (attack 4)', () => {
  const state = stateWithSources([1, 1, 1]);
  settleAt(state, 3, 10_000);
  priceBlock(state, 1_000, said(9_950, 9_950, 9_950));
  const { index, low, high, slow } = frozen(state);
  expect([index, low]).toEqual([9_950, 9_950]);
  expect(slow).toBeGreaterThan(9_990);
  expect(high).toBe(slow);
});

test('a price that was pushed up: collateral still counts at the slow price, loans at the index', () => {
  const state = stateWithSources([1, 1, 1]);
  settleAt(state, 3, 10_000);
  priceBlock(state, 1_000, said(10_050, 10_050, 10_050));
  const { index, low, high, slow } = frozen(state);
  expect([index, high]).toEqual([10_050, 10_050]);
  expect(slow).toBeLessThan(10_010);
  expect(low).toBe(slow);
});
