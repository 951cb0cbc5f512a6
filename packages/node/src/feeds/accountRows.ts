import { debtOf, suppliedOf } from '@plimsoll/core/ledger';
import { ORDER_FLAG, SETTLEMENT_ASSET, SIDE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { amountText, assetNameJson, type MarketUnits, marketUnits } from '../units/index.ts';

/** A row of an account as JSON text, and whether it has to be sent though its text is the same. */
export interface AccountRow {
  readonly text: string;
  /** What is lent and owed is worth more with every block: two texts say nothing. */
  readonly isAccruing: boolean;
}

/** The balances of an account by asset. */
export function balanceRows(state: State, account: number): Map<number, AccountRow> {
  const { accounts, balances } = state;
  const rows = new Map<number, AccountRow>();
  const first = accounts.balanceBase.get(account);
  const end = first + accounts.balanceCount.get(account);
  for (let row = first; row < end; row++) {
    const asset = balances.asset.get(row);
    const isAccruing = balances.supplyShares.get(row) !== 0n || balances.debtShares.get(row) !== 0n;
    rows.set(asset, { text: balanceJson(state, account, { asset, row }), isAccruing });
  }
  return rows;
}

/** What is said of an asset that the account has nothing of any more. */
export function noBalance(state: State, asset: number): string {
  const none = amountText(state, asset, 0n);
  return balanceText(state, asset, { amount: none, supplied: none, owed: none });
}

function balanceJson(
  state: State,
  account: number,
  place: { readonly asset: number; readonly row: number },
): string {
  const { asset, row } = place;
  return balanceText(state, asset, {
    amount: amountText(state, asset, state.balances.amount.get(row)),
    supplied: amountText(state, asset, suppliedOf(state, account, asset)),
    owed: amountText(state, asset, debtOf(state, account, asset)),
  });
}

function balanceText(
  state: State,
  asset: number,
  amounts: { readonly amount: string; readonly supplied: string; readonly owed: string },
): string {
  const { amount, supplied, owed } = amounts;
  const name = assetNameJson(state, asset);
  return `{"asset":${name},"amount":${amount},"supplied":${supplied},"owed":${owed}}`;
}

/** The positions of an account by instrument, those with lots. */
export function positionRows(state: State, account: number): Map<number, AccountRow> {
  const { accounts, positions } = state;
  const rows = new Map<number, AccountRow>();
  const first = accounts.positionBase.get(account);
  const end = first + accounts.positionCount.get(account);
  for (let row = first; row < end; row++) {
    const lots = positions.size.get(row);
    if (lots === 0) continue;
    const instrument = positions.instrument.get(row);
    const entry = positions.entry.get(row);
    rows.set(instrument, {
      text: positionText(state, instrument, { lots, entry }),
      isAccruing: false,
    });
  }
  return rows;
}

/** What is said of an instrument in which the account has no position any more. */
export function noPosition(state: State, instrument: number): string {
  return positionText(state, instrument, { lots: 0, entry: 0n });
}

function positionText(
  state: State,
  instrument: number,
  position: { readonly lots: number; readonly entry: bigint },
): string {
  const units = marketUnits(state, instrument);
  const size = `"size":"${units.size(position.lots)}","lots":${position.lots}`;
  const entry = amountText(state, SETTLEMENT_ASSET, position.entry);
  return `{"instrument":${instrument},"name":${units.nameJson},${size},"entryNotional":${entry}}`;
}

/** An order's JSON text but for what is left of it, so that it can be told gone. */
export interface OrderText {
  readonly head: string;
  readonly tail: string;
  readonly instrument: number;
}

/** The open orders of an account, per instrument in order of id. */
export function orderIds(state: State, account: number): number[] {
  const { accounts, positions, orders } = state;
  const ids: number[] = [];
  const first = accounts.positionBase.get(account);
  const end = first + accounts.positionCount.get(account);
  for (let row = first; row < end; row++) {
    let link = positions.ordersHead.get(row);
    for (; link !== 0; link = orders.accountNext.get(link - 1)) ids.push(orders.id.get(link - 1));
  }
  return ids;
}

/** @param row of a resting order. */
export function orderTextOf(state: State, row: number): OrderText {
  const { orders } = state;
  const instrument = orders.instrument.get(row);
  const units = marketUnits(state, instrument);
  const clientId = orders.clientId.get(row);
  const flags = orders.flags.get(row);
  const ids = `"order":${orders.id.get(row)},"clientId":${clientId === 0 ? 'null' : clientId}`;
  const side = orders.side.get(row) === SIDE.buy ? 'buy' : 'sell';
  const market = `"instrument":${instrument},"name":${units.nameJson},"side":"${side}"`;
  const isPostOnly = (flags & ORDER_FLAG.postOnly) !== 0;
  const isReduceOnly = (flags & ORDER_FLAG.reduceOnly) !== 0;
  return {
    head: `{${ids},${market},"price":"${units.price(orders.price.get(row))}"`,
    tail: `"isPostOnly":${isPostOnly},"isReduceOnly":${isReduceOnly}}`,
    instrument,
  };
}

/** @param lots what is left; 0: it is gone. */
export function orderJson(order: OrderText, lots: number, units: MarketUnits): string {
  return `${order.head},"size":"${units.size(lots)}","lots":${lots},${order.tail}`;
}
