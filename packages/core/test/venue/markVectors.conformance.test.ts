import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { markPrice, secondPrice, stepBasis } from '../../src/venue/index.ts';

const file = new URL('../vectors/prices/mark.json', import.meta.url);
type Row = [
  index: number,
  dtMs: number,
  fundingRateNano: number,
  mid: number | null,
  impactMid: number | null,
  basis: number,
  basisSlow: number,
  price: number,
  second: number,
];
const { rule, rows } = JSON.parse(readFileSync(file, 'utf8')) as {
  rule: Record<'bandPpm' | 'basisBandPpm' | 'basisTauMs' | 'basisSlowTauMs', number>;
  rows: Row[];
};

test('300 blocks with and without a book give the marks of an independent program', () => {
  expect(rows).toHaveLength(300);
  let basis = 0;
  let slowBasis = 0;
  for (const [
    index,
    dtMs,
    fundingRateNano,
    mid,
    impactMid,
    expected,
    expectedSlow,
    ...prices
  ] of rows) {
    if (mid !== null) {
      const step = { mid, index, bandPpm: rule.basisBandPpm, dtMs };
      basis = stepBasis(basis, { ...step, tauMs: rule.basisTauMs });
      slowBasis = stepBasis(slowBasis, { ...step, tauMs: rule.basisSlowTauMs });
    }
    expect(Math.abs(basis - expected)).toBeLessThan(1e-8);
    expect(Math.abs(slowBasis - expectedSlow)).toBeLessThan(1e-8);
    const { bandPpm } = rule;
    const inputs = { index, basis, impactMid: impactMid ?? undefined, fundingRateNano, bandPpm };
    expect([markPrice(inputs).price, secondPrice(index, slowBasis)]).toEqual(prices);
  }
});
