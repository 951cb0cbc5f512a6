import { describe, expect, test } from 'vitest';
import {
  accrueInterest,
  balanceAmount,
  borrow,
  chargeSuppliers,
  conservationErrors,
  debtDouble,
  debtOf,
  redeem,
  repay,
  settle,
  suppliedDouble,
  suppliedOf,
  supply,
  writeOffDebt,
} from '../../src/ledger/index.ts';
import { assetParameters, rejections } from '../../src/schema/index.ts';
import { findBalance, type State } from '../../src/state/index.ts';
import {
  accountWith,
  addAsset,
  advance,
  freshState,
  setAssetParameter,
} from '../fixtures/state.ts';

const yearMs = 31_536_000_000;
const asset = 2;
const by = (account: number) => ({ account, isOwner: true, role: 0 });

/** Account 1 holds 1,000 of asset 2, account 2 holds 1,000 settlement units; lending is open. */
function lendingState(): State {
  const state = freshState();
  addAsset(state);
  setAssetParameter(state, asset, assetParameters.isLendingOpen, 1);
  accountWith(state, 1, { amount: 1_000n, asset });
  accountWith(state, 2, { amount: 1_000n });
  return state;
}

describe('lending', () => {
  test('supply moves the amount into the market and redeem moves it back', () => {
    const state = lendingState();
    expect(supply(state, { kind: 'supply', asset, amount: 600n }, by(1))).toBe(0);
    expect(balanceAmount(state, 1, asset)).toBe(400n);
    expect(suppliedOf(state, 1, asset)).toBe(600n);
    expect(redeem(state, { kind: 'redeem', asset, amount: 100n }, by(1))).toBe(0);
    expect(redeem(state, { kind: 'redeem', asset, amount: 0n }, by(1))).toBe(0);
    expect(balanceAmount(state, 1, asset)).toBe(1_000n);
    expect(conservationErrors(state)).toEqual([]);
  });

  test('supply is refused where lending is closed, for nothing and beyond the balance', () => {
    const state = lendingState();
    const of = (id: number, amount: bigint) =>
      supply(state, { kind: 'supply', asset: id, amount }, by(1));
    expect(of(1, 1n)).toBe(rejections.lendingClosed.code);
    expect(of(9, 1n)).toBe(rejections.assetUnknown.code);
    expect(of(asset, 0n)).toBe(rejections.amountInvalid.code);
    expect(of(asset, 1_001n)).toBe(rejections.balanceInsufficient.code);
  });

  test('borrowing stops at the utilization limit', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    const take = (amount: bigint) => borrow(state, { kind: 'borrow', asset, amount }, by(2));
    expect(take(801n)).toBe(rejections.utilizationLimit.code);
    expect(take(800n)).toBe(0);
    expect([balanceAmount(state, 2, asset), debtOf(state, 2, asset)]).toEqual([800n, 800n]);
    expect(take(1n)).toBe(rejections.utilizationLimit.code);
    expect(take(0n)).toBe(rejections.amountInvalid.code);
    expect(conservationErrors(state)).toEqual([]);
  });

  test('what is out on loan cannot be redeemed, and no more than was lent', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    borrow(state, { kind: 'borrow', asset, amount: 800n }, by(2));
    const back = (amount: bigint, account = 1) =>
      redeem(state, { kind: 'redeem', asset, amount }, by(account));
    expect(back(201n)).toBe(rejections.liquidityInsufficient.code);
    expect(back(1_001n)).toBe(rejections.supplyInsufficient.code);
    expect(back(0n, 2)).toBe(rejections.supplyInsufficient.code);
    expect(back(200n)).toBe(0);
  });

  test('a repayment takes at most the debt and needs the balance', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    const pay = (amount: bigint) => repay(state, { kind: 'repay', asset, amount }, by(2));
    expect(pay(1n)).toBe(rejections.debtNone.code);
    borrow(state, { kind: 'borrow', asset, amount: 500n }, by(2));
    expect(pay(501n)).toBe(rejections.balanceInsufficient.code);
    expect(pay(100n)).toBe(0);
    expect([balanceAmount(state, 2, asset), debtOf(state, 2, asset)]).toEqual([400n, 400n]);
    expect(pay(0n)).toBe(0);
    expect(findBalance(state, 2, asset)).toBe(-1);
    expect(conservationErrors(state)).toEqual([]);
  });
});

describe('interest', () => {
  test('a year at half the kink charges the borrower and pays supplier and fees', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    borrow(state, { kind: 'borrow', asset, amount: 400n }, by(2));
    advance(state, yearMs);
    accrueInterest(state);
    // 40 % utilization: 4 % a year of 400 is 16; a tenth of it, up, to fees.
    expect(debtOf(state, 2, asset)).toBe(416n);
    expect(state.assets.fees.get(asset)).toBe(2n);
    expect(state.assets.supplyTotal.get(asset)).toBe(1_014n);
    expect(state.assets.balanceTotal.get(asset)).toBe(1_414n);
    expect(conservationErrors(state)).toEqual([]);
  });

  test("the fees' part of interest repays bad debt of the lending market first", () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    borrow(state, { kind: 'borrow', asset, amount: 400n }, by(2));
    state.assets.badDebt.set(asset, 1n);
    state.assets.dust.add(asset, 1n);
    advance(state, yearMs * 4);
    state.events.length = 0;
    accrueInterest(state);
    expect(state.assets.badDebt.get(asset)).toBe(0n);
    expect(state.assets.fees.get(asset)).toBeGreaterThan(0n);
    expect(state.events[0]).toEqual({ kind: 'badDebtRepaid', instrument: 0, asset, amount: 1n });
    expect(conservationErrors(state)).toEqual([]);
  });

  test('of loans beyond what is lent the interest goes to fees, not to the few who lent', () => {
    const state = lendingState();
    setAssetParameter(state, 1, assetParameters.isLendingOpen, 1);
    supply(state, { kind: 'supply', asset: 1, amount: 10n }, by(2));
    settle(state, 1, -1_000_000n);
    advance(state, yearMs);
    accrueInterest(state);
    expect(debtOf(state, 1, 1)).toBe(2_000_000n);
    expect(state.assets.supplyTotal.get(1)).toBe(10n + 9n);
    expect(state.assets.fees.get(1)).toBe(999_991n);
  });

  test('the doubles that risk reads are within rounding of debt and claim', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    borrow(state, { kind: 'borrow', asset, amount: 400n }, by(2));
    advance(state, yearMs);
    accrueInterest(state);
    expect(debtDouble(state, findBalance(state, 2, asset))).toBeCloseTo(416, 6);
    expect(suppliedDouble(state, findBalance(state, 1, asset))).toBeCloseTo(1014, 0);
    expect(debtDouble(state, findBalance(state, 1, asset))).toBe(0);
  });
});

describe('losses of a lending market', () => {
  test('a written off debt and a charge on suppliers balance each other', () => {
    const state = lendingState();
    supply(state, { kind: 'supply', asset, amount: 1_000n }, by(1));
    borrow(state, { kind: 'borrow', asset, amount: 400n }, by(2));
    expect(writeOffDebt(state, 2, asset, 300n)).toBe(300n);
    expect(chargeSuppliers(state, asset, 300n)).toBe(300n);
    expect([debtOf(state, 2, asset), suppliedOf(state, 1, asset)]).toEqual([100n, 700n]);
    expect(writeOffDebt(state, 2, asset, 999n)).toBe(100n);
    expect(chargeSuppliers(state, asset, 100n)).toBe(100n);
    expect(chargeSuppliers(state, asset, 10_000n)).toBe(600n);
    expect(writeOffDebt(state, 1, 1, 5n)).toBe(0n);
  });
});
