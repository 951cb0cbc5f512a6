/** How far something long is, for a log. */
export interface ProgressFacts {
  readonly height: number;
  readonly head: number;
  readonly percent: number;
  /** At the pace so far; absent before there is one. */
  readonly secondsLeft?: number;
}

const EVERY_MS = 5_000;

/** Passes on how far something is, now and then, with how long it will take. */
export function logProgress(
  say: (facts: ProgressFacts) => void,
  now: () => number = () => performance.now(),
): (height: number, head: number) => void {
  let first: { readonly height: number; readonly atMs: number } | undefined;
  let saidMs = now();
  return (height, head) => {
    const atMs = now();
    first ??= { height, atMs };
    if (atMs - saidMs < EVERY_MS) return;
    saidMs = atMs;
    const percent = head === 0 ? 100 : Math.floor((100 * height) / head);
    const perMs = (height - first.height) / (atMs - first.atMs);
    const secondsLeft = Math.ceil((head - height) / perMs / 1_000);
    say({ height, head, percent, ...(Number.isFinite(secondsLeft) ? { secondsLeft } : {}) });
  };
}
