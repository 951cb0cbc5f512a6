// Unrealized gains in initial margin (rule F2). Spec: margin 3.

/** What bounds how much of an underlying's gains counts. */
export interface GainRule {
  /** w_k, a fraction. */
  readonly weight: number;
  /** cap_k, settlement units. */
  readonly cap: number;
}

/**
 * What the netted unrealized PnL of one underlying counts for: losses in full, gains by weight up
 * to the cap. min(0, U) + min(w·max(0, U), cap).
 */
export function countedGain(netted: number, rule: GainRule): number {
  return Math.min(0, netted) + Math.min(rule.weight * Math.max(0, netted), rule.cap);
}

/** What of it counts for withdrawals: losses only. */
export function countedLoss(netted: number): number {
  return Math.min(0, netted);
}

/**
 * Unrealized PnL at a price: q·p·v − entry, settlement units. For new risk longs take the lower of
 * mark and slow price, shorts the higher.
 */
export function unrealizedAt(
  position: { readonly size: number; readonly entry: number; readonly v: number },
  price: number,
): number {
  return position.size * price * position.v - position.entry;
}
