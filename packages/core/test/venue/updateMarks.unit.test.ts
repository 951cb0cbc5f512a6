import { describe, expect, test } from 'vitest';
import { INDEX_STATUS, instrumentParameters } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { updateMarks } from '../../src/venue/index.ts';
import { advance, setInstrumentParameter } from '../fixtures/state.ts';
import { eventsOf, openMarket } from './market.ts';

/** The figures of rule F7: I = 10,010, Bs = 6, best mid 10,030, impact mid 10,055. */
function fixture(): State {
  const state = openMarket();
  const { instruments, underlyings } = state;
  underlyings.index.set(1, 10_010);
  underlyings.slowPrice.set(1, 10_000);
  underlyings.rate.set(1, 0.03);
  underlyings.target.set(1, 0.04);
  underlyings.maintenanceRate.set(1, 0.02);
  updateMarks(state);
  instruments.basis.set(1, 6);
  instruments.impactBid.set(1, 10_050);
  instruments.impactAsk.set(1, 10_060);
  instruments.bookMid.set(1, 10_030);
  instruments.fundingRateNano.set(1, 400_000);
  instruments.openInterest.set(1, 7);
  state.events.length = 0;
  advance(state, 3_000);
  return state;
}

describe('the price phase of an instrument', () => {
  test('steps the basis, takes the median inside the band and freezes it for the block', () => {
    const state = fixture();
    const { instruments } = state;
    updateMarks(state);
    expect(instruments.basis.get(1)).toBeCloseTo(6.2745, 4);
    expect(instruments.markPrice.get(1)).toBe(10_016);
    expect(eventsOf(state, 'markUpdated')).toMatchObject([{ instrument: 1, price: 10_016 }]);
    const slowMark = 10_000 + instruments.basis.get(1);
    expect(instruments.longPrice.get(1)).toBe(slowMark);
    expect(instruments.shortPrice.get(1)).toBe(10_016);
    expect(instruments.indexMark.get(1)).toBe(10_010);
    expect(instruments.initialRate.get(1)).toBe(0.04);
    expect(instruments.maintenanceRate.get(1)).toBe(0.01);
    expect(instruments.openInterestFrozen.get(1)).toBe(7);
    state.events.length = 0;
    updateMarks(state);
    expect(eventsOf(state, 'markUpdated')).toEqual([]);
  });

  test('the slow basis follows by the hour', () => {
    const state = fixture();
    for (let i = 0; i < 1_200; i++) {
      updateMarks(state);
      advance(state, 3_000);
    }
    // After an hour: about 1 − 1/e of the 20 that the book is off the index.
    expect(state.instruments.indexMark.get(1)).toBe(10_023);
  });

  test('without both impact prices, or with an index that is not ok, the basis stands', () => {
    for (const spoil of [
      (state: State) => state.instruments.impactAsk.set(1, 0),
      (state: State) => state.underlyings.status.set(1, INDEX_STATUS.degraded),
    ]) {
      const state = fixture();
      spoil(state);
      updateMarks(state);
      expect(state.instruments.basis.get(1)).toBe(6);
      // The time without evidence is not made up for later.
      expect(state.instruments.markMs.get(1)).toBe(state.machine.timeMs.get(0));
    }
  });

  test('an instrument whose index never came has no mark', () => {
    const state = openMarket();
    state.underlyings.index.set(1, 0);
    state.instruments.markPrice.set(1, 0);
    updateMarks(state);
    expect(state.instruments.markPrice.get(1)).toBe(0);
  });
});

describe('premium samples and the funding rate', () => {
  test('a sample is taken on the grid while the index is ok, at most one a block', () => {
    const state = fixture();
    const { instruments } = state;
    const before = instruments.premiumCount.get(1);
    updateMarks(state);
    expect(instruments.premiumCount.get(1)).toBe(before);
    advance(state, 2_000);
    updateMarks(state);
    updateMarks(state);
    expect(instruments.premiumCount.get(1)).toBe(before + 1);
    // (10,050 − 10,010) of 10,010 in nano.
    expect(instruments.premiumSum.get(1)).toBe(Math.trunc((40 * 1e9) / 10_010));
    state.underlyings.status.set(1, INDEX_STATUS.stale);
    advance(state, 60_000);
    updateMarks(state);
    expect(instruments.premiumCount.get(1)).toBe(before + 1);
  });

  test('at the end of an interval the average sets the rate, and the sums begin anew', () => {
    const state = fixture();
    const { instruments } = state;
    instruments.premiumSum.set(1, 720 * 800_000);
    instruments.premiumCount.set(1, 720);
    instruments.fundingStartMs.set(1, state.machine.timeMs.get(0) - 3_599_999);
    updateMarks(state);
    expect(eventsOf(state, 'fundingRateSet')).toEqual([]);
    advance(state, 1);
    updateMarks(state);
    // rule F8: average 800,000, interest 100,000: 300,000 in 8 h, 37,500 an hour.
    expect(instruments.fundingRateNano.get(1)).toBe(37_500);
    expect(eventsOf(state, 'fundingRateSet')).toMatchObject([
      { instrument: 1, rateNanoPerHour: 37_500, premiumNano: 800_000, samples: 720 },
    ]);
    expect(instruments.premiumSum.get(1)).toBe(0);
    expect(instruments.fundingStartMs.get(1) % 3_600_000).toBe(0);
  });

  test('with fewer than half of the samples the rate is 0', () => {
    const state = fixture();
    setInstrumentParameter(state, 1, instrumentParameters.fundingSampleMs, 5_000);
    state.instruments.premiumSum.set(1, 359 * 800_000);
    state.instruments.premiumCount.set(1, 359);
    advance(state, 3_600_000);
    updateMarks(state);
    expect(state.instruments.fundingRateNano.get(1)).toBe(0);
  });
});
