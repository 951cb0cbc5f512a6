import {
  accepted,
  type Code,
  INDEX_STATUS,
  instrumentParameters,
  MARKET_STATE,
  rejections,
  SIDE,
} from '../schema/index.ts';
import { findPosition, instrumentParameter, type State, timeMs } from '../state/index.ts';

// What a market allows now: only orders that reduce, or any; and between which prices. Spec: venue
// 5.

const PPM = 1_000_000;

/** Why an instrument takes only orders that reduce a position now; 0 when it takes any. */
export function openingRefusal(state: State, instrument: number): Code {
  const { instruments, underlyings } = state;
  if (
    instruments.state.get(instrument) !== MARKET_STATE.open ||
    instruments.haltedUntilMs.get(instrument) > timeMs(state)
  ) {
    return rejections.marketNotOpen.code;
  }
  if (underlyings.status.get(instruments.underlying.get(instrument)) !== INDEX_STATUS.ok) {
    return rejections.priceNotOk.code;
  }
  if (state.machine.isCloseOnly.get(0) !== 0) return rejections.closeOnly.code;
  return accepted;
}

/** Lots of a position that a fill of this side would close. */
export function closableLots(size: number, side: number): number {
  return Math.max(0, side === SIDE.buy ? -size : size);
}

/** Signed lots of an account in an instrument. */
export function sizeOf(state: State, account: number, instrument: number): number {
  const row = findPosition(state, account, instrument);
  return row < 0 ? 0 : state.positions.size.get(row);
}

/** The lowest price of a fill: ⌈mark × (1 − band)⌉. 0 while there is no mark. */
export function bandLow(state: State, instrument: number): number {
  const band = instrumentParameter(state, instrument, instrumentParameters.fillBandPpm);
  return Math.ceil((state.instruments.markPrice.get(instrument) * (PPM - band)) / PPM);
}

/** The highest price of a fill: ⌊mark × (1 + band)⌋. 0 while there is no mark. */
export function bandHigh(state: State, instrument: number): number {
  const band = instrumentParameter(state, instrument, instrumentParameters.fillBandPpm);
  return Math.floor((state.instruments.markPrice.get(instrument) * (PPM + band)) / PPM);
}

/** Whether one owner controls both accounts. */
export function isSameOwner(state: State, one: number, other: number): boolean {
  const { owner } = state.accounts;
  for (let word = 0; word < 5; word++) {
    if (owner.get(one * 5 + word) !== owner.get(other * 5 + word)) return false;
  }
  return true;
}
