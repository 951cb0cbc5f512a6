// Sums over the last 24 h in 24 rows: time is cut into buckets a little longer than an hour, so that
// the 23 whole ones behind the running one always cover a day. What is summed is then never less
// than what the last 24 h saw, and no 24 h see more than a cap on it. Spec: ledger 7.

/** Rows of one rolling day. */
export const daySlots = 24;

/** ⌈a day ÷ 23⌉ ms. */
export const dayBucketMs = 3_756_522;

/** The start of the bucket that a time lies in. */
export function dayBucketStart(timeMs: number): number {
  return bucketOf(timeMs) * dayBucketMs;
}

/** The row of the bucket that a time lies in. */
export function daySlot(timeMs: number): number {
  return bucketOf(timeMs) % daySlots;
}

/**
 * The rows that stand for other buckets once time has moved from `lastMs` to `nowMs`, the running
 * one among them: they start again, at 0 for a sum. Empty inside one bucket.
 */
export function lapsedSlots(lastMs: number, nowMs: number): number[] {
  const now = bucketOf(nowMs);
  const slots: number[] = [];
  for (let b = Math.max(bucketOf(lastMs) + 1, now - daySlots + 1); b <= now; b++) {
    slots.push(b % daySlots);
  }
  return slots;
}

/** What the rows of a day, last written at `lastMs`, sum to at `nowMs`. */
export function sumOfDay(slots: ArrayLike<bigint>, lastMs: number, nowMs: number): bigint {
  let sum = 0n;
  for (let k = 0; k < daySlots; k++) sum += slots[k] ?? 0n;
  for (const k of lapsedSlots(lastMs, nowMs)) sum -= slots[k] ?? 0n;
  return sum;
}

function bucketOf(timeMs: number): number {
  return Math.floor(timeMs / dayBucketMs);
}
