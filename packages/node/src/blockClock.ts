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

/**
 * The time of the next block. It never goes back: while the wall clock is behind the last block,
 * block time stands. A leap of the wall clock beyond the steady one by more than a minute is not
 * believed until a publisher of a live price says a time near to it, because block time that has
 * gone into the future cannot come back. Spec: node 3.
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
    const steadyMs = this.#anchorWallMs + (this.#source.steadyMs() - this.#anchorSteadyMs);
    const isLeap = wallMs - steadyMs > LEAP_MS_MAX;
    const isConfirmed = Math.abs(this.#confirmedMs - wallMs) <= LEAP_MS_MAX;
    if (!isLeap || isConfirmed) {
      this.#anchorWallMs = wallMs;
      this.#anchorSteadyMs = this.#source.steadyMs();
      this.#lastMs = Math.max(this.#lastMs, Math.floor(wallMs));
    } else {
      this.#lastMs = Math.max(this.#lastMs, Math.floor(steadyMs));
    }
    return this.#lastMs;
  }

  /** Whether the wall clock leapt ahead and nobody has confirmed it. */
  get isDoubted(): boolean {
    const steadyMs = this.#anchorWallMs + (this.#source.steadyMs() - this.#anchorSteadyMs);
    return this.#source.wallMs() - steadyMs > LEAP_MS_MAX;
  }

  /** A registered publisher signed a price of that time. */
  confirm(observedMs: number): void {
    this.#confirmedMs = Math.max(this.#confirmedMs, observedMs);
  }
}
