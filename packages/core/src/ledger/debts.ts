import { amountUp, broken, toDouble } from '../math/index.ts';
import { findBalance, type State } from '../state/index.ts';
import { least } from './amounts.ts';
import {
  type Borrowing,
  borrowing,
  claimOf,
  debtOf as debtOfShares,
  repayment,
} from './loanShares.ts';

// The debts of accounts: debt shares of what is lent of an asset. No function here moves a
// balance's free amount: callers say where the money goes. Spec: ledger 4.

/** What an account owes of an asset, in asset units, rounded up. */
export function debtOf(state: State, account: number, asset: number): bigint {
  const row = findBalance(state, account, asset);
  if (row < 0) return 0n;
  const { borrowTotal, borrowShares } = state.assets;
  return debtOfShares(
    state.balances.debtShares.get(row),
    borrowTotal.get(asset),
    borrowShares.get(asset),
  );
}

/** What an account has lent of an asset, in asset units, rounded down. */
export function suppliedOf(state: State, account: number, asset: number): bigint {
  const row = findBalance(state, account, asset);
  if (row < 0) return 0n;
  const { supplyTotal, supplyShares } = state.assets;
  return claimOf(
    state.balances.supplyShares.get(row),
    supplyTotal.get(asset),
    supplyShares.get(asset),
  );
}

/** The debt of a balance row as a double, for risk: shares × total ÷ all shares, left to right. */
export function debtDouble(state: State, row: number): number {
  const shares = state.balances.debtShares.double(row);
  if (shares === 0) return 0;
  const asset = state.balances.asset.get(row);
  const { borrowTotal, borrowShares } = state.assets;
  return (shares * borrowTotal.double(asset)) / borrowShares.double(asset);
}

/** The lent amount of a balance row as a double, for risk: by the same formula as debts. */
export function suppliedDouble(state: State, row: number): number {
  const shares = state.balances.supplyShares.double(row);
  if (shares === 0) return 0;
  const asset = state.balances.asset.get(row);
  const { supplyTotal, supplyShares } = state.assets;
  return (shares * supplyTotal.double(asset)) / supplyShares.double(asset);
}

/** Adds a debt of `amount` to a balance row; what its shares owe above it is dust. */
export function addDebt(state: State, row: number, amount: bigint): void {
  const { assets, balances } = state;
  const asset = balances.asset.get(row);
  const total = assets.borrowTotal.get(asset);
  const live = borrowing(amount, total, assets.borrowShares.get(asset));
  const { shares, debt } = borrowingAtLeast(live, amount, assets.debtPerShare.get(asset));
  assets.borrowTotal.set(asset, total + debt);
  assets.borrowShares.add(asset, shares);
  if (debt > amount) assets.dust.add(asset, debt - amount);
  balances.debtShares.add(row, shares);
}

/**
 * A loan whose shares count for no less than its amount at the price that margin froze for the
 * block (0: none yet): roundings inside the block may have made shares dearer. Spec: ledger 4.9.
 */
function borrowingAtLeast(live: Borrowing, amount: bigint, frozenPrice: number): Borrowing {
  if (frozenPrice === 0 || toDouble(live.shares) * frozenPrice >= toDouble(amount)) return live;
  const shares = amountUp(toDouble(amount) / frozenPrice);
  if (shares <= live.shares) return live;
  const debt = amountUp(toDouble(shares) * frozenPrice);
  return { shares, debt: debt > amount ? debt : amount };
}

/** Takes up to `amount` off the debt of a balance row and returns what it took. */
export function reduceDebt(state: State, row: number, amount: bigint): bigint {
  const { assets, balances } = state;
  const asset = balances.asset.get(row);
  const shares = balances.debtShares.get(row);
  if (shares === 0n) return 0n;
  const { paid, burned, settled } = repayment({
    amount,
    shares,
    borrowed: assets.borrowTotal.get(asset),
    borrowedShares: assets.borrowShares.get(asset),
  });
  assets.borrowTotal.add(asset, -settled);
  assets.borrowShares.add(asset, -burned);
  if (paid > settled) assets.dust.add(asset, paid - settled);
  balances.debtShares.set(row, shares - burned);
  return paid;
}

/** Repays up to `amount` of a row's debt with money from outside its free amount; what it took. */
export function repayFrom(state: State, row: number, amount: bigint): bigint {
  const paid = reduceDebt(state, row, amount);
  if (paid > 0n) {
    const { account, asset } = state.balances;
    state.events.push({
      kind: 'repaid',
      account: account.get(row),
      asset: asset.get(row),
      amount: paid,
    });
  }
  return paid;
}

/**
 * Books a debt for what an account could not pay: realized losses always book, so neither the
 * utilization limit nor a closed lending market stops it. The free amount is not credited.
 * The account has a balance row of the asset.
 */
// biome-ignore lint/complexity/useMaxParams: called per fill, where an options object is garbage.
export function forceLoan(state: State, account: number, asset: number, amount: bigint): void {
  const row = findBalance(state, account, asset);
  if (row < 0) broken('a forced loan has a balance row', { account, asset });
  addDebt(state, row, amount);
  state.events.push({ kind: 'borrowed', account, asset, amount, isForced: true });
}

/**
 * Takes up to `amount` off a debt that its borrower will not pay and returns what it took. The
 * caller books as much against pools, suppliers or bad debt. Spec: ledger 4.6.
 */
// biome-ignore lint/complexity/useMaxParams: called per fill, where an options object is garbage.
export function writeOffDebt(state: State, account: number, asset: number, amount: bigint): bigint {
  const row = findBalance(state, account, asset);
  return row < 0 ? 0n : reduceDebt(state, row, amount);
}

/** Takes up to `amount` off what suppliers of an asset are owed, pro rata; what it took. */
export function chargeSuppliers(state: State, asset: number, amount: bigint): bigint {
  const { supplyTotal } = state.assets;
  const paid = least(amount, supplyTotal.get(asset));
  supplyTotal.add(asset, -paid);
  return paid;
}
