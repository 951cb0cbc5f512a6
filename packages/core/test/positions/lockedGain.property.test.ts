import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gainOf, lockedGainAfter, lockRealized } from '../../src/positions/index.ts';

const windowMs = 3_600_000;
const amount = fc.bigInt({ min: 0n, max: 2n ** 62n });
const elapsed = fc.integer({ min: 0, max: windowMs + 10 });

describe('a locked gain', () => {
  test('is whole at once, gone after the window, and in between not less than its line', () => {
    fc.assert(
      fc.property(amount, elapsed, (locked, elapsedMs) => {
        const left = lockedGainAfter(locked, { elapsedMs, windowMs });
        const line = locked * BigInt(Math.max(0, windowMs - elapsedMs));
        expect(left * BigInt(windowMs) >= line).toBe(true);
        expect((left - 1n) * BigInt(windowMs) < line || left === 0n).toBe(true);
      }),
    );
  });

  test('never grows with time', () => {
    fc.assert(
      fc.property(amount, elapsed, elapsed, (locked, a, b) => {
        const at = (elapsedMs: number) => lockedGainAfter(locked, { elapsedMs, windowMs });
        expect(at(Math.max(a, b)) <= at(Math.min(a, b))).toBe(true);
      }),
    );
  });

  test('cannot be unlocked sooner by realizing in between', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 600_000 }), amount), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(steps, (realizations) => {
        let counted = 0n;
        let now = 0;
        const tranches: { at: number; gain: bigint }[] = [];
        for (const [elapsedMs, gain] of realizations) {
          now += elapsedMs;
          counted = lockRealized(lockedGainAfter(counted, { elapsedMs, windowMs }), gain);
          tranches.push({ at: now, gain });
          // Each gain on its own line is the least that has to be locked.
          const least = tranches.reduce(
            (sum, { at, gain: g }) =>
              sum + (g * BigInt(Math.max(0, windowMs - (now - at)))) / BigInt(windowMs),
            0n,
          );
          expect(counted >= least).toBe(true);
        }
      }),
    );
  });

  test('is lowered by a loss, not below zero', () => {
    expect(lockRealized(100n, -30n)).toBe(70n);
    expect(lockRealized(100n, -130n)).toBe(0n);
    expect(lockRealized(0n, 5n)).toBe(5n);
  });

  test('with a window of zero locks nothing; before its count it is an error of ours', () => {
    expect(lockedGainAfter(100n, { elapsedMs: 0, windowMs: 0 })).toBe(0n);
    expect(() => lockedGainAfter(100n, { elapsedMs: -1, windowMs })).toThrow(
      'a locked gain is read after it was counted',
    );
  });

  test('adds to an unrealized gain, and a loss takes from it', () => {
    expect([gainOf(10n, 5n), gainOf(-3n, 5n), gainOf(-10n, 5n)]).toEqual([15n, 2n, 0n]);
  });
});
