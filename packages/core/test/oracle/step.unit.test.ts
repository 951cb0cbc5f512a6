import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IndexRecord, type StepRule, stepIndex } from '../../src/oracle/index.ts';

const rule = { stepPpm: 10_000, pendingCount: 3, staleAfterMs: 30_000 };
const at9800: IndexRecord = {
  index: 9_800,
  confidence: 3,
  acceptedMs: 100_000,
  pendingPrice: 0,
  pendingReference: 0,
  pendingCounter: 0,
  pendingSinceMs: 0,
};

/** Aggregates of wholly new evidence, one a second. */
function run(record: IndexRecord, prices: readonly number[], change: Partial<StepRule> = {}) {
  let current = record;
  const outcomes = prices.map((index, second) => {
    const timeMs = record.acceptedMs + 1_000 * (second + 1);
    const step = stepIndex(
      current,
      { index, confidence: 1, oldestMs: timeMs },
      {
        ...rule,
        ...change,
        timeMs,
      },
    );
    current = step.record;
    return step.outcome;
  });
  return { outcomes, record: current };
}

describe('a step of the index', () => {
  test('of exactly the bound is accepted, of one unit more is not', () => {
    expect(run(at9800, [9_898]).outcomes).toEqual(['accepted']);
    expect(run(at9800, [9_899]).outcomes).toEqual(['pending']);
    expect(run(at9800, [9_702]).outcomes).toEqual(['accepted']);
    expect(run(at9800, [9_701]).outcomes).toEqual(['pending']);
  });

  test('may be larger the longer ago the last one was, with the root of time', () => {
    const after = (seconds: number, index: number) => {
      const timeMs = at9800.acceptedMs + 1_000 * seconds;
      const aggregate = { index, confidence: 1, oldestMs: timeMs };
      return stepIndex(at9800, aggregate, { ...rule, timeMs }).outcome;
    };
    expect(after(4, 9_800 + 196)).toBe('accepted');
    expect(after(4, 9_800 + 197)).toBe('pending');
    expect(after(0.1, 9_800 + 98)).toBe('accepted');
  });

  test('that is too large is believed at the K-th agreeing aggregate', () => {
    const { outcomes, record } = run(at9800, [11_000, 11_050, 10_950]);
    expect(outcomes).toEqual(['pending', 'pending', 'accepted']);
    expect(record).toMatchObject({ index: 10_950, acceptedMs: 103_000, pendingCounter: 0 });
  });

  test('restarts when an aggregate does not agree with the reference', () => {
    const { outcomes, record } = run(at9800, [11_000, 11_000, 12_000, 12_000]);
    expect(outcomes).toEqual(['pending', 'pending', 'pending', 'pending']);
    expect(record).toMatchObject({ index: 9_800, pendingReference: 12_000, pendingCounter: 2 });
  });

  test('compares with the first of the row, so that a ramp does not creep in', () => {
    // Each is within 1 % of the one before, the third is not within 1 % of the first.
    const { outcomes } = run(at9800, [11_000, 11_100, 11_200]);
    expect(outcomes).toEqual(['pending', 'pending', 'pending']);
  });

  test('is forgotten when the price comes back', () => {
    const { outcomes, record } = run(at9800, [11_000, 9_810, 11_000]);
    expect(outcomes).toEqual(['pending', 'accepted', 'pending']);
    expect(record.pendingCounter).toBe(1);
  });

  test('with an observation from before the last count does not count, nor restart', () => {
    const { record } = run(at9800, [11_000, 11_000]);
    const old = { index: 11_020, confidence: 7, oldestMs: record.pendingSinceMs };
    const step = stepIndex(record, old, { ...rule, timeMs: record.pendingSinceMs + 1_000 });
    expect(step.outcome).toBe('pending');
    expect(step.record).toEqual({ ...record, pendingPrice: 11_020, confidence: 7 });
  });

  test('after a halt takes evidence from after the last acceptance only', () => {
    const timeMs = at9800.acceptedMs + 30_000;
    const step = (oldestMs: number) =>
      stepIndex(at9800, { index: 9_800, confidence: 1, oldestMs }, { ...rule, timeMs }).outcome;
    expect(step(at9800.acceptedMs)).toBe('ignored');
    expect(step(at9800.acceptedMs + 1)).toBe('accepted');
  });

  test('with K = 1 is believed at once', () => {
    expect(run(at9800, [20_000], { pendingCount: 1 }).outcomes).toEqual(['accepted']);
  });

  test('the first price takes K aggregates however it moves', () => {
    const first = { ...at9800, index: 0, acceptedMs: 0 };
    expect(run(first, [100, 100, 100]).outcomes).toEqual(['pending', 'pending', 'accepted']);
    expect(run(first, [100, 200, 300, 300, 301]).outcomes.at(-1)).toBe('accepted');
  });

  test('never moves the index further than the bound in fewer than K aggregates', () => {
    const price = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 20 }), (prices) => {
        let record = at9800;
        let sinceAcceptance = 0;
        prices.forEach((index, second) => {
          const timeMs = 101_000 + 1_000 * second;
          const before = record;
          const step = stepIndex(
            record,
            { index, confidence: 0, oldestMs: timeMs },
            {
              ...rule,
              timeMs,
            },
          );
          record = step.record;
          sinceAcceptance++;
          if (step.outcome !== 'accepted') {
            expect(record.index).toBe(before.index);
            return;
          }
          const seconds = (timeMs - before.acceptedMs) / 1_000;
          const bound = 0.01 * Math.sqrt(seconds) * before.index;
          const isSmall = Math.abs(index - before.index) <= bound;
          expect(isSmall || sinceAcceptance >= 3).toBe(true);
          sinceAcceptance = 0;
        });
      }),
    );
  });
});
