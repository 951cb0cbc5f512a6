import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepSlowPrice } from '../../src/oracle/index.ts';

const rule = { tauMs: 3_600_000, growthPpmPerHour: 60_000 };
const price = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const dt = fc.integer({ min: 0, max: 60_000 });
const hour = 3_600_000;

describe('the slow price', () => {
  test('begins at the first index and stays at an index that stays', () => {
    expect(stepSlowPrice(0, { ...rule, index: 123, dtMs: 5 })).toBe(123);
    expect(stepSlowPrice(123, { ...rule, index: 123, dtMs: 5_000 })).toBe(123);
    expect(stepSlowPrice(123, { ...rule, index: 456, dtMs: 0 })).toBe(123);
  });

  test('goes toward the index and never beyond it', () => {
    fc.assert(
      fc.property(price, price, dt, (slow, index, dtMs) => {
        const next = stepSlowPrice(slow, { ...rule, index, dtMs });
        expect(next).toBeGreaterThanOrEqual(Math.min(slow, index));
        expect(next).toBeLessThanOrEqual(Math.max(slow, index));
      }),
    );
  });

  test('gains at most e^(g·T) in a time T, however the index is pushed and the blocks fall', () => {
    const blocks = fc.array(fc.tuple(price, dt), { maxLength: 100 });
    fc.assert(
      fc.property(price, blocks, (start, steps) => {
        let slow = start;
        let elapsedMs = 0;
        for (const [index, dtMs] of steps) {
          slow = stepSlowPrice(slow, { ...rule, index, dtMs });
          elapsedMs += dtMs;
          const bound = Math.exp((0.06 * elapsedMs) / hour) * (1 + 1e-12);
          expect(slow).toBeLessThanOrEqual(start * bound);
          expect(slow).toBeGreaterThanOrEqual(start / bound);
        }
      }),
    );
  });

  test('follows a small move at the pace of its time constant', () => {
    let slow = 10_000;
    for (let second = 0; second < 3_600; second++) {
      slow = stepSlowPrice(slow, { ...rule, index: 10_100, dtMs: 1_000 });
    }
    expect((slow - 10_000) / 100).toBeCloseTo(1 - Math.exp(-1), 3);
  });

  test('twenty-four hours after a crash to a half it is nearly there', () => {
    let slow = 10_000;
    for (let minute = 0; minute < 24 * 60; minute++) {
      slow = stepSlowPrice(slow, { ...rule, index: 5_000, dtMs: 60_000 });
    }
    expect(slow).toBeLessThan(5_001);
  });
});
