import { describe, expect, test } from 'vitest';
import {
  disputeAfter,
  graceAfterHalt,
  indexStatus,
  isSpared,
  plausibleRange,
} from '../../src/oracle/index.ts';
import { INDEX_STATUS } from '../../src/schema/index.ts';

const record = { index: 100, acceptedMs: 1_000_000, pendingCounter: 0, disputedMs: 0 };
const rule = { timeMs: 1_000_000, staleAfterMs: 30_000, haltAfterMs: 120_000 };

describe('status', () => {
  test('is none before the first index, whatever else', () => {
    const none = { ...record, index: 0, acceptedMs: 0, pendingCounter: 1 };
    expect(indexStatus(none, rule)).toBe(INDEX_STATUS.none);
  });

  test('is ok without dispute or pending price', () => {
    expect(indexStatus(record, rule)).toBe(INDEX_STATUS.ok);
    expect(indexStatus({ ...record, pendingCounter: 1 }, rule)).toBe(INDEX_STATUS.degraded);
    expect(indexStatus({ ...record, disputedMs: 1 }, rule)).toBe(INDEX_STATUS.degraded);
  });

  test('of an old index is stale, then halted, even while degraded', () => {
    const at = (ageMs: number) =>
      indexStatus({ ...record, disputedMs: 1 }, { ...rule, timeMs: 1_000_000 + ageMs });
    expect([at(29_999), at(30_000), at(119_999), at(120_000)]).toEqual([
      INDEX_STATUS.degraded,
      INDEX_STATUS.stale,
      INDEX_STATUS.stale,
      INDEX_STATUS.halted,
    ]);
  });
});

describe('a guard that disagrees', () => {
  const disputeMs = 600_000;

  test('loses to ten minutes of full quorum', () => {
    const at = (timeMs: number) => disputeAfter(700_000, { timeMs, hasQuorum: true, disputeMs });
    expect([at(699_999), at(700_000), at(700_001)]).toEqual([700_000, 700_000, 0]);
  });

  test('is not outlived by silence', () => {
    let until = 700_000;
    for (let timeMs = 100_000; timeMs <= 10_000_000; timeMs += 60_000) {
      until = disputeAfter(until, { timeMs, hasQuorum: timeMs % 300_000 !== 100_000, disputeMs });
    }
    expect(until).toBeGreaterThan(10_000_000);
  });

  test('that never disagreed degrades nothing', () => {
    expect(disputeAfter(0, { timeMs: 5, hasQuorum: false, disputeMs })).toBe(0);
  });
});

describe('grace', () => {
  const halt = { timeMs: 1e9, haltMs: 180_000, graceStartedMs: 0, graceMaxMs: 900_000 };

  test('is given for halts of two minutes or more, as long as they were, up to the cap', () => {
    const lengths = [119_999, 120_000, 180_000, 899_999, 900_000, 86_400_000];
    const grace = lengths.map((haltMs) => {
      const until = graceAfterHalt({ ...halt, haltMs });
      return until === 0 ? 0 : until - halt.timeMs;
    });
    expect(grace).toEqual([0, 120_000, 180_000, 899_999, 900_000, 900_000]);
  });

  test('never exceeds 15 min, whatever the parameter', () => {
    const until = graceAfterHalt({ ...halt, haltMs: 1e8, graceMaxMs: 1e8 });
    expect(until - halt.timeMs).toBe(900_000);
  });

  test('silences of a minute, or many halts in a day, earn at most one', () => {
    let graceStartedMs = 0;
    let given = 0;
    for (let timeMs = 1e9; timeMs < 1e9 + 86_400_000; timeMs += 900_000) {
      expect(graceAfterHalt({ ...halt, timeMs, haltMs: 60_000, graceStartedMs })).toBe(0);
      if (graceAfterHalt({ ...halt, timeMs, graceStartedMs }) === 0) continue;
      graceStartedMs = timeMs;
      given++;
    }
    expect(given).toBe(1);
  });

  test('spares accounts until its end, but never one with equity below zero', () => {
    const account = { timeMs: 99, graceUntilMs: 100, equity: 0 };
    expect(isSpared(account)).toBe(true);
    expect(isSpared({ ...account, timeMs: 100 })).toBe(false);
    expect(isSpared({ ...account, equity: -1 })).toBe(false);
  });
});

describe('the plausible range', () => {
  const evidence = {
    status: INDEX_STATUS.ok as number,
    index: 1_000,
    confidence: 3,
    pendingPrice: 0,
    ageMs: 0,
    variance: 0.0015 * 0.0015,
  };
  const bound = { zMilli: 3_000, plausibleMaxPpm: 500_000 };
  const range = (change: Partial<typeof evidence>) =>
    plausibleRange({ ...evidence, ...change }, bound);

  test('is the index while it is ok, and nothing before the first', () => {
    expect(range({})).toEqual({ low: 1_000, high: 1_000 });
    expect(range({ status: INDEX_STATUS.none, index: 0 })).toEqual({ low: 0, high: 0 });
  });

  test('of a degraded index reaches to the waiting price on either side', () => {
    const { degraded: status } = INDEX_STATUS;
    expect(range({ status })).toEqual({ low: 994, high: 1_006 });
    expect(range({ status, pendingPrice: 900 })).toEqual({ low: 894, high: 1_006 });
    expect(range({ status, pendingPrice: 1_100 })).toEqual({ low: 994, high: 1_106 });
    expect(range({ status, confidence: 900 })).toEqual({ low: 1, high: 2_800 });
  });

  test('of a stale index holds it and widens with age up to its cap', () => {
    const ages = [0, 1_000, 60_000, 3_600_000, 86_400_000, 1e12];
    const ranges = ages.map((ageMs) => range({ status: INDEX_STATUS.stale, ageMs }));
    ranges.forEach((current, position) => {
      const before = ranges[position - 1] ?? { low: 1_000, high: 1_000 };
      expect(current.low).toBeLessThanOrEqual(before.low);
      expect(current.high).toBeGreaterThanOrEqual(before.high);
    });
    expect(ranges.at(-1)).toEqual({ low: 500, high: 1_500 });
  });
});
