// What the open orders of a position may cost at worst (rule F3). Spec: margin 5.

const PPM = 1_000_000;

/** Signed lots of a position and the lots of its orders that may fill, reduce-only left out. */
export interface OpenLots {
  readonly size: number;
  readonly bidLots: number;
  readonly askLots: number;
}

/** q* in magnitude: the largest |position| that any subset of fills can lead to. */
export function worstLots(lots: OpenLots): number {
  const { size, bidLots, askLots } = lots;
  return Math.max(Math.abs(size), Math.abs(size + bidLots), Math.abs(size - askLots));
}

/** An order as the reserve reads it. */
export interface ReservedOrder {
  readonly lots: number;
  readonly limit: number;
}

/** Σ l·v·max(0, limit − p) over bids: what buying above the mark loses at once. */
export function bidLoss(bids: readonly ReservedOrder[], price: number, v: number): number {
  let loss = 0;
  for (const { lots, limit } of bids) loss += lots * Math.max(0, limit - price);
  return loss * v;
}

/** Σ l·v·max(0, p − limit) over asks. */
export function askLoss(asks: readonly ReservedOrder[], price: number, v: number): number {
  let loss = 0;
  for (const { lots, limit } of asks) loss += lots * Math.max(0, price - limit);
  return loss * v;
}

/** ⌈fee·max(ΣQ_bids, ΣQ_asks)⌉; values are Σ lots × limit. */
export function orderFee(
  values: { readonly bids: number; readonly asks: number },
  v: number,
  takerFeePpm: number,
): number {
  return Math.ceil((Math.max(values.bids, values.asks) * v * takerFeePpm) / PPM);
}

/** The parts of R; R is their sum in this order. */
export interface ReserveParts {
  /** IM(|q*|). */
  readonly initial: number;
  readonly bidLoss: number;
  readonly askLoss: number;
  readonly fee: number;
}

/** R = IM(|q*|) + losses of bids + losses of asks + fee. */
export function reserveOf(parts: ReserveParts): number {
  return parts.initial + parts.bidLoss + parts.askLoss + parts.fee;
}
