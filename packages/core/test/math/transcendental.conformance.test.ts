import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exp, ln } from '../../src/math/index.ts';
import { ulpDistance } from './ulp.ts';

function vectors(name: string): [number, number][] {
  const file = new URL(`../vectors/math/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { vectors: [number, number][] }).vectors;
}

describe.each([
  ['exp', exp],
  ['ln', ln],
] as const)('%s', (name, compute) => {
  test('every vector is met within one unit in the last place', () => {
    const rows = vectors(name);
    expect(rows.length).toBeGreaterThan(800);
    const far = rows.filter(([x, y]) => ulpDistance(compute(x), y) > 1);
    expect(far).toEqual([]);
  });

  test('most vectors are met exactly', () => {
    const rows = vectors(name);
    const exact = rows.filter(([x, y]) => compute(x) === y).length;
    expect(exact / rows.length).toBeGreaterThan(0.9);
  });
});

describe('the ends of the range', () => {
  test('exp overflows to infinity, underflows to zero and keeps NaN', () => {
    expect([exp(710), exp(Number.POSITIVE_INFINITY)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect([exp(-746), exp(Number.NEGATIVE_INFINITY)]).toEqual([0, 0]);
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(0)).toBe(1);
  });

  test('ln is -Infinity of zero and NaN below it', () => {
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
    expect([ln(-1), ln(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
    expect(ln(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(ln(1)).toBe(0);
  });
});
