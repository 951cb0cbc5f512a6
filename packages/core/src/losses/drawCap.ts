import { positive } from '../ledger/index.ts';

// Rolling 24 h caps on what insurance pays: draws are kept by the hour, and an hour counts until it
// has left the window whole, so that no 24 h ever see more than the cap. Spec: waterfall 3.4.

const HOUR_MS = 3_600_000;

/** Rows that one window needs: 24 whole hours and the one that is running. */
export const drawSlots = 25;

/** The hour that a time lies in. */
export function drawHour(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}

/** The row of an hour. What stands there from another hour is overwritten, not added to. */
export function drawSlot(hour: number): number {
  return hour % drawSlots;
}

/** What was drawn in the hours that still count at `hour`. Row k: draws[k] was drawn in hours[k]. */
export function drawnInWindow(
  hour: number,
  hours: ArrayLike<number>,
  draws: ArrayLike<bigint>,
): bigint {
  let drawn = 0n;
  for (let k = 0; k < hours.length; k++) {
    if ((hours[k] ?? 0) > hour - drawSlots) drawn += draws[k] ?? 0n;
  }
  return drawn;
}

/** What may still be drawn. */
export function capLeft(cap: bigint, drawn: bigint): bigint {
  return positive(cap - drawn);
}
