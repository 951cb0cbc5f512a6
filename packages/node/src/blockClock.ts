/** How far the wall clock may run ahead of the steady one before somebody has to confirm it. */
const LEAP_MS_MAX = 60_000;

/** Where the block clock takes its time from; tests give their own. */
export interface TimeSource {
  /** Milliseconds since 1970, may jump. */
  wallMs(): number;
  /** Milliseconds since anything, never jumps. */
  steadyMs(): number;
}

export const systemTime: TimeSource = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
};

/** Differences of the two clocks that are drift. */
const DRIFT_MS_MAX = 1_000;

/**
 * The time of the next block. It never goes back. A leap of the wall clock beyond the steady one by
 * more than a minute is not believed until a publisher of a live price says a time near to it,
 * because block time that has gone into the future cannot come back. While the wall clock is behind
 * the last block, time goes on only as far as both the steady clock and the newest time that a
 * publisher signed allow: it stands if our clock was wrong before, and goes on if it is wrong now.
 * Spec: node 3.
 */
export class BlockClock {
  readonly #source: TimeSource;
  #lastMs: number;
  #anchorWallMs: number;
  #anchorSteadyMs: number;
  #confirmedMs = 0;

  constructor(lastBlockMs: number, source: TimeSource = systemTime) {
    this.#source = source;
    this.#lastMs = lastBlockMs;
    this.#anchorWallMs = source.wallMs();
    this.#anchorSteadyMs = source.steadyMs();
  }

  /** Time for a block that is closed now. */
  now(): number {
    const wallMs = this.#source.wallMs();
    const steadyMs = this.#steadyMs();
    const isLeap = wallMs - steadyMs > LEAP_MS_MAX;
    const isConfirmed = Math.abs(this.#confirmedMs - wallMs) <= LEAP_MS_MAX;
    if (isLeap && !isConfirmed) return this.#advanceTo(steadyMs);
    const isBehind = steadyMs - wallMs > DRIFT_MS_MAX;
    if (isBehind) return this.#advanceTo(Math.max(wallMs, Math.min(steadyMs, this.#confirmedMs)));
    this.#anchorWallMs = wallMs;
    this.#anchorSteadyMs = this.#source.steadyMs();
    return this.#advanceTo(wallMs);
  }

  /** Whether the wall clock leapt, ahead or back, and block time does not follow it. */
  get isDoubted(): boolean {
    return Math.abs(this.#source.wallMs() - this.#steadyMs()) > LEAP_MS_MAX;
  }

  /**
   * A registered publisher signed a price of that time. One far ahead of both clocks is a lie: it
   * would outdo what all others say from then on.
   */
  confirm(observedMs: number): void {
    const latestMs = Math.max(this.#source.wallMs(), this.#steadyMs()) + LEAP_MS_MAX;
    if (observedMs > latestMs) return;
    this.#confirmedMs = Math.max(this.#confirmedMs, observedMs);
  }

  #steadyMs(): number {
    return this.#anchorWallMs + (this.#source.steadyMs() - this.#anchorSteadyMs);
  }

  #advanceTo(ms: number): number {
    this.#lastMs = Math.max(this.#lastMs, Math.floor(ms));
    return this.#lastMs;
  }
}
