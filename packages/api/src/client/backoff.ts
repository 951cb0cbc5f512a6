/** How long to wait before attempt 1, 2, …: doubling, with jitter, up to a limit. */
export interface Backoff {
  readonly firstMs: number;
  readonly limitMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 100, limitMs: 10_000 };

/**
 * Between half of and the whole doubled wait, so that clients that lost one node at the same moment
 * do not come back at the same moment.
 *
 * @param random from 0 up to 1.
 */
export function waitBefore(attempt: number, backoff: Backoff, random: number): number {
  const wholeMs = Math.min(backoff.limitMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(wholeMs * (0.5 + random / 2));
}
