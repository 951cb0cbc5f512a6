import type { BlockTimes } from '../result.ts';

/** Of all blocks: the whole, median, 99th percentile and the longest. */
export function blockTimes(times: readonly number[]): BlockTimes {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  let totalMs = 0;
  for (const time of times) totalMs += time;
  return { totalMs, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}
