import { bookFee, settle } from '../ledger/index.ts';
import { amountOf, exactNotional, mulDivUp, mulDivUpNumber } from '../math/index.ts';
import { applyFill, prunePosition } from '../positions/index.ts';
import { gateAccount } from '../risk/index.ts';
import { accepted, type Code, instrumentParameters, ORDER_FLAG, SIDE } from '../schema/index.ts';
import { instrumentParameter, type State } from '../state/index.ts';
import { bestLevel, opposite, reduceOrder } from './book.ts';
import { cancelResting, dropOrder } from './cancelOrder.ts';
import {
  bandHigh,
  bandLow,
  closableLots,
  isSameOwner,
  openingRefusal,
  sizeOf,
} from './restriction.ts';

// Price-time priority at the price of the resting order; each fill under a savepoint of its own and
// the gate of its maker. Spec: venue 6.

const PPM = 1_000_000;
const EXACT_LIMIT = 9_007_199_254_740_992; // 2^53

/** Resting orders that one command may meet: bounded work, whatever lies on the book. */
export const MATCH_STEPS_MAX = 1_000;

export type SelfTrade = 'cancelResting' | 'cancelIncoming' | 'cancelBoth';

/** Why matching ended: nothing left to trade or to trade with, an own order, or the step limit. */
export type MatchEnd = 'done' | 'selfTrade' | 'steps';

/** An incoming order while it is matched. */
export interface Taker {
  readonly state: State;
  readonly account: number;
  readonly instrument: number;
  readonly side: number;
  /** Its order id; 0 for a liquidation. */
  readonly order: number;
  /** Worst price it takes. */
  readonly limit: number;
  readonly isLiquidation: boolean;
  readonly selfTrade: SelfTrade;
  readonly takerFeePpm: number;
  readonly makerFeePpm: number;
  /** Settlement units per lot and price unit. */
  readonly v: number;
  readonly low: number;
  readonly high: number;
  /** Whether a fill may grow no position, on either side. */
  readonly isRestricted: boolean;
  /** Lots left to trade. */
  remaining: number;
  filled: number;
  quote: bigint;
  fees: bigint;
  steps: number;
  /** The fill in hand. */
  maker: number;
  price: number;
  lots: number;
}

export type TakerOptions = Pick<
  Taker,
  'account' | 'instrument' | 'side' | 'order' | 'limit' | 'selfTrade' | 'takerFeePpm'
> & { readonly lots: number; readonly isLiquidation: boolean };

/** An incoming order with what the block has frozen for its market. */
export function createTaker(state: State, options: TakerOptions): Taker {
  const { instrument } = options;
  return {
    state,
    account: options.account,
    instrument,
    side: options.side,
    order: options.order,
    limit: options.limit,
    isLiquidation: options.isLiquidation,
    selfTrade: options.selfTrade,
    takerFeePpm: options.takerFeePpm,
    makerFeePpm: instrumentParameter(state, instrument, instrumentParameters.makerFeePpm),
    v: state.instruments.multiplier.get(instrument),
    low: bandLow(state, instrument),
    high: bandHigh(state, instrument),
    isRestricted: openingRefusal(state, instrument) !== accepted,
    remaining: options.lots,
    filled: 0,
    quote: 0n,
    fees: 0n,
    steps: 0,
    maker: 0,
    price: 0,
    lots: 0,
  };
}

/** Matches an incoming order until it ends; the account has a row for the instrument. */
export function match(taker: Taker): MatchEnd {
  const { state } = taker;
  while (taker.remaining > 0) {
    const maker = reachMaker(taker);
    if (maker < 0) return 'done';
    if (taker.steps >= MATCH_STEPS_MAX) return 'steps';
    taker.steps += 1;
    state.work += 1;
    if (isSameOwner(state, taker.account, state.orders.account.get(maker))) {
      if (taker.selfTrade !== 'cancelIncoming') cancelOwn(taker);
      if (taker.selfTrade !== 'cancelResting') return 'selfTrade';
      continue;
    }
    if (isOutsideBand(taker)) {
      cancelResting(state, maker, 'market');
      continue;
    }
    const lots = fillableLots(taker);
    if (lots === 0) {
      const isReduceOnly = (state.orders.flags.get(maker) & ORDER_FLAG.reduceOnly) !== 0;
      cancelResting(state, maker, isReduceOnly ? 'reduceOnly' : 'market');
      continue;
    }
    taker.lots = lots;
    fillOrCancel(taker);
  }
  return 'done';
}

/** The oldest order of the best level inside the limit, with its price; −1 when there is none. */
function reachMaker(taker: Taker): number {
  const { state, instrument, side, limit } = taker;
  const level = bestLevel(state, instrument, opposite(side));
  if (level < 0) return -1;
  const price = state.levels.price.get(level);
  if (side === SIDE.buy ? price > limit : price < limit) return -1;
  taker.price = price;
  taker.maker = state.levels.head.get(level) - 1;
  return taker.maker;
}

/** An order of the same account leaves the row of the position, which the taker needs. */
function cancelOwn(taker: Taker): void {
  const { state, maker } = taker;
  if (state.orders.account.get(maker) === taker.account) dropOrder(state, maker, 'selfTrade');
  else cancelResting(state, maker, 'selfTrade');
}

/** The limit keeps one edge; the other is passed by orders that the mark has run away from. */
function isOutsideBand(taker: Taker): boolean {
  return taker.price < taker.low || taker.price > taker.high;
}

/**
 * What the resting order may fill now: a reduce-only one, and any in a restricted market, closes.
 */
function fillableLots(taker: Taker): number {
  const { state, maker } = taker;
  const { orders } = state;
  const lots = Math.min(taker.remaining, orders.size.get(maker));
  const isReduceOnly = (orders.flags.get(maker) & ORDER_FLAG.reduceOnly) !== 0;
  if (!isReduceOnly && !taker.isRestricted) return lots;
  const size = sizeOf(state, orders.account.get(maker), taker.instrument);
  return Math.min(lots, closableLots(size, orders.side.get(maker)));
}

function fillOrCancel(taker: Taker): void {
  const { state, maker } = taker;
  const entries = state.log.count;
  const events = state.events.length;
  const quote = exactNotional(taker.lots, taker.price, taker.v);
  const fee = feeOf(taker, quote, taker.takerFeePpm);
  const makerFee = feeOf(taker, quote, taker.makerFeePpm);
  const account = state.orders.account.get(maker);
  const code = gateAccount(state, account, () => fill(taker, { quote, fee, makerFee }));
  if (code !== accepted) {
    state.log.rollback(entries);
    state.events.length = events;
    cancelResting(state, maker, 'makerMargin');
    return;
  }
  taker.filled += taker.lots;
  taker.quote += quote;
  taker.fees += fee;
  taker.remaining -= taker.lots;
}

interface FillMoney {
  readonly quote: bigint;
  readonly fee: bigint;
  readonly makerFee: bigint;
}

/** Both sides of one fill. It may run twice, with a rollback between: it keeps nothing outside. */
function fill(taker: Taker, money: FillMoney): Code {
  const { state, instrument, lots, maker } = taker;
  const account = state.orders.account.get(maker);
  const makerOrder = state.orders.id.get(maker);
  const signed = taker.side === SIDE.buy ? lots : -lots;
  reduceOrder(state, maker, lots);
  applyFill(state, { account, instrument, lots: -signed, quote: money.quote });
  applyFill(state, { account: taker.account, instrument, lots: signed, quote: money.quote });
  payFee(taker, account, money.makerFee);
  payFee(taker, taker.account, money.fee);
  prunePosition(state, account, instrument);
  state.events.push({
    kind: 'filled',
    instrument,
    price: taker.price,
    size: lots,
    taker: taker.account,
    maker: account,
    takerOrder: taker.order,
    makerOrder,
    takerSide: taker.side === SIDE.buy ? 'buy' : 'sell',
    takerFee: money.fee,
    makerFee: money.makerFee,
    isLiquidation: taker.isLiquidation,
  });
  return accepted;
}

/** ⌈quote × fee⌉: owed to the protocol, so up. */
function feeOf(taker: Taker, quote: bigint, feePpm: number): bigint {
  if (feePpm === 0) return 0n;
  const notional = taker.lots * taker.price * taker.v;
  if (notional < EXACT_LIMIT) return amountOf(mulDivUpNumber(notional, feePpm, PPM));
  return mulDivUp(quote, amountOf(feePpm), amountOf(PPM));
}

function payFee(taker: Taker, account: number, fee: bigint): void {
  if (fee === 0n) return;
  settle(taker.state, account, -fee);
  bookFee(taker.state, taker.instrument, fee);
}
