import { describe, expect, test } from 'vitest';
import { judgeAssertions, METRICS, type MetricName, readMetric } from '../src/metrics.ts';
import type { AssertionSpec } from '../src/scenarios/index.ts';
import { crashResult } from './fixtures/crashResult.ts';

const result = crashResult(200);
const holds = (spec: AssertionSpec): boolean => judgeAssertions(result, [spec])[0]!.holds;

describe('claims on the outcome', () => {
  test('every metric has a reading', () => {
    const parts = { stage: 'adl', payer: 'adl', pool: 'shared', instrument: 'BTC-PERP' } as const;
    for (const [name, { of }] of Object.entries(METRICS)) {
      const part = of === 'none' || of === 'code' ? undefined : parts[of];
      const reading = readMetric(result, name as MetricName, part);
      expect(typeof reading === 'string' || Number.isFinite(reading), name).toBe(true);
    }
  });

  test('money is compared to the last unit', () => {
    expect(readMetric(result, 'shortfall')).toBe('3402118.900001');
    expect(holds({ metric: 'shortfall', op: '=', value: '3402118.900001' })).toBe(true);
    expect(holds({ metric: 'shortfall', op: '<=', value: '3402118.9' })).toBe(false);
    expect(holds({ metric: 'badDebt', op: '>', value: 0 })).toBe(true);
    expect(holds({ metric: 'paid', of: 'principal', op: '=', value: '0' })).toBe(true);
  });

  test('counts are compared as numbers, refusals by number or all', () => {
    expect(holds({ metric: 'accountsLiquidated', op: '>=', value: 1873 })).toBe(true);
    expect(holds({ metric: 'accountsLiquidated', op: '<', value: '1873' })).toBe(false);
    expect(readMetric(result, 'commandsRefused')).toBe(323);
    expect(readMetric(result, 'commandsRefused', '603')).toBe(12);
    expect(readMetric(result, 'commandsRefused', '999')).toBe(0);
  });

  test('what has no value does not hold, whatever is claimed of it', () => {
    const [outcome] = judgeAssertions(result, [
      { metric: 'poolBalance', of: 'DOGE-PERP', op: '!=', value: 0 },
    ]);
    expect(outcome).toEqual({
      claim: 'poolBalance of DOGE-PERP != 0',
      actual: 'unknown',
      holds: false,
    });
  });
});
