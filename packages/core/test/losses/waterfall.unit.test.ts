import { describe, expect, test } from 'vitest';
import { payDeficits, shareDeficit } from '../../src/losses/index.ts';

describe('the deficit of one account', () => {
  test('is shared over its markets by frozen maintenance, a loan among them', () => {
    expect(shareDeficit(9_000n, [50_000n, 32_000n, 8_000n], [1n, 1n, 1n])).toEqual([
      5_000n,
      3_200n,
      800n,
    ]);
  });

  test('is shared by notional when no maintenance was required', () => {
    expect(shareDeficit(9n, [0n, 0n], [2n, 1n])).toEqual([6n, 3n]);
  });

  test('without any market is an error of ours', () => {
    expect(() => shareDeficit(9n, [], [])).toThrow('a split has a positive weight');
  });
});

describe('the deficits of a block', () => {
  const input = {
    deficits: [1_000n, 600n, 0n],
    poolAmounts: [300n, 900n, 50n],
    poolCapsLeft: [9_000n, 400n, 9_000n],
    fundCapsLeft: [9_000n, 9_000n, 9_000n],
    fundAmount: 450n,
    fundCapLeft: 9_000n,
  };

  test('draw on the own pool first, then on the shared fund in proportion to what is left', () => {
    expect(payDeficits(input)).toEqual({
      fromPool: [300n, 400n, 0n],
      fromFund: [350n, 100n, 0n],
      unpaid: [350n, 100n, 0n],
    });
  });

  test('leave to the others what the cap of one market holds back', () => {
    expect(payDeficits({ ...input, fundCapsLeft: [300n, 9_000n, 9_000n] })).toEqual({
      fromPool: [300n, 400n, 0n],
      fromFund: [300n, 150n, 0n],
      unpaid: [400n, 50n, 0n],
    });
  });

  test('stop at the cap of the fund as a whole', () => {
    expect(payDeficits({ ...input, fundCapLeft: 9n }).fromFund).toEqual([7n, 2n, 0n]);
  });

  test('below zero are an error of ours', () => {
    expect(() => payDeficits({ ...input, deficits: [-1n, 0n, 0n] })).toThrow('not negative');
  });
});
