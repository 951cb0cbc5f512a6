import { describe, expect, test } from 'vitest';
import { hasIndex, isAssetOk, isIndexOk, updateIndexes } from '../../src/oracle/index.ts';
import { INDEX_STATUS } from '../../src/schema/index.ts';
import { type State, timeMs } from '../../src/state/index.ts';
import {
  addSources,
  priceBlock,
  said,
  settleAt,
  setUnderlyingParameter,
  stateWithSources,
} from '../fixtures/oracle.ts';
import { addAsset } from '../fixtures/state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function statusOf(state: State): string {
  const status = state.underlyings.status.get(1);
  return Object.entries(INDEX_STATUS).find(([, code]) => code === status)?.[0] ?? '?';
}

function indexOf(state: State): number {
  return state.underlyings.index.get(1);
}

/** Five equal sources, settled at 10,000. */
function settled(): State {
  const state = stateWithSources([1, 1, 1, 1, 1]);
  settleAt(state, 5, 10_000);
  expect([indexOf(state), statusOf(state)]).toEqual([10_000, 'ok']);
  return state;
}

const all = (price: number) => said(price, price, price, price, price);

describe('the first index of an underlying', () => {
  test('takes three aggregates in which every source is newer', () => {
    const state = stateWithSources([1, 1, 1, 1, 1]);
    for (const status of ['none', 'none', 'ok']) {
      priceBlock(state, 1000, all(10_000));
      expect(statusOf(state)).toBe(status);
    }
    expect(indexOf(state)).toBe(10_000);
  });

  test('is not helped by a source that repeats itself while the others wait', () => {
    const state = stateWithSources([1, 1, 1, 1, 1]);
    priceBlock(state, 1000, all(10_000));
    for (let block = 0; block < 8; block++) priceBlock(state, 1000, said(10_000));
    expect(statusOf(state)).toBe('none');
    expect(state.underlyings.pendingCounter.get(1)).toBe(1);
  });

  test('says what changed: the index and its status', () => {
    const state = stateWithSources([1, 1, 1, 1, 1]);
    priceBlock(state, 1000, all(10_000));
    expect(priceBlock(state, 1000, all(10_000)).events).toEqual([]);
    expect(priceBlock(state, 1000, all(10_000)).events).toEqual([
      { kind: 'indexUpdated', underlying: 1, price: 10_000, confidence: 1, status: 'ok' },
      { kind: 'statusChanged', underlying: 1, from: 'none', to: 'ok' },
    ]);
  });
});

describe('one source that lies', () => {
  test('does not move the index, though it lies by a factor of a hundred', () => {
    const state = settled();
    for (const lie of [100, 1_000_000, 1, 2_147_483_647]) {
      priceBlock(state, 1000, said(10_000, 10_001, lie, 9_999, 10_000));
      expect([indexOf(state), statusOf(state)]).toEqual([10_000, 'ok']);
    }
  });

  test('moves it no further than the honest prices lie apart', () => {
    const state = settled();
    priceBlock(state, 1000, said(10_010, 9_990, 2_147_483_647, 10_000, 10_005));
    expect(indexOf(state)).toBe(10_005);
    priceBlock(state, 1000, said(10_010, 9_990, 1, 10_000, 10_005));
    expect(indexOf(state)).toBe(10_000);
  });

  test('is without force where a print of one ten-thousandth reached a real exchange', () => {
    // The shape of a print seen in a crash: one venue trades at next to nothing for a moment.
    const state = settled();
    const falling = [9_900, 9_700, 9_500, 9_300];
    for (const price of falling) {
      priceBlock(state, 5000, said(price, price + 3, 1, price - 4, price));
      expect(indexOf(state)).toBe(price);
      expect(statusOf(state)).toBe('ok');
    }
  });
});

describe('a source that is silent', () => {
  test('is not counted after its longest age, and the rest still are a quorum', () => {
    const state = settled();
    for (let block = 0; block < 15; block++) {
      priceBlock(state, 1000, said(10_000 + block, 10_000 + block, undefined, 10_000 + block));
    }
    // Three of five are below two thirds: the last index is that of the last quorum.
    expect([indexOf(state), statusOf(state)]).toEqual([10_009, 'ok']);
  });

  test('leaves the index where it is: silence of all never refreshes a price', () => {
    const state = settled();
    const acceptedMs = state.underlyings.acceptedMs.get(1);
    for (let block = 0; block < 9; block++) {
      expect(priceBlock(state, 1000, []).events).toEqual([]);
    }
    expect(state.underlyings.acceptedMs.get(1)).toBe(acceptedMs);
  });
});

describe('a step beyond the limit', () => {
  test('is pending, degrades the index and is accepted on the third aggregate', () => {
    const state = settled();
    priceBlock(state, 1000, all(10_200));
    expect([indexOf(state), statusOf(state)]).toEqual([10_000, 'degraded']);
    expect(state.underlyings.plausibleLow.get(1)).toBe(9_998);
    expect(state.underlyings.plausibleHigh.get(1)).toBe(10_202);
    priceBlock(state, 1000, all(10_210));
    expect([indexOf(state), statusOf(state)]).toEqual([10_000, 'degraded']);
    const { events } = priceBlock(state, 1000, all(10_190));
    expect([indexOf(state), statusOf(state)]).toEqual([10_190, 'ok']);
    expect(events.map(({ kind }) => kind)).toEqual(['indexUpdated', 'statusChanged']);
    expect(state.underlyings.plausibleLow.get(1)).toBe(10_190);
    expect(state.underlyings.notOkSinceMs.get(1)).toBe(0);
  });

  test('is forgotten when the price comes back', () => {
    const state = settled();
    priceBlock(state, 1000, all(10_200));
    priceBlock(state, 1000, all(10_001));
    expect([indexOf(state), statusOf(state)]).toEqual([10_001, 'ok']);
    priceBlock(state, 1000, all(10_200));
    priceBlock(state, 1000, all(10_200));
    expect(statusOf(state)).toBe('degraded');
  });

  test('goes on to stale and halted while it does not become true', () => {
    const state = settled();
    const statuses: string[] = [];
    for (let block = 1; block <= 130; block++) {
      // Two levels in turn, each beyond the limit of the other.
      priceBlock(state, 1000, all(block % 2 === 0 ? 30_000 : 60_000));
      if (statuses.at(-1) !== statusOf(state)) statuses.push(statusOf(state));
    }
    expect(statuses).toEqual(['degraded', 'stale', 'halted']);
    expect(indexOf(state)).toBe(10_000);
  });
});

describe('without a quorum', () => {
  test('the index goes stale, then halted, and the range widens with its age', () => {
    const state = settled();
    const seen: [string, number, number][] = [];
    for (const dtMs of [29_999, 1, 89_999, 1]) {
      priceBlock(state, dtMs, said(10_000, 10_000));
      const { plausibleLow, plausibleHigh } = state.underlyings;
      seen.push([statusOf(state), plausibleLow.get(1), plausibleHigh.get(1)]);
    }
    // 3 × 0.15 % × √(30 s / 5 min) = 0.1423 %; at 2 min 0.2846 %.
    expect(seen).toEqual([
      ['ok', 10_000, 10_000],
      ['stale', 9_985, 10_015],
      ['stale', 9_971, 10_029],
      ['halted', 9_971, 10_029],
    ]);
    const sinceMs = state.underlyings.notOkSinceMs.get(1);
    expect(timeMs(state) - sinceMs).toBe(90_000);
  });

  test('a gap in block time halts at once, and only a fresh quorum brings the index back', () => {
    const state = settled();
    const { events } = priceBlock(state, 6 * HOUR_MS, []);
    expect(statusOf(state)).toBe('halted');
    expect(events.map(({ kind }) => kind)).toEqual(['indexUpdated', 'statusChanged']);
    priceBlock(state, 1000, said(10_000, 10_000, 10_000));
    expect(statusOf(state)).toBe('halted');
    const back = priceBlock(state, 1000, said(undefined, undefined, undefined, 10_100)).events;
    expect([indexOf(state), statusOf(state)]).toEqual([10_000, 'ok']);
    expect(back.map(({ kind }) => kind)).toEqual(['indexUpdated', 'statusChanged', 'graceStarted']);
  });

  test('a block that comes hours late with a fresh quorum starts the grace as well', () => {
    const state = settled();
    const { events } = priceBlock(state, HOUR_MS, all(9_000));
    expect([indexOf(state), statusOf(state)]).toEqual([9_000, 'ok']);
    expect(events.at(-1)).toEqual({
      kind: 'graceStarted',
      underlying: 1,
      untilMs: timeMs(state) + 5 * MINUTE_MS,
    });
  });

  test('observations made before the halt do not end it', () => {
    const state = settled();
    setUnderlyingParameter(state, 'observationAgeMaxMs', HOUR_MS);
    setUnderlyingParameter(state, 'sourcesMin', 5);
    priceBlock(state, 3 * MINUTE_MS, said(10_000, 10_000, 10_000, 10_000));
    expect(statusOf(state)).toBe('halted');
    priceBlock(state, 1000, said(undefined, undefined, undefined, undefined, 10_000));
    expect(statusOf(state)).toBe('ok');
  });
});

describe('grace', () => {
  /** Publishers fall silent for `silenceMs` in every quarter of an hour, for a day. */
  function graceOfADay(silenceMs: number): number {
    const state = settled();
    let spared = 0;
    for (let at = 0; at < 24 * HOUR_MS; at += 5000) {
      const isSilent = at % (15 * MINUTE_MS) < silenceMs;
      priceBlock(state, 5000, isSilent ? [] : all(10_000));
      if (timeMs(state) < state.underlyings.graceUntilMs.get(1)) spared += 5000;
    }
    return spared;
  }

  test('is not earned by silence of a minute every quarter of an hour', () => {
    expect(graceOfADay(MINUTE_MS)).toBe(0);
  });

  test('is earned once a day by halts, however many there are', () => {
    const spared = graceOfADay(3 * MINUTE_MS);
    expect(spared).toBeGreaterThan(2 * MINUTE_MS);
    expect(spared).toBeLessThanOrEqual(5 * MINUTE_MS);
  });

  test('is not earned by the first index, nor by a short halt', () => {
    const state = settled();
    expect(state.underlyings.graceUntilMs.get(1)).toBe(0);
    setUnderlyingParameter(state, 'haltAfterMs', 60_000);
    priceBlock(state, 119_999, all(10_000));
    expect(state.underlyings.graceUntilMs.get(1)).toBe(0);
    priceBlock(state, 120_000, all(10_000));
    expect(state.underlyings.graceUntilMs.get(1)).toBe(timeMs(state) + 120_000);
  });
});

describe('a guard that disagrees', () => {
  function disputed(): State {
    const state = settled();
    state.underlyings.disputedMs.set(1, timeMs(state) + 10 * MINUTE_MS);
    return state;
  }

  test('degrades the index and expires after ten minutes of full quorum', () => {
    const state = disputed();
    const startMs = timeMs(state);
    let degradedMs = 0;
    while (timeMs(state) - startMs < HOUR_MS) {
      priceBlock(state, 1000, all(10_000));
      if (statusOf(state) === 'degraded') degradedMs = timeMs(state) - startMs;
    }
    expect(degradedMs).toBe(10 * MINUTE_MS);
    expect(state.underlyings.disputedMs.get(1)).toBe(0);
  });

  test('is not outlived by silence: without quorum its time starts anew', () => {
    const state = disputed();
    priceBlock(state, 11 * MINUTE_MS, []);
    expect(state.underlyings.disputedMs.get(1)).toBe(timeMs(state) + 10 * MINUTE_MS);
    priceBlock(state, 1000, all(10_000));
    expect(statusOf(state)).toBe('degraded');
  });

  test('leaves the index to the sources, and liquidation to the range', () => {
    const state = disputed();
    priceBlock(state, 1000, all(10_050));
    expect(indexOf(state)).toBe(10_050);
    expect(state.underlyings.plausibleLow.get(1)).toBe(10_048);
    expect(hasIndex(state, 1)).toBe(true);
    expect(isIndexOk(state, 1)).toBe(false);
  });
});

describe('evidence', () => {
  test('an index is ok or not, and once it was there it stays one', () => {
    const state = stateWithSources([1, 1, 1]);
    const allowed = () => [isIndexOk(state, 1), hasIndex(state, 1)];
    updateIndexes(state);
    expect(allowed()).toEqual([false, false]);
    settleAt(state, 3, 500);
    expect(allowed()).toEqual([true, true]);
    priceBlock(state, 1000, said(600, 600, 600));
    expect(statusOf(state)).toBe('degraded');
    expect(allowed()).toEqual([false, true]);
    priceBlock(state, HOUR_MS, []);
    expect(allowed()).toEqual([false, true]);
    expect([isAssetOk(state, 1), isAssetOk(state, 2), isIndexOk(state, 0)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('prices of assets', () => {
  test('are frozen at the index, at both sides of the slow price and of the range', () => {
    const state = settled();
    const cents = addAsset(state, 1);
    state.assets.valueNumerator.set(cents, 3);
    state.assets.valueDenominator.set(cents, 100);
    priceBlock(state, 1000, all(10_090));
    const slow = state.underlyings.slowPrice.get(1);
    expect(slow).toBe(10_000);
    const prices = ['priceIndex', 'priceLow', 'priceHigh', 'priceFloor', 'priceCeiling'] as const;
    const read = (asset: number) => prices.map((name) => state.assets[name].get(asset));
    expect(read(1)).toEqual([1, 1, 1, 1, 1]);
    expect(read(2)).toEqual([10_090, 10_000, 10_090, 10_090, 10_090]);
    expect(read(cents)).toEqual([302.7, 300, 302.7, 302.7, 302.7]);
    priceBlock(state, 1000, all(9_000));
    expect(read(2)[0]).toBe(10_090);
    expect(read(2)[1]).toBe(state.underlyings.slowPrice.get(1));
    expect(read(2).slice(3)).toEqual([8_998, 10_092]);
  });

  test('are 0 until the underlying has an index', () => {
    const state = stateWithSources([1, 1, 1]);
    priceBlock(state, 1000, said(10, 10, 10));
    expect(state.assets.priceIndex.get(2)).toBe(0);
    expect(state.assets.priceCeiling.get(2)).toBe(0);
  });
});

describe('the slow price', () => {
  test('follows the index that was in force, not the one that is new', () => {
    const state = settled();
    priceBlock(state, 1000, all(10_090));
    expect(state.underlyings.slowPrice.get(1)).toBe(10_000);
    priceBlock(state, 20_000, []);
    const slow = 10_000 + (90 * 20_000) / (HOUR_MS + 20_000);
    expect(state.underlyings.slowPrice.get(1)).toBeCloseTo(slow, 9);
  });

  test('counts a gap only until its evidence was stale', () => {
    const state = settled();
    priceBlock(state, 1000, all(10_090));
    priceBlock(state, 5 * HOUR_MS, []);
    const slow = 10_000 + (90 * 30_000) / (HOUR_MS + 30_000);
    expect(state.underlyings.slowPrice.get(1)).toBeCloseTo(slow, 9);
    priceBlock(state, 5 * HOUR_MS, []);
    expect(state.underlyings.slowPrice.get(1)).toBeCloseTo(slow, 9);
  });

  test('stands still while the index is not ok', () => {
    const state = settled();
    priceBlock(state, 1000, all(10_090));
    priceBlock(state, 1000, all(20_000));
    const { slowPrice } = state.underlyings;
    const before = slowPrice.get(1);
    priceBlock(state, 5000, []);
    expect(statusOf(state)).toBe('degraded');
    expect(slowPrice.get(1)).toBe(before);
  });
});

test('underlyings do not touch each other', () => {
  const state = settled();
  addSources(state, [1, 1, 1]);
  const other = said(500, 500, 500).map((word) => ({ ...word, underlying: 2 }));
  for (let block = 0; block < 3; block++) priceBlock(state, 1000, other);
  expect(state.underlyings.index.get(2)).toBe(500);
  expect(indexOf(state)).toBe(10_000);
  expect(priceBlock(state, MINUTE_MS, other).events).toEqual([
    { kind: 'indexUpdated', underlying: 1, price: 10_000, confidence: 1, status: 'stale' },
    { kind: 'statusChanged', underlying: 1, from: 'ok', to: 'stale' },
  ]);
});
