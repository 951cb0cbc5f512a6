import { SIDE } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { bestLevel, opposite } from './book.ts';
import { createTaker, MATCH_STEPS_MAX, match } from './match.ts';
import { bandHigh, bandLow, closableLots, sizeOf } from './restriction.ts';

// What a liquidation does on the book: immediate or cancel, never growing a position. Spec: venue
// 8.

export interface CloseOrder {
  readonly account: number;
  readonly instrument: number;
  /** Signed lots that the account trades: against its position, at most all of it. */
  readonly lots: number;
  /** Worst price, price units; the fill band binds besides. */
  readonly limit: number;
  /** Fee charged fill by fill, in ppm; 0, the default, where the caller charges in its own way. */
  readonly takerFeePpm?: number;
}

export interface Closed {
  /** Lots that traded, ≥ 0. */
  readonly lots: number;
  /** What was paid or received for them, settlement units. */
  readonly quote: bigint;
  /** Fees charged, settlement units. */
  readonly fee: bigint;
  /** Resting orders met: the work it was. */
  readonly steps: number;
}

/**
 * Trades lots of an account against the book. Makers are tested as in any match; the account is
 * not: whoever closes it out answers for the price. Orders of the same owner are cancelled when
 * met. The row of its position stays. Spec: venue 8.1.
 */
export function closeOnBook(state: State, order: CloseOrder): Closed {
  const { account, instrument, lots } = order;
  const side = lots > 0 ? SIDE.buy : SIDE.sell;
  const limit =
    side === SIDE.buy
      ? Math.min(order.limit, bandHigh(state, instrument))
      : Math.max(order.limit, bandLow(state, instrument));
  const taker = createTaker(state, {
    account,
    instrument,
    side,
    order: 0,
    limit,
    isLiquidation: true,
    selfTrade: 'cancelResting',
    takerFeePpm: order.takerFeePpm ?? 0,
    lots: Math.min(Math.abs(lots), closableLots(sizeOf(state, account, instrument), side)),
  });
  match(taker);
  return { lots: taker.filled, quote: taker.quote, fee: taker.fees, steps: taker.steps };
}

export interface BookQuery {
  readonly instrument: number;
  /** SIDE of the order that would trade: a buy meets asks. */
  readonly side: number;
  readonly lots: number;
  /** Worst price, price units. */
  readonly limit: number;
}

/**
 * What an order would trade against the book as it lies, inside the limit and the fill band: lots
 * and their quote in settlement units. Reads only; makers are taken at their word. Spec: venue 8.2.
 */
export function quoteOnBook(
  state: State,
  query: BookQuery,
): { readonly lots: number; readonly quote: number } {
  const { instrument, side } = query;
  const { levels, instruments } = state;
  const low = Math.max(bandLow(state, instrument), side === SIDE.buy ? 0 : query.limit);
  const high = Math.min(bandHigh(state, instrument), side === SIDE.buy ? query.limit : Infinity);
  let left = query.lots;
  let value = 0;
  let row = bestLevel(state, instrument, opposite(side));
  for (let steps = 0; row >= 0 && left > 0 && steps < MATCH_STEPS_MAX; steps++) {
    const price = levels.price.get(row);
    if (side === SIDE.buy ? price > high : price < low) break;
    if (price >= low && price <= high) {
      const lots = Math.min(left, levels.lots.get(row));
      value += lots * price;
      left -= lots;
    }
    row = levels.worse.get(row) - 1;
  }
  return { lots: query.lots - left, quote: value * instruments.multiplier.get(instrument) };
}
