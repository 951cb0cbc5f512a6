// What it would cost to unwind a position (rule F4). Spec: margin 6.

/** How an instrument's book takes size; fractions, depth in settlement units. */
export interface UnwindRule {
  /** h: half of the spread. */
  readonly halfSpread: number;
  /** κ: cost of trading the depth once. */
  readonly unwind: number;
  /** x_max. */
  readonly costMax: number;
  /** D: aged time-weighted depth of the side that would be hit. */
  readonly depth: number;
}

/** imp(N) = N·min(x_max, h + κ·√(N/D)), settlement units; without depth N·x_max. */
export function unwindCost(notional: number, rule: UnwindRule): number {
  if (notional === 0) return 0;
  if (rule.depth <= 0) return notional * rule.costMax;
  const depths = notional / rule.depth;
  // A depth that has faded to next to nothing: κ = 0 times infinity is no cost.
  if (depths === Number.POSITIVE_INFINITY) return notional * rule.costMax;
  const cost = rule.halfSpread + rule.unwind * Math.sqrt(depths);
  return notional * Math.min(rule.costMax, cost);
}
