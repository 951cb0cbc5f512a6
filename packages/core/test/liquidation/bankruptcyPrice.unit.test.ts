import { describe, expect, test } from 'vitest';
import {
  type BankruptcyLeg,
  bankruptcyPrice,
  bankruptcyQuote,
  bankruptcyWeights,
} from '../../src/liquidation/index.ts';

/** 100 lots long at 10,000 with 50,000 of 82,000 maintenance and 70,000 of equity. */
const btcLong: BankruptcyLeg = {
  side: 1,
  size: 100,
  closedSize: 100,
  markPrice: 10_000,
  multiplier: 1,
  equity: 70_000n,
  weight: 50_000n,
  weightSum: 82_000n,
};

describe('the bankruptcy quote', () => {
  test('a long one gives back its part of the equity, rounded toward +∞', () => {
    expect(bankruptcyQuote(btcLong)).toBe(957_318n);
    expect(bankruptcyPrice(btcLong)).toBe(9_574);
  });

  test('a short one mirrors it: it may pay as much more, and its price is rounded down', () => {
    const btcShort: BankruptcyLeg = { ...btcLong, side: -1 };
    expect(bankruptcyQuote(btcShort)).toBe(-1_042_682n);
    expect(bankruptcyPrice(btcShort)).toBe(10_426);
  });

  test('with equity below zero a long one needs more than mark and a short one pays less', () => {
    const under = { ...btcLong, equity: -1_000n };
    expect(bankruptcyQuote(under)).toBe(1_000_610n);
    expect(bankruptcyPrice(under)).toBe(10_007);
    expect(bankruptcyQuote({ ...under, side: -1 })).toBe(-999_390n);
    expect(bankruptcyPrice({ ...under, side: -1 })).toBe(9_993);
  });

  test('a part of the lots takes a part of the equity', () => {
    expect(bankruptcyQuote({ ...btcLong, closedSize: 10 })).toBe(100_000n - 4_268n);
  });

  test('closing more than the position holds is an error of ours', () => {
    expect(() => bankruptcyQuote({ ...btcLong, closedSize: 101 })).toThrow('inside the position');
    expect(() => bankruptcyQuote({ ...btcLong, closedSize: 0 })).toThrow('inside the position');
    expect(() => bankruptcyQuote({ ...btcLong, weightSum: 0n })).toThrow('part of the equity');
  });
});

describe('the weights by which legs share equity', () => {
  test('are maintenance margins, and notionals when no leg requires any', () => {
    expect(bankruptcyWeights([0n, 5n], [7n, 8n])).toEqual([0n, 5n]);
    expect(bankruptcyWeights([0n, 0n], [7n, 8n])).toEqual([7n, 8n]);
  });
});
