import { openAccount } from '../accounts/index.ts';
import { ensureBalance, forceLoan } from '../ledger/index.ts';
import { amountOf } from '../math/index.ts';
import { ensurePosition } from '../positions/index.ts';
import {
  type Address,
  accepted,
  type Code,
  ORDER_FLAG,
  type Rejection,
  rejections,
} from '../schema/index.ts';
import { rollbackTo, type State, savepoint } from '../state/index.ts';
import { insertOrder } from '../venue/index.ts';
import type { Machine } from './genesis.ts';

/** An account that nobody has. Ids exist; prices and sizes are in the range of their columns. */
export interface HypotheticalPortfolio {
  /** Asset units; negative is owed. At most one per asset. */
  readonly balances: readonly { readonly asset: number; readonly amount: bigint }[];
  /** At most one per instrument. */
  readonly positions: readonly HypotheticalPosition[];
  /** Open orders, in the order in which they were placed. */
  readonly orders: readonly {
    readonly instrument: number;
    /** SIDE. */
    readonly side: number;
    /** Price units. */
    readonly price: number;
    /** Lots. */
    readonly size: number;
    readonly isReduceOnly: boolean;
  }[];
  readonly ownRatePpm: number;
}

export interface HypotheticalPosition {
  readonly instrument: number;
  /** Signed lots, not 0. */
  readonly size: number;
  /** Signed entry notional, settlement units; absent: bought at the present mark. */
  readonly entry?: bigint | undefined;
}

/** What was read of a portfolio, or why the tables have no room for it. */
export interface PortfolioPreview<T> {
  readonly code: Code;
  /** Undefined when the code is not 0. */
  readonly after: T | undefined;
}

const NOBODY: Address = '0x0000000000000000000000000000000000000000';

/**
 * Makes an account with a portfolio on the live markets, reads it, and undoes everything through
 * the log: no copy, no trace. Nothing of it is traded or judged: open interest, prices and depth
 * are what they are, and loans come out of nothing. Not while a block is being applied.
 * Spec: machine 4.
 */
export function previewPortfolio<T>(
  machine: Machine,
  portfolio: HypotheticalPortfolio,
  read: (account: number) => T,
): PortfolioPreview<T> {
  const { state } = machine;
  const point = savepoint(state);
  const figures = state.figures;
  try {
    const account = openAccount(state, NOBODY);
    const refusal = account === 0 ? rejections.accountsFull : fill(state, account, portfolio);
    if (refusal !== undefined) return { code: refusal.code, after: undefined };
    return { code: accepted, after: read(account) };
  } finally {
    rollbackTo(state, point);
    state.figures = figures;
  }
}

function fill(
  state: State,
  account: number,
  portfolio: HypotheticalPortfolio,
): Rejection | undefined {
  state.accounts.ownRatePpm.set(account, portfolio.ownRatePpm);
  for (const { asset, amount } of portfolio.balances) {
    const row = ensureBalance(state, account, asset);
    if (row < 0) return rejections.balancesFull;
    if (amount >= 0n) state.balances.amount.set(row, amount);
    else forceLoan(state, account, asset, -amount);
  }
  for (const position of portfolio.positions) {
    if (!takePosition(state, account, position)) return rejections.positionsFull;
  }
  for (const order of portfolio.orders) {
    if (!restOrder(state, account, order)) return rejections.ordersFull;
  }
  return undefined;
}

function takePosition(state: State, account: number, position: HypotheticalPosition): boolean {
  const { instrument, size, entry } = position;
  const row = ensurePosition(state, account, instrument);
  if (row < 0) return false;
  const { markPrice, multiplier } = state.instruments;
  const perLot = amountOf(markPrice.get(instrument)) * amountOf(multiplier.get(instrument));
  state.positions.size.set(row, size);
  state.positions.entry.set(row, entry ?? amountOf(size) * perLot);
  return true;
}

function restOrder(
  state: State,
  account: number,
  order: HypotheticalPortfolio['orders'][number],
): boolean {
  const { instrument, side, price, size, isReduceOnly } = order;
  const hasRoom = state.pools.orders.hasRoom() && state.pools.levels.hasRoom();
  if (!hasRoom || ensurePosition(state, account, instrument) < 0) return false;
  const id = state.machine.orderSequence.get(0) + 1;
  state.machine.orderSequence.set(0, id);
  const flags = isReduceOnly ? ORDER_FLAG.reduceOnly : 0;
  insertOrder(state, { account, instrument, id, clientId: 0, side, flags, price, size });
  return true;
}
