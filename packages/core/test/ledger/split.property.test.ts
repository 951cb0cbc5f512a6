import { describe, expect, test } from 'vitest';
import { least, split, splitCapped, splitSizes, sumOf } from '../../src/ledger/index.ts';
import { amountBelow, type Draw, seeded } from '../fixtures/seeded.ts';

const cases = 100_000;

describe('the Σ-cut of random amounts by random weights', () => {
  test('sums exactly, each part is within 1 of its share, lots and money agree', () => {
    const draw = seeded(1);
    let bad = 0;
    for (let k = 0; k < cases / 4; k++) {
      const { total, weights } = anyCut(draw);
      const weightSum = sumOf(weights);
      const parts = split(total, weights);
      if (sumOf(parts) !== total) bad++;
      for (let i = 0; i < parts.length; i++) {
        const gap = parts[i]! * weightSum - total * weights[i]!;
        if (gap <= -weightSum || gap >= weightSum) bad++;
      }
    }
    expect(bad).toBe(0);
  });

  test('numbers above 2^53 on the way give the same parts as amounts', () => {
    const draw = seeded(2);
    for (let k = 0; k < 2_000; k++) {
      const weights = Array.from({ length: 1 + draw(6) }, () => 1 + draw(2_147_483_647));
      const total = draw(2_147_483_647);
      const parts = splitSizes(total, weights);
      expect(parts.map(BigInt)).toEqual(split(BigInt(total), weights.map(BigInt)));
    }
  });
});

describe('the Σ-cut under caps', () => {
  test('sums to what the caps allow and keeps every cap', () => {
    const draw = seeded(3);
    let bad = 0;
    let capped = 0;
    for (let k = 0; k < cases / 4; k++) {
      const { total, weights } = anyCut(draw);
      const caps = weights.map(() => amountBelow(draw, 10));
      const parts = splitCapped(total, weights, caps);
      const most = sumOf(caps.filter((_, i) => weights[i]! > 0n));
      if (sumOf(parts) !== least(total, most)) bad++;
      parts.forEach((part, i) => {
        if (part < 0n || part > caps[i]! || (weights[i] === 0n && part !== 0n)) bad++;
        if (part === caps[i] && part > 0n) capped++;
      });
    }
    expect(bad).toBe(0);
    expect(capped).toBeGreaterThan(cases / 10);
  });
});

function anyCut(draw: Draw): { total: bigint; weights: bigint[] } {
  const weights = Array.from({ length: 1 + draw(8) }, () => amountBelow(draw, 12));
  weights[draw(weights.length)] = 1n + amountBelow(draw, 15);
  return { total: amountBelow(draw, 12), weights };
}
