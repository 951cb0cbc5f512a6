import { accepted, type Code, instrumentParameters, rejections, SIDE } from '../schema/index.ts';
import { instrumentParameter, refuse, type State } from '../state/index.ts';

// How much an order may open: least notional, largest position and notional, the market's cap of
// open interest. An order that cannot grow a position is not asked. Spec: venue 4.

/** Every notional and sum of notionals is an exact double. */
const NOTIONAL_LIMIT = 9_007_199_254_740_992; // 2^53
/** What a cell of lots holds. */
const LOTS_MAX = 2_147_483_647;

/** An order that passed the checks of form, with where its account stands. */
export interface Incoming {
  readonly account: number;
  readonly instrument: number;
  readonly side: number;
  /** Worst price it takes; for a market order the edge of the fill band. */
  readonly limit: number;
  readonly isMarket: boolean;
  readonly isReduceOnly: boolean;
  /** Whether what is left may rest. */
  readonly canRest: boolean;
  /** Lots to trade; a reduce-only order has at most those it can close. */
  readonly lots: number;
  /** Lots by which it may grow the position, with the orders that rest on its side. */
  readonly growth: number;
  /** Signed lots of the position before it. */
  readonly size: number;
  /** Lots of the orders that rest on its side, reduce-only excluded, and their Σ lots × limit. */
  readonly resting: number;
  readonly restingValue: number;
}

/**
 * Whether an opening order is below the least notional: at its limit, a market order at the mark.
 */
export function isTooSmall(state: State, incoming: Incoming): boolean {
  const { instrument, lots, limit } = incoming;
  const { markPrice, multiplier } = state.instruments;
  const price = incoming.isMarket ? markPrice.get(instrument) : limit;
  const least = instrumentParameter(state, instrument, instrumentParameters.notionalMin);
  return lots * price * multiplier.get(instrument) < least;
}

/** Refuses a position that, with every order of this side filled, would be too large. */
export function exposureRefusal(state: State, incoming: Incoming): Code {
  const { instrument, limit, lots, size } = incoming;
  const { instruments } = state;
  const worst = (incoming.side === SIDE.buy ? size : -size) + incoming.resting + lots;
  const sizeMax = instrumentParameter(state, instrument, instrumentParameters.positionSizeMax);
  const v = instruments.multiplier.get(instrument);
  const price = Math.max(limit, instruments.markPrice.get(instrument));
  const notional = Math.max(worst * price * v, (incoming.restingValue + lots * limit) * v);
  // Orders against a position may exceed the largest position by it, and the position may go first.
  const isTooMany = incoming.resting + lots > LOTS_MAX;
  if (worst > sizeMax || isTooMany || notional >= NOTIONAL_LIMIT) {
    return refuse(state, rejections.positionLimit, { worst, sizeMax, notional });
  }
  return accepted;
}

/** Refuses open interest above the cap of the market, with what the order may add to it. */
export function openInterestRefusal(
  state: State,
  added: { readonly instrument: number; readonly growth: number },
): Code {
  const { instrument, growth } = added;
  const { openInterest, markPrice, multiplier } = state.instruments;
  const lots = openInterest.get(instrument) + growth;
  const notional = lots * markPrice.get(instrument) * multiplier.get(instrument);
  const cap = instrumentParameter(state, instrument, instrumentParameters.openInterestMax);
  if (notional <= cap) return accepted;
  return refuse(state, rejections.openInterestCap, { notional, cap });
}
