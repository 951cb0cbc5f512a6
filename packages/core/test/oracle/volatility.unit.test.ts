import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decayOver,
  gridSteps,
  limitRate,
  rateForNewRisk,
  rateTarget,
  seedVolatility,
  stepVariance,
  stepVolatility,
  type VolatilityRule,
} from '../../src/oracle/index.ts';

const rule: VolatilityRule = {
  sigmaPriorPpm: 1_500,
  lambdaFastPpm: 995_000,
  lambdaSlowPpm: 999_884,
  zMilli: 3_000,
  horizonSteps: 12,
  stressPpm: 60_000,
  stressWeightPpm: 250_000,
  fullRatioMilli: 2_000,
  rateFloorPpm: 5_000,
  rateUpPpmPerDay: 500_000,
  rateDownPpmPerDay: 250_000,
};

describe('the grid', () => {
  test('has a sample at the first block of each five minutes', () => {
    expect(gridSteps(300_000, 599_999)).toBe(0);
    expect(gridSteps(300_000, 600_000)).toBe(1);
    expect(gridSteps(599_999, 600_000)).toBe(1);
    expect(gridSteps(300_000, 1_200_000)).toBe(3);
  });

  test('never counts more than a day', () => {
    expect(gridSteps(0, 288 * 300_000)).toBe(288);
    expect(gridSteps(0, 1e12)).toBe(288);
  });
});

describe('variance', () => {
  test('decays by a product of k factors', () => {
    expect(decayOver(0.995, 1)).toBe(0.995);
    expect(decayOver(0.5, 10)).toBe(2 ** -10);
    expect(decayOver(0.995, 3)).toBe(0.995 * 0.995 * 0.995);
  });

  test('stays at r² when each step moves by r', () => {
    let variance = 1e-4;
    for (let i = 0; i < 50; i++) {
      variance = stepVariance(variance, { lambda: 0.9, k: 1, logReturn: 0.01 });
    }
    expect(variance).toBeCloseTo(1e-4, 12);
  });

  test('of one return over k steps is that of the k steps it came in, when they were equal', () => {
    const r = 0.004;
    const k = 4;
    let one = 1e-6;
    for (let i = 0; i < k; i++) one = stepVariance(one, { lambda: 0.99, k: 1, logReturn: r / k });
    const gap = stepVariance(1e-6, { lambda: 0.99, k, logReturn: r });
    // r²/k is k times (r/k)², the variance of k steps in one direction: a gap counts for more.
    expect(gap).toBeGreaterThan(one);
    const decay = decayOver(0.99, k);
    expect(gap).toBeCloseTo(decay * 1e-6 + ((1 - decay) * r * r) / k, 18);
  });
});

describe('the margin rate', () => {
  test('keeps its buffer in calm times and spends it as volatility rises', () => {
    const at = (ratio: number) =>
      rateTarget({ varianceFast: (0.002 * ratio) ** 2, varianceSlow: 0.002 ** 2 }, rule);
    expect(at(0.5).x).toBe(0);
    expect(at(1).x).toBeCloseTo(0, 12);
    expect(at(1.5).x).toBeCloseTo(0.5, 12);
    expect(at(2).x).toBeCloseTo(1, 12);
    expect(at(5).target).toBe(at(5).m1);
    expect(at(1).target).toBeCloseTo(1.25 * at(1).m1, 12);
  });

  test('lies between its floor and 1', () => {
    const calm = { ...rule, stressPpm: 0 };
    expect(rateTarget({ varianceFast: 1e-16, varianceSlow: 1e-16 }, calm).target).toBe(0.005);
    expect(rateTarget({ varianceFast: 1, varianceSlow: 1e-6 }, rule).target).toBe(1);
  });

  test('of a price that never moved keeps the whole buffer', () => {
    const { x, target } = rateTarget({ varianceFast: 0, varianceSlow: 0 }, rule);
    expect(x).toBe(0);
    expect(target).toBeCloseTo(0.25 * 0.06 * 1.25, 12);
  });

  test('begins at the target of the prior', () => {
    const seed = seedVolatility(rule);
    expect(seed.rate).toBe(seed.target);
    expect(Math.sqrt(seed.varianceFast)).toBeCloseTo(0.0015, 12);
    expect(seed.varianceSlow).toBe(seed.varianceFast);
  });

  test('moves within its limits per day, while new risk pays the target at once', () => {
    expect(limitRate(0.04, { target: 1, k: 288 }, rule)).toBeCloseTo(0.06, 12);
    expect(limitRate(0.04, { target: 0, k: 288 }, rule)).toBeCloseTo(0.03, 12);
    expect(limitRate(0.04, { target: 0.0401, k: 288 }, rule)).toBe(0.0401);
    expect(rateForNewRisk({ rate: 0.04, target: 0.09 })).toBe(0.09);
    expect(rateForNewRisk({ rate: 0.04, target: 0.03 })).toBe(0.04);
  });

  test('after any samples is positive, finite and within its limits', () => {
    const sample = fc.tuple(
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      fc.integer({ min: 1, max: 288 }),
    );
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 30 }), (samples) => {
        let record = seedVolatility(rule);
        let from = 1_000_000;
        for (const [to, k] of samples) {
          const before = record.rate;
          record = stepVolatility(record, { from, to, k }, rule);
          from = to;
          expect(record.varianceFast).toBeGreaterThan(0);
          expect(record.rate).toBeLessThanOrEqual(before * (1 + 0.5 * (k / 288)));
          expect(record.rate).toBeGreaterThanOrEqual(before * (1 - 0.25 * (k / 288)));
          expect(record.target >= 0.005 && record.target <= 1).toBe(true);
        }
      }),
    );
  });
});
