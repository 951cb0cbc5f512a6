// What collateral and loans count for. Doubles, left to right as written. Spec: margin 4.

const PPM = 1_000_000;
/** Where the growth of a haircut starts: below (1.1/w − 1)²/k² it takes nothing. */
const SIZE_HEADROOM = 1.1;

/** Powers of ten of a unit with 0 … 18 decimals. */
const WHOLE: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18,
];

/** Units in one whole of an asset. */
export function unitsPerWhole(decimals: number): number {
  return WHOLE[decimals] as number;
}

/** The weight that a haircut leaves: 1 − h. */
export function weightOf(haircutPpm: number): number {
  return 1 - haircutPpm / PPM;
}

/**
 * min(w, 1.1/(1 + k·√value)): the weight of a large holding, so that what cannot be sold at once is
 * not lent against. `value` in whole settlement units at price, k in ppm.
 */
export function weightBySize(weight: number, sizePpm: number, value: number): number {
  if (sizePpm === 0) return weight;
  return Math.min(weight, SIZE_HEADROOM / (1 + (sizePpm / PPM) * Math.sqrt(value)));
}

/**
 * The weight of new collateral as total deposits pass `start` (asset units): w·start/total above
 * it. Only for a command that adds risk, never for maintenance or withdrawals.
 */
export function weightByDeposits(weight: number, start: number, total: number): number {
  return total > start ? (weight * start) / total : weight;
}

/** What a liability weighs: 1 + l. */
export function liabilityWeight(liabilityPpm: number): number {
  return 1 + liabilityPpm / PPM;
}
