import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seedVolatility, stepVolatility, type VolatilityRule } from '../../src/oracle/index.ts';

const file = new URL('../vectors/prices/volatility.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  rule: VolatilityRule;
  start: number;
  rows: [number, number, number, number, number, number][];
};

test('300 samples with gaps and a crash give the variances, targets and rates of an independent program', () => {
  const { rule, rows } = vectors;
  expect(rows).toHaveLength(300);
  let record = seedVolatility(rule);
  let from = vectors.start;
  const ratios = { atTarget: 0, limited: 0 };
  for (const [to, k, varianceFast, varianceSlow, target, rate] of rows) {
    record = stepVolatility(record, { from, to, k }, rule);
    from = to;
    for (const [got, expected] of [
      [record.varianceFast, varianceFast],
      [record.varianceSlow, varianceSlow],
      [record.target, target],
      [record.rate, rate],
    ] as const) {
      expect(Math.abs(got / expected - 1)).toBeLessThan(1e-12);
    }
    ratios[record.rate === record.target ? 'atTarget' : 'limited']++;
  }
  // Both the free and the limited rate have to occur.
  expect(Math.min(ratios.atTarget, ratios.limited)).toBeGreaterThan(10);
});
