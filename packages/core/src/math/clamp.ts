/** `x` inside [low, high]; `high` where the two cross. */
export function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
