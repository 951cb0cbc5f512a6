import { describe, expect, test } from 'vitest';
import {
  borrowRatePpm,
  isRateCurve,
  type RateCurve,
  utilizationPpm,
} from '../../src/ledger/index.ts';
import { accrueInterest } from '../../src/ledger/interest.ts';

const kinkedAtEighty: RateCurve = {
  kinkPpm: 800_000,
  ratePpmAtZero: 0,
  ratePpmAtKink: 40_000,
  ratePpmAtFull: 1_000_000,
};
const yearMs = 31_536_000_000;

describe('utilization and rate', () => {
  test('utilization is borrowed over supplied, rounded up, at most full', () => {
    expect(utilizationPpm(0n, 0n)).toBe(0);
    expect(utilizationPpm(1n, 3n)).toBe(333_334);
    expect(utilizationPpm(3n, 3n)).toBe(1_000_000);
    expect(utilizationPpm(3n, 2n)).toBe(1_000_000);
    expect(utilizationPpm(1n, 0n)).toBe(1_000_000);
  });

  test('the rate runs straight from zero to the kink and straight from there to full', () => {
    const at = (utilization: number) => borrowRatePpm(kinkedAtEighty, utilization);
    expect([0, 400_000, 800_000, 900_000, 1_000_000].map(at)).toEqual([
      0, 20_000, 40_000, 520_000, 1_000_000,
    ]);
  });

  test('a rate between two ppm is rounded up', () => {
    expect(borrowRatePpm(kinkedAtEighty, 1)).toBe(1);
  });

  test('a curve needs a kink inside the range and rates that do not fall', () => {
    expect(isRateCurve(kinkedAtEighty)).toBe(true);
    expect(isRateCurve({ ...kinkedAtEighty, kinkPpm: 1_000_000 })).toBe(true);
    expect(isRateCurve({ ...kinkedAtEighty, kinkPpm: 0 })).toBe(false);
    expect(isRateCurve({ ...kinkedAtEighty, kinkPpm: 1_000_001 })).toBe(false);
    expect(isRateCurve({ ...kinkedAtEighty, ratePpmAtFull: 39_999 })).toBe(false);
    expect(isRateCurve({ ...kinkedAtEighty, ratePpmAtZero: -1 })).toBe(false);
    expect(isRateCurve({ ...kinkedAtEighty, ratePpmAtKink: 0.5 })).toBe(false);
  });
});

describe('accrual', () => {
  test('a year at 10 % on a million is 100,000, a tenth of it to fees', () => {
    expect(
      accrueInterest({
        borrowed: 1_000_000n,
        ratePpm: 100_000,
        dtMs: yearMs,
        prepaid: 0n,
        reservePpm: 100_000,
      }),
    ).toEqual({ interest: 100_000n, toSuppliers: 90_000n, toFees: 10_000n, prepaid: 0n });
  });

  test('borrowers are rounded up at once and the rest of the unit is not charged again', () => {
    const input = { borrowed: 1_000n, ratePpm: 100_000, dtMs: 20, reservePpm: 0 };
    const first = accrueInterest({ ...input, prepaid: 0n });
    expect(first.interest).toBe(1n);
    const second = accrueInterest({ ...input, prepaid: first.prepaid });
    expect(second.interest).toBe(0n);
    expect(first.prepaid - second.prepaid).toBe(1_000n * 100_000n * 20n);
  });

  test('suppliers are rounded down: the odd unit goes to fees', () => {
    const { interest, toSuppliers, toFees } = accrueInterest({
      borrowed: 15n,
      ratePpm: 1_000_000,
      dtMs: yearMs,
      prepaid: 0n,
      reservePpm: 100_000,
    });
    expect({ interest, toSuppliers, toFees }).toEqual({
      interest: 15n,
      toSuppliers: 13n,
      toFees: 2n,
    });
  });

  test('no time and no debt accrue nothing and keep what was prepaid', () => {
    const kept = { interest: 0n, toSuppliers: 0n, toFees: 0n, prepaid: 5n };
    const input = { ratePpm: 1_000, prepaid: 5n, reservePpm: 1_000 };
    expect(accrueInterest({ ...input, borrowed: 7n, dtMs: 0 })).toEqual(kept);
    expect(accrueInterest({ ...input, borrowed: 0n, dtMs: 1_000 })).toEqual(kept);
  });
});
