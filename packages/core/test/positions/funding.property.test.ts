import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  averagePremium,
  type FundingRule,
  fundingCost,
  fundingIndexDelta,
  fundingRate,
  premiumSample,
} from '../../src/positions/index.ts';

const price = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const rule: FundingRule = {
  interestNano: 100_000,
  clampNano: 500_000,
  capNano: 40_000_000,
  initialPpm: 25_000,
  maintenancePpm: 12_500,
};
const HOUR = 3_600_000;

describe('a premium sample', () => {
  test('is the distance of the impact prices beyond the index, toward zero', () => {
    fc.assert(
      fc.property(price, price, price, (index, a, b) => {
        const [bid, ask] = [Math.min(a, b), Math.max(a, b)];
        const above = BigInt(Math.max(0, bid - index));
        const below = BigInt(Math.max(0, index - ask));
        const exact = ((above - below) * 1_000_000_000n) / BigInt(index);
        const held = exact > 10n ** 10n ? 10n ** 10n : exact;
        expect(BigInt(premiumSample(index, { bid, ask }))).toBe(held);
      }),
    );
  });

  test('is zero while the index lies between the impact prices, or the side beyond is missing', () => {
    expect(premiumSample(100, { bid: 99, ask: 101 })).toBe(0);
    expect(premiumSample(100, { bid: 0, ask: 0 })).toBe(0);
    expect(premiumSample(100, { bid: 0, ask: 105 })).toBe(0);
    expect(premiumSample(100, { bid: 110, ask: 0 })).toBe(100_000_000);
    expect(premiumSample(100, { bid: 0, ask: 90 })).toBe(-100_000_000);
  });
});

describe('the average and the rate', () => {
  test('need half of the expected samples', () => {
    expect(averagePremium({ sum: 720, count: 360, expected: 720 })).toBe(2);
    expect(averagePremium({ sum: 720, count: 359, expected: 720 })).toBeUndefined();
    expect(averagePremium({ sum: 0, count: 0, expected: 0 })).toBeUndefined();
    expect(fundingRate(undefined, rule)).toBe(0);
  });

  test('near zero premium is the interest, an eighth each hour', () => {
    expect(fundingRate(0, rule)).toBe(12_500);
    expect(fundingRate(-400_000, rule)).toBe(12_500);
    expect(fundingRate(600_000, rule)).toBe(12_500);
    expect(fundingRate(600_008, rule)).toBe(12_501);
    expect(fundingRate(-400_008, rule)).toBe(12_499);
  });

  test('stays within the cap and within what the margin allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e10, max: 1e10 }), (average) => {
        expect(Math.abs(fundingRate(average, rule))).toBeLessThanOrEqual(9_375_000);
        expect(Math.abs(fundingRate(average, { ...rule, capNano: 77 }))).toBeLessThanOrEqual(77);
      }),
    );
  });

  test('rises with the premium', () => {
    const premium = fc.integer({ min: -1e10, max: 1e10 });
    fc.assert(
      fc.property(premium, premium, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(fundingRate(low, rule)).toBeLessThanOrEqual(fundingRate(high, rule));
      }),
    );
  });
});

describe('the funding index', () => {
  const rateNano = fc.integer({ min: -40_000_000, max: 40_000_000 });

  test('moves alike in both directions, and counts at most an hour', () => {
    fc.assert(
      fc.property(rateNano, fc.integer({ min: 0, max: 1e9 }), price, (rate, okMs, index) => {
        const delta = fundingIndexDelta({ rateNano: rate, okMs, index });
        expect(fundingIndexDelta({ rateNano: -rate, okMs, index })).toBe(-delta);
        const hour = Math.min(okMs, HOUR);
        const exact = BigInt(rate) * BigInt(hour) * BigInt(index) * 2n ** 32n;
        expect(delta).toBe(exact / 3_600_000_000_000_000n);
      }),
    );
  });
});

describe('payments', () => {
  const sizes = fc
    .array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
    .map((rest) => [...rest, -rest.reduce((sum, size) => sum + size, 0)]);
  const delta = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
  const multiplier = fc.integer({ min: 1, max: 1_000_000 });

  test('of a market never sum below zero, and leave less than one unit each', () => {
    fc.assert(
      fc.property(sizes, delta, multiplier, (all, indexDelta, v) => {
        const total = all.reduce((sum, size) => sum + fundingCost({ size, v }, indexDelta), 0n);
        expect(total >= 0n && total < BigInt(all.length)).toBe(true);
      }),
    );
  });

  test('settled in parts are never less than settled at once', () => {
    fc.assert(
      fc.property(fc.integer(), delta, delta, multiplier, (size, first, second, v) => {
        const parts = fundingCost({ size, v }, first) + fundingCost({ size, v }, second);
        const once = fundingCost({ size, v }, first + second);
        expect(parts >= once && parts <= once + 1n).toBe(true);
      }),
    );
  });

  test('of no size, or over no move, are nothing', () => {
    expect(fundingCost({ size: 0, v: 7 }, 123n)).toBe(0n);
    expect(fundingCost({ size: -5, v: 7 }, 0n)).toBe(0n);
  });
});
