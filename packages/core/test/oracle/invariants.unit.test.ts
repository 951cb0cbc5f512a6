import { describe, expect, test } from 'vitest';
import { opensWithoutEvidence, oracleViolations } from '../../src/oracle/index.ts';
import { INDEX_STATUS, RATE_RING } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { timeMs } from '../../src/state/index.ts';
import { priceBlock, said, settleAt, stateWithSources } from '../fixtures/oracle.ts';
import { addInstrument } from '../fixtures/state.ts';

function settled(): State {
  const state = stateWithSources([1, 1, 1]);
  settleAt(state, 3, 10_000);
  return state;
}

function claims(state: State): string[] {
  return oracleViolations(state).map(({ claim }) => claim);
}

test('a sound state has no violation, whatever its status', () => {
  const state = stateWithSources([1, 1, 1]);
  for (const [dtMs, prices] of [
    [1000, []],
    [1000, [100, 100, 100]],
    [1000, [100, 101, 99]],
    [1000, [100, 102, 99]],
    [1000, [200, 200, 200]],
    [60_000, []],
    [400_000, []],
    [1000, [150, 150, 150]],
  ] as const) {
    priceBlock(state, dtMs, said(...prices));
    expect(claims(state)).toEqual([]);
  }
});

describe('each claim is shown to fail on a planted violation', () => {
  test.each<[string, (state: State) => void]>([
    [
      'an underlying has a status if and only if it has an index',
      ({ underlyings }) => underlyings.status.set(1, INDEX_STATUS.none),
    ],
    [
      'an index was accepted in the past',
      (state) => state.underlyings.acceptedMs.set(1, timeMs(state) + 1),
    ],
    [
      'an ok index is fresh, undisputed and nothing waits',
      ({ underlyings }) => underlyings.acceptedMs.add(1, -30_000),
    ],
    [
      'an ok index is fresh, undisputed and nothing waits',
      ({ underlyings }) => underlyings.pendingCounter.set(1, 1),
    ],
    [
      'an index that is not ok has a reason',
      ({ underlyings }) => underlyings.status.set(1, INDEX_STATUS.degraded),
    ],
    [
      'the time without an ok index is counted',
      ({ underlyings }) => underlyings.notOkSinceMs.set(1, 5),
    ],
    [
      'the index lies in its plausible range',
      ({ underlyings }) => underlyings.plausibleLow.set(1, 10_001),
    ],
    ['the range of an ok index is the index', (s) => s.underlyings.plausibleHigh.set(1, 10_001)],
    ['an index has a slow price', ({ underlyings }) => underlyings.slowPrice.set(1, 0)],
    [
      'an index accepted now lies within what the sources say',
      ({ underlyings }) => underlyings.index.set(1, 10_003),
    ],
    ['the newest rate of the ring is the one in force', (s) => s.underlyings.rate.set(1, 0.5)],
    ['the maintenance rate was published', (s) => s.underlyings.maintenanceRate.set(1, 0.5)],
    ['no observation waits for a price phase', (s) => s.underlyings.isObserved.set(1, 1)],
    ['a frozen price equals its recomputation', ({ assets }) => assets.priceLow.set(2, 9_999)],
    ['a frozen price equals its recomputation', ({ assets }) => assets.priceCeiling.set(1, 1.5)],
  ])('%s', (claim, plant) => {
    const state = settled();
    plant(state);
    expect(claims(state)).toContain(claim);
  });

  test('open interest grows only while the index is ok', () => {
    const state = settled();
    const instrument = addInstrument(state, 1);
    state.instruments.openInterestFrozen.set(instrument, 4);
    state.instruments.openInterest.set(instrument, 5);
    expect(opensWithoutEvidence(state)).toEqual([]);
    priceBlock(state, 60_000, []);
    const [violation] = opensWithoutEvidence(state);
    expect(violation?.facts).toEqual({ instrument, underlying: 1, before: 4, after: 5 });
    state.instruments.openInterest.set(instrument, 4);
    expect(opensWithoutEvidence(state)).toEqual([]);
  });
});

test('an underlying whose guard, publishers or parameters changed in the block is left out', () => {
  const state = settled();
  state.underlyings.disputedMs.set(1, timeMs(state) + 1000);
  expect(claims(state)).not.toEqual([]);
  state.events.push({ kind: 'indexDisputed', underlying: 1, untilMs: timeMs(state) + 1000 });
  expect(claims(state)).toEqual([]);
});

test('the ring holds the last rates', () => {
  const state = settled();
  expect(state.underlyings.rateRing.get(RATE_RING)).toBe(state.underlyings.rate.get(1));
});
