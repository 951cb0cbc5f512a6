import { describe, expect, test } from 'vitest';
import {
  absorbLoss,
  amountForShares,
  claimPayment,
  conservationGap,
  isEpochOver,
  sharesForDeposit,
  splitIncome,
  streamedIncome,
} from '../../src/ledger/index.ts';

describe('pool shares', () => {
  test('the first deposit makes a thousand shares a unit', () => {
    expect(sharesForDeposit(5n, 0n, 0n)).toBe(5_000n);
  });

  test('a deposit into a pool that has earned buys fewer shares than units', () => {
    expect(sharesForDeposit(100_000n, 1_000_000n, 800_000n)).toBe(80_099n);
  });

  test('a pool without shares is worth nothing to anybody', () => {
    expect(amountForShares(0n, 7n, 0n)).toBe(0n);
  });

  test('the last shares take all that is left', () => {
    expect(amountForShares(3_000n, 1_234n, 3_000n)).toBe(1_234n);
  });

  test('an epoch ends when a share is worth less than a billionth of a unit', () => {
    expect(isEpochOver(1n, 1_000_000_000n)).toBe(false);
    expect(isEpochOver(1n, 1_000_000_001n)).toBe(true);
    expect(isEpochOver(0n, 1n)).toBe(true);
    expect(isEpochOver(0n, 0n)).toBe(false);
  });

  test('shares in cooldown bear losses and take no gains', () => {
    expect(claimPayment(50_000n, amountForShares(50_000n, 4_800_000n, 5_000_000n))).toBe(48_000n);
    expect(claimPayment(50_000n, 60_000n)).toBe(50_000n);
  });

  test('a first depositor cannot make later shares dear: the later one loses nothing', () => {
    // The attacker keeps one share of 1000, and 1,000,000 of income arrives.
    const shares = sharesForDeposit(1_000_000n, 1_000_001n, 1n);
    const value = amountForShares(shares, 2_000_001n, 1n + shares);
    expect(value).toBeGreaterThanOrEqual(1_000_000n);
  });
});

describe('income and losses of tranches', () => {
  test('income goes to both tranches by what they risk, the odd unit to the senior', () => {
    const input = { income: 30_000n, juniorAmount: 1_000_000n, seniorAmount: 5_000_000n };
    expect(splitIncome({ ...input, juniorWeightPpm: 2_000_000n })).toEqual({
      junior: 8_571n,
      senior: 21_429n,
    });
  });

  test('income of empty tranches goes to the senior one', () => {
    const input = { income: 7n, juniorAmount: 0n, seniorAmount: 0n };
    expect(splitIncome({ ...input, juniorWeightPpm: 2_000_000n })).toEqual({
      junior: 0n,
      senior: 7n,
    });
  });

  test('income enters linearly and all of it in the end', () => {
    expect(streamedIncome(10n, 0n, 7n)).toBe(0n);
    expect(streamedIncome(10n, 3n, 7n)).toBe(4n);
    expect(streamedIncome(10n, 7n, 7n)).toBe(10n);
    expect(streamedIncome(10n, 9n, 7n)).toBe(10n);
  });

  test('a loss empties the junior tranche before it reaches the senior one', () => {
    const junior = { amount: 1_000_000n, capLeft: 9_000_000n };
    const senior = { amount: 5_000_000n, capLeft: 9_000_000n };
    expect(absorbLoss(1_200_000n, junior, senior)).toEqual({
      junior: 1_000_000n,
      senior: 200_000n,
      unpaid: 0n,
    });
  });

  test('neither tranche pays above its 24 h cap', () => {
    const junior = { amount: 1_000n, capLeft: 300n };
    const senior = { amount: 5_000n, capLeft: 400n };
    expect(absorbLoss(1_200n, junior, senior)).toEqual({
      junior: 300n,
      senior: 400n,
      unpaid: 500n,
    });
  });
});

test('a realized gain that nobody has paid yet stands in Σ entry, and the asset adds up', () => {
  const sound = {
    custody: 300n,
    loans: 0n,
    positiveBalances: 350n,
    pools: 0n,
    fees: 0n,
    dust: 0n,
    inFlight: 0n,
    entry: 50n,
    badDebt: 0n,
  };
  expect(conservationGap(sound)).toBe(0n);
  expect(conservationGap({ ...sound, dust: 1n })).toBe(-1n);
  expect(conservationGap({ ...sound, badDebt: 1n })).toBe(1n);
});
