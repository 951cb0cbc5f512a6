import { describe, expect, test } from 'vitest';
import {
  borrowableAmount,
  borrowing,
  claimOf,
  debtLoss,
  repayment,
  sharesToSupply,
  supplyWithdrawal,
} from '../../src/ledger/index.ts';
import { debtOf } from '../../src/ledger/loanShares.ts';

describe('debts', () => {
  test('the first debt makes a thousand shares a unit, later ones the same until interest comes', () => {
    expect(borrowing(5n, 0n, 0n)).toEqual({ shares: 5_000n, debt: 5n });
    expect(borrowing(7n, 5n, 5_000n)).toEqual({ shares: 7_000n, debt: 7n });
  });

  test('a debt is rounded up, and so are the shares that it costs and what they owe', () => {
    expect(debtOf(5_000n, 13n, 12_000n)).toBe(6n);
    expect(borrowing(2n, 13n, 12_000n)).toEqual({ shares: 1_847n, debt: 3n });
  });

  test('a full repayment takes the debt, leaves the rest, and burns every share', () => {
    const input = { shares: 5_000n, borrowed: 13n, borrowedShares: 12_000n };
    const all = { paid: 6n, burned: 5_000n, settled: 5n };
    expect(repayment({ ...input, amount: 6n })).toEqual(all);
    expect(repayment({ ...input, amount: 900n })).toEqual(all);
  });

  test('a part repayment burns shares rounded down, so that what is left is not forgiven', () => {
    const input = { shares: 5_000n, borrowed: 13n, borrowedShares: 12_000n };
    expect(repayment({ ...input, amount: 5n })).toEqual({ paid: 5n, burned: 4_615n, settled: 4n });
    expect(debtOf(385n, 9n, 12_000n - 4_615n)).toBe(1n);
  });

  test('the last borrower owes exactly the total', () => {
    expect(repayment({ amount: 99n, shares: 777n, borrowed: 13n, borrowedShares: 777n })).toEqual({
      paid: 13n,
      burned: 777n,
      settled: 13n,
    });
  });

  test('a repayment of nobody takes nothing', () => {
    const repaid = repayment({ amount: 7n, shares: 0n, borrowed: 5n, borrowedShares: 5_000n });
    expect(repaid).toEqual({ paid: 0n, burned: 0n, settled: 0n });
  });

  test('debts without shares are an error of ours', () => {
    expect(() => borrowing(1n, 5n, 0n)).toThrow('debts have shares');
    expect(() => borrowing(1n, 0n, 5n)).toThrow('debts have shares');
    expect(() => debtOf(2n, 5n, 1n)).toThrow('a borrower holds a part of the shares');
  });
});

describe('claims', () => {
  test('the first supply makes a thousand shares a unit', () => {
    expect(sharesToSupply(5n, 0n, 0n)).toBe(5_000n);
    expect(claimOf(5_000n, 5n, 5_000n)).toBe(5n);
  });

  test('a full redemption burns every share and leaves what the virtual shares hold', () => {
    expect(
      supplyWithdrawal({ amount: 99n, shares: 5_000n, supplied: 8n, suppliedShares: 5_000n }),
    ).toEqual({ paid: 7n, burned: 5_000n });
  });

  test('a part redemption burns shares rounded up', () => {
    expect(
      supplyWithdrawal({ amount: 2n, shares: 5_000n, supplied: 6n, suppliedShares: 5_000n }),
    ).toEqual({ paid: 2n, burned: 1_715n });
  });

  test('claims on a market that lost everything are worth nothing', () => {
    expect(claimOf(5_000n, 0n, 5_000n)).toBe(0n);
  });

  test('more shares than there are is an error of ours', () => {
    expect(() => claimOf(2n, 5n, 1n)).toThrow('a supplier holds a part of the shares');
  });
});

describe('a debt that is not paid', () => {
  const input = { shares: 6_000n, borrowed: 12n, borrowedShares: 12_000n };

  test('what is not covered lowers what all suppliers hold', () => {
    expect(debtLoss({ ...input, supplied: 20n, covered: 2n })).toEqual({
      debt: 6n,
      fromSuppliers: 4n,
      badDebt: 0n,
    });
  });

  test('what they cannot bear is bad debt', () => {
    expect(debtLoss({ ...input, supplied: 1n, covered: 2n })).toEqual({
      debt: 6n,
      fromSuppliers: 1n,
      badDebt: 3n,
    });
  });

  test('a debt that is covered in full costs nobody anything', () => {
    expect(debtLoss({ ...input, supplied: 20n, covered: 6n })).toEqual({
      debt: 6n,
      fromSuppliers: 0n,
      badDebt: 0n,
    });
  });
});

test('new loans stop at the utilization limit', () => {
  expect(borrowableAmount(70n, 101n, 800_000n)).toBe(10n);
  expect(borrowableAmount(90n, 101n, 800_000n)).toBe(0n);
});
