import { approach, clamp } from '../math/index.ts';

const NANO = 1_000_000_000;
const PPM = 1_000_000;

/** What the mark price of one instrument is made of. Prices in price units. */
export interface MarkInputs {
  /** I, or I + slow basis for a dated future. */
  readonly index: number;
  /** Bs: the basis over τ. */
  readonly basis: number;
  /** Mean of impact bid and ask; undefined when either is missing. */
  readonly impactMid: number | undefined;
  /** Funding rate of an interval, in nano. */
  readonly fundingRateNano: number;
  /** β: how far the mark may lie off the index. */
  readonly bandPpm: number;
}

/** The mark price with the three prices whose median it is. */
export interface MarkPrice {
  /** Index plus basis. */
  readonly a: number;
  /** Impact mid. */
  readonly m: number;
  /** Index carried by funding. */
  readonly c: number;
  /** p, an integer. */
  readonly price: number;
}

/**
 * The basis after a time `dtMs` in which the book had both sides (rule F7): it approaches mid − I,
 * taken at most β_b·I off. The caller leaves it alone while the book is empty or one-sided.
 * Spec: oracle 8.2.
 */
export function stepBasis(
  basis: number,
  step: {
    readonly mid: number;
    readonly index: number;
    readonly bandPpm: number;
    readonly dtMs: number;
    readonly tauMs: number;
  },
): number {
  const limit = (step.bandPpm / PPM) * step.index;
  const to = clamp(step.mid - step.index, -limit, limit);
  return approach(basis, { to, dtMs: step.dtMs, tauMs: step.tauMs });
}

/** p = ⌊clamp(median(a, m, c), I(1 − β), I(1 + β)) + ½⌋ (rule F7). Spec: oracle 8.3. */
export function markPrice(inputs: MarkInputs): MarkPrice {
  const { index } = inputs;
  const a = index + inputs.basis;
  const m = inputs.impactMid ?? a;
  const c = index * (1 + inputs.fundingRateNano / NANO);
  const band = inputs.bandPpm / PPM;
  const price = clamp(median(a, m, c), index * (1 - band), index * (1 + band));
  return { a, m, c, price: toPrice(price) };
}

/**
 * The second price of a liquidation, I + Bs₁ₕ as an integer: no book alone liquidates, because the
 * hour's basis has to agree with it. Spec: oracle 8.4.
 */
export function secondPrice(index: number, slowBasis: number): number {
  return toPrice(index + slowBasis);
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** To the nearest price unit, halves up, at least 1. */
function toPrice(x: number): number {
  return Math.max(1, Math.floor(x + 0.5));
}
