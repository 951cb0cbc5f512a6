import {
  type Action,
  type ActionOf,
  instrumentParameters,
  MARKET_STATE,
  TIERS_MAX,
} from '@plimsoll/core/schema';
import { findPosition, instrumentParameter, type State } from '@plimsoll/core/state';

// What agents read of a market, and the orders they write.

const PPM = 1_000_000;

/** Instruments with a mark that take orders. */
export function openInstruments(state: State): number[] {
  const { instruments, machine } = state;
  const found: number[] = [];
  for (let instrument = 1; instrument <= machine.instrumentCount.get(0); instrument++) {
    const isListed = instruments.state.get(instrument) !== MARKET_STATE.proposed;
    if (isListed && instruments.markPrice.get(instrument) > 0) found.push(instrument);
  }
  return found;
}

/** Signed lots of an account. */
export function sizeOf(state: State, account: number, instrument: number): number {
  const row = findPosition(state, account, instrument);
  return row < 0 ? 0 : state.positions.size.get(row);
}

/** Notional of one lot at the mark, settlement units. */
export function lotNotional(state: State, instrument: number): number {
  const { markPrice, multiplier } = state.instruments;
  return markPrice.get(instrument) * multiplier.get(instrument);
}

/** Lots that `margin` settlement units carry at the first tier's initial rate. */
export function lotsFor(state: State, instrument: number, margin: number): number {
  const { tierInitial, initialRate } = state.instruments;
  const rate = Math.max(
    tierInitial.get(instrument * TIERS_MAX) / PPM,
    initialRate.get(instrument),
    0.001,
  );
  const lots = Math.floor(margin / (rate * lotNotional(state, instrument)));
  const sizeMax = instrumentParameter(state, instrument, instrumentParameters.orderSizeMax);
  return Math.max(0, Math.min(lots, sizeMax));
}

/**
 * A price moved off the mark by a fraction, on the tick, inside the fill band, at least one tick.
 */
export function priceAt(state: State, instrument: number, fraction: number): number {
  const mark = state.instruments.markPrice.get(instrument);
  const tick = state.instruments.tickSize.get(instrument);
  const band = instrumentParameter(state, instrument, instrumentParameters.fillBandPpm) / PPM;
  const within = Math.max(-band, Math.min(band, fraction));
  return Math.max(tick, Math.floor((mark * (1 + within)) / tick) * tick);
}

type OrderWish = Pick<ActionOf<'placeOrder'>, 'instrument' | 'side' | 'size' | 'price'> &
  Partial<ActionOf<'placeOrder'>>;

/** An order with everything that is not wished at its plainest: rests, no flags. */
export function order(wish: OrderWish): ActionOf<'placeOrder'> {
  return {
    kind: 'placeOrder',
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
    ...wish,
  };
}

/** An order that trades now within a price or not at all; price 0 within the fill band. */
export function immediate(wish: OrderWish): ActionOf<'placeOrder'> {
  return order({ ...wish, timeInForce: 'immediateOrCancel' });
}

/** Closes a position at the market. */
export function closing(state: State, account: number, instrument: number): Action[] {
  const size = sizeOf(state, account, instrument);
  if (size === 0) return [];
  return [
    immediate({
      instrument,
      side: size > 0 ? 'sell' : 'buy',
      size: Math.abs(size),
      price: 0,
      isReduceOnly: true,
    }),
  ];
}
