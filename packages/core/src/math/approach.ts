/**
 * One step of an exponential average in rational form: the share dt/(τ + dt) of the way from `from`
 * to `to`. It never overshoots, whatever dt is, and needs no exp.
 */
export function approach(
  from: number,
  step: { readonly to: number; readonly dtMs: number; readonly tauMs: number },
): number {
  return from + ((step.to - from) * step.dtMs) / (step.tauMs + step.dtMs);
}
