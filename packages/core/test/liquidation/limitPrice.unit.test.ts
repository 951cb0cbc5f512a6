import { describe, expect, test } from 'vitest';
import {
  bankruptcyAdjustment,
  distressPrice,
  insolventLimitPrice,
  insolventSizeMax,
  type LimitLeg,
  limitPrice,
  neutralPrice,
} from '../../src/liquidation/index.ts';

const btcLong: LimitLeg = {
  side: 1,
  markPrice: 10_000,
  maintenancePpm: 50_000,
  feePpm: 10_500,
  spreadPpm: 1_500_000,
  tick: 1,
};
const btcShort: LimitLeg = { ...btcLong, side: -1 };
const distressed = { marginBalance: 70_000, maintenanceMargin: 82_000, adjustmentPpm: 1_000_000 };

describe('the limit of a solvent account', () => {
  test('is the best for it of distress, neutral and bankruptcy price', () => {
    const adjustment = bankruptcyAdjustment(distressed);
    expect(adjustment).toBeCloseTo(0.146_341_463, 9);
    expect(distressPrice(btcLong, adjustment)).toBeCloseTo(9_890.243_9, 4);
    expect(neutralPrice(btcLong)).toBe(9_605);
    expect(limitPrice(btcLong, adjustment, 9_574)).toBe(9_891);
    expect(limitPrice(btcLong, 1, 9_574)).toBe(9_605);
    expect(limitPrice(btcLong, 1, 9_700)).toBe(9_700);
  });

  test('mirrors for a short one and is rounded the other way', () => {
    const adjustment = bankruptcyAdjustment(distressed);
    expect(distressPrice(btcShort, adjustment)).toBeCloseTo(10_109.756_1, 4);
    expect(neutralPrice(btcShort)).toBeCloseTo(10_390.895_6, 4);
    expect(limitPrice(btcShort, adjustment, 10_426)).toBe(10_109);
    expect(limitPrice(btcShort, 1, 10_426)).toBe(10_390);
    expect(limitPrice(btcShort, 1, 10_200)).toBe(10_200);
  });

  test('lies on a tick, in favor of the account, and is at least one tick', () => {
    expect(limitPrice({ ...btcLong, tick: 50 }, 1, 9_574)).toBe(9_650);
    expect(limitPrice({ ...btcShort, tick: 50 }, 1, 10_426)).toBe(10_350);
    expect(insolventLimitPrice({ ...btcLong, spreadPpm: 30_000_000 })).toBe(1);
  });
});

describe('the adjustment', () => {
  test('is 0 at maintenance and above, 1 where the margin balance is gone', () => {
    expect(bankruptcyAdjustment({ ...distressed, marginBalance: 82_000 })).toBe(0);
    expect(bankruptcyAdjustment({ ...distressed, marginBalance: 90_000 })).toBe(0);
    expect(bankruptcyAdjustment({ ...distressed, marginBalance: -5 })).toBe(1);
    expect(bankruptcyAdjustment({ ...distressed, adjustmentPpm: 10_000_000 })).toBe(1);
  });

  test('without maintenance it asks only whether the margin balance is below zero', () => {
    const bare = { marginBalance: -1, maintenanceMargin: 0, adjustmentPpm: 1_000_000 };
    expect(bankruptcyAdjustment(bare)).toBe(1);
    expect(bankruptcyAdjustment({ ...bare, marginBalance: 0 })).toBe(0);
  });
});

describe('an insolvent account', () => {
  test('may trade κ maintenance rates beyond the mark', () => {
    expect(insolventLimitPrice(btcLong)).toBe(9_250);
    expect(insolventLimitPrice(btcShort)).toBe(10_750);
  });

  test('closes no more lots than insurance can pay the gap of', () => {
    const long = { side: 1, size: 100, bankruptcyPrice: 10_007, limitPrice: 9_250 } as const;
    expect(insolventSizeMax({ ...long, multiplier: 2, insurance: 15_140n })).toBe(10);
    expect(insolventSizeMax({ ...long, multiplier: 2, insurance: 15_139n })).toBe(9);
    expect(insolventSizeMax({ ...long, multiplier: 2, insurance: 10n ** 30n })).toBe(100);
    const short = { side: -1, size: 100, bankruptcyPrice: 9_993, limitPrice: 10_750 } as const;
    expect(insolventSizeMax({ ...short, multiplier: 2, insurance: 15_140n })).toBe(10);
  });

  test('is not bounded where the limit is no worse than bankruptcy', () => {
    const level = { side: 1, size: 100, bankruptcyPrice: 9_250, limitPrice: 9_250 } as const;
    expect(insolventSizeMax({ ...level, multiplier: 2, insurance: 0n })).toBe(100);
  });
});
