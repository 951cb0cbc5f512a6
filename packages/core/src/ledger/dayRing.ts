import { DAY_RING } from '../schema/index.ts';
import type { I64Column } from '../store/index.ts';

// Sums and minima of a rolling day in a ring of 24 buckets. A bucket lasts a 23rd of a day, so that
// the running one and the 23 whole ones before it always cover at least 24 h. Spec: ledger 8.3.

/** How long a bucket lasts: ⌈24 h ÷ 23⌉ in ms. */
export const BUCKET_MS = 3_756_522;

/** The start of the bucket that a time lies in. */
export function bucketStart(timeMs: number): number {
  return Math.floor(timeMs / BUCKET_MS) * BUCKET_MS;
}

/** The cell of the bucket that starts at `startMs` in the ring of a row. */
export function ringCell(row: number, startMs: number): number {
  return row * DAY_RING + ((startMs / BUCKET_MS) % DAY_RING);
}

/** Sets the buckets after the one at `fromMs` up to the one at `toMs` to a value. */
export function rollRing(
  ring: I64Column,
  row: number,
  span: { readonly fromMs: number; readonly toMs: number; readonly value: bigint },
): void {
  const { fromMs, toMs, value } = span;
  const first = Math.max(fromMs + BUCKET_MS, toMs - (DAY_RING - 1) * BUCKET_MS);
  for (let startMs = first; startMs <= toMs; startMs += BUCKET_MS) {
    ring.set(ringCell(row, startMs), value);
  }
}

/** The sum over a row's ring. */
export function ringSum(ring: I64Column, row: number): bigint {
  let sum = 0n;
  for (let k = 0; k < DAY_RING; k++) sum += ring.get(row * DAY_RING + k);
  return sum;
}

/** The least cell of a row's ring. */
export function ringLeast(ring: I64Column, row: number): bigint {
  let least = ring.get(row * DAY_RING);
  for (let k = 1; k < DAY_RING; k++) {
    const cell = ring.get(row * DAY_RING + k);
    if (cell < least) least = cell;
  }
  return least;
}
