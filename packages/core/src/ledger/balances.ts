import { broken } from '../math/index.ts';
import { accepted, type Code, rejections, SETTLEMENT_ASSET } from '../schema/index.ts';
import { findBalance, refuse, type State } from '../state/index.ts';
import { forceLoan, repayFrom } from './debts.ts';

// What accounts hold. An amount is never negative: what a loss takes beyond it becomes a loan.
// Spec: ledger 7.

/** The largest amount a cell can hold: 2^63 − 1 units. */
export const AMOUNT_MAX = 9_223_372_036_854_775_807n;

/** The free amount of an asset in an account, in asset units; what is lent out is not in it. */
export function balanceAmount(state: State, account: number, asset: number): bigint {
  const row = findBalance(state, account, asset);
  return row < 0 ? 0n : state.balances.amount.get(row);
}

/** The row of an account's balance of an asset, inserted if need be; −1 where there is no room. */
export function ensureBalance(state: State, account: number, asset: number): number {
  const row = findBalance(state, account, asset);
  if (row >= 0) return row;
  const { balances } = state.slabs;
  return balances.hasRoom(account) ? balances.insert(account, asset) : -1;
}

/** Removes a row that holds nothing and owes nothing; the settlement balance always stays. */
export function pruneBalance(state: State, account: number, row: number): void {
  const { balances } = state;
  if (balances.asset.get(row) === SETTLEMENT_ASSET) return;
  if (balances.amount.get(row) !== 0n || balances.supplyShares.get(row) !== 0n) return;
  if (balances.debtShares.get(row) !== 0n || balances.frozenMaintenance.get(row) !== 0) return;
  state.slabs.balances.remove(account, row);
}

/** Adds at least 1 unit to an account. */
// biome-ignore lint/complexity/useMaxParams: called per fill, where an options object is garbage.
export function credit(state: State, account: number, asset: number, amount: bigint): Code {
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  const row = ensureBalance(state, account, asset);
  if (row < 0) return refuse(state, rejections.balancesFull, { account });
  const held = state.balances.amount.get(row);
  if (held > AMOUNT_MAX - amount)
    return refuse(state, rejections.balanceOverflow, { held, amount });
  state.balances.amount.set(row, held + amount);
  return accepted;
}

/** Takes at least 1 unit that the account holds; an emptied balance is removed. */
// biome-ignore lint/complexity/useMaxParams: called per fill, where an options object is garbage.
export function take(state: State, account: number, asset: number, amount: bigint): Code {
  if (amount < 1n) return refuse(state, rejections.amountInvalid, { amount });
  const row = findBalance(state, account, asset);
  const held = row < 0 ? 0n : state.balances.amount.get(row);
  if (held < amount) return refuse(state, rejections.balanceInsufficient, { held, amount });
  state.balances.amount.set(row, held - amount);
  if (held === amount) pruneBalance(state, account, row);
  return accepted;
}

/**
 * Books signed settlement units: gains, losses, fees, funding. What comes in repays debt of the
 * settlement asset first; what goes out beyond the amount becomes a forced loan. Never fails.
 * Spec: ledger 7.3.
 */
export function settle(state: State, account: number, amount: bigint): void {
  const { balances } = state;
  const row = findBalance(state, account, SETTLEMENT_ASSET);
  if (row < 0) broken('an open account has a settlement balance', { account });
  if (amount < 0n) {
    const left = balances.amount.get(row) + amount;
    if (left >= 0n) {
      balances.amount.set(row, left);
    } else {
      balances.amount.set(row, 0n);
      forceLoan(state, account, SETTLEMENT_ASSET, -left);
    }
  } else {
    const rest =
      balances.debtShares.get(row) === 0n ? amount : amount - repayFrom(state, row, amount);
    balances.amount.add(row, rest);
  }
}
