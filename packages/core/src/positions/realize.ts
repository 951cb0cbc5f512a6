import { amountOf, assert, divDown, divUp, exactNotional } from '../math/index.ts';

/** A position in one instrument: signed lots, and what they were bought (+) or sold (−) for. */
export interface OpenPosition {
  readonly size: number;
  readonly entry: bigint;
}

/** What is left of a position after a fill, and what the fill realized. */
export interface FillOutcome {
  readonly size: number;
  readonly entry: bigint;
  readonly realized: bigint;
  /** Lots of the fill that closed, and that opened. */
  readonly closedLots: number;
  readonly openedLots: number;
}

/**
 * Closes `lots` of a position for the quote `quote` (rule F0): a long gives up ⌈entry·c/|q|⌉ and
 * realizes quote − that, a short on magnitudes ⌊|entry|·c/|q|⌋ and realizes that − quote. Never too
 * much is realized now, and closing all releases the whole entry. Spec: positions 2.
 */
export function closeLots(
  position: OpenPosition,
  close: { readonly lots: number; readonly quote: bigint },
): { readonly entry: bigint; readonly realized: bigint } {
  const held = Math.abs(position.size);
  assert(close.lots > 0 && close.lots <= held, 'a close is of lots that are held', {
    lots: close.lots,
    size: position.size,
  });
  const lots = amountOf(close.lots);
  if (position.size > 0) {
    const released = divUp(position.entry * lots, amountOf(held));
    return { entry: position.entry - released, realized: close.quote - released };
  }
  const released = divDown(-position.entry * lots, amountOf(held));
  return { entry: position.entry + released, realized: released - close.quote };
}

/**
 * One fill of signed `lots` at `price`: first closes what is opposite, then opens the rest. `v` is
 * settlement units per lot and price unit, so that both quotes are exact. Spec: positions 1.
 */
export function fillPosition(
  position: OpenPosition,
  fill: { readonly lots: number; readonly price: number; readonly v: number },
): FillOutcome {
  const { size } = position;
  const isOpposite = (size > 0 && fill.lots < 0) || (size < 0 && fill.lots > 0);
  const filled = Math.abs(fill.lots);
  const closedLots = isOpposite ? Math.min(Math.abs(size), filled) : 0;
  const openedLots = filled - closedLots;
  let { entry } = position;
  let realized = 0n;
  if (closedLots > 0) {
    const quote = exactNotional(closedLots, fill.price, fill.v);
    ({ entry, realized } = closeLots(position, { lots: closedLots, quote }));
  }
  const opened = exactNotional(openedLots, fill.price, fill.v);
  entry = fill.lots > 0 ? entry + opened : entry - opened;
  return { size: size + fill.lots, entry, realized, closedLots, openedLots };
}
