import { describe, expect, test } from 'vitest';
import { cutAt, split, splitCapped, splitSizes } from '../../src/ledger/index.ts';

describe('the Σ-cut', () => {
  test('1,000 over 700, 333 and 1 is 676, 323 and 1', () => {
    expect(split(1000n, [700n, 333n, 1n])).toEqual([676n, 323n, 1n]);
    expect(splitSizes(1000, [700, 333, 1])).toEqual([676, 323, 1]);
  });

  test('the part of an account is the difference of two neighbouring cuts', () => {
    expect(cutAt(1000n, 1033n, 1034n) - cutAt(1000n, 700n, 1034n)).toBe(323n);
  });

  test('a negative total is cut as exactly as a positive one', () => {
    expect(split(-7n, [1n, 1n, 1n])).toEqual([-3n, -2n, -2n]);
  });

  test('nothing is split into nothings, whatever the weights', () => {
    expect(split(0n, [0n, 0n])).toEqual([0n, 0n]);
    expect(split(0n, [])).toEqual([]);
    expect(splitSizes(0, [0])).toEqual([0]);
  });

  test('a split without a weight, or with a negative one, is an error of ours', () => {
    expect(() => split(1n, [0n])).toThrow('a split has a positive weight');
    expect(() => split(1n, [2n, -1n])).toThrow('a weight is not negative');
    expect(() => splitSizes(1, [])).toThrow('a split has a positive weight');
    expect(() => splitSizes(1, [0.5])).toThrow('a weight is an integer of at least 0');
  });
});

describe('the Σ-cut under caps', () => {
  test('what a capped account cannot take goes to the others by weight', () => {
    expect(splitCapped(100n, [12_000n, 3_000n, 15_000n, 20_000n], [50n, 16n, 60n, 10n])).toEqual([
      36n,
      9n,
      45n,
      10n,
    ]);
  });

  test('caps that sum to less than the total are all filled, and no more', () => {
    expect(splitCapped(100n, [1n, 1n], [30n, 20n])).toEqual([30n, 20n]);
  });

  test('an account without weight or without cap gets nothing', () => {
    expect(splitCapped(9n, [0n, 5n, 5n], [9n, 0n, 9n])).toEqual([0n, 0n, 9n]);
  });

  test('a negative total is an error of ours', () => {
    expect(() => splitCapped(-1n, [1n], [1n])).toThrow('not negative');
  });
});
