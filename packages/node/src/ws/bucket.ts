/** What a client may do so often on average, and so many times at once. */
export interface Allowance {
  readonly perSecond: number;
  readonly burst: number;
}

/** One bucket of tokens. A clock that jumps back takes nothing away. */
export class Bucket {
  readonly #allowance: Allowance;
  readonly #nowMs: () => number;
  #tokens: number;
  #filledMs: number;

  /** @param nowMs a clock that does not jump, milliseconds. */
  constructor(allowance: Allowance, nowMs: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#nowMs = nowMs;
    this.#tokens = allowance.burst;
    this.#filledMs = nowMs();
  }

  /** Takes one; false when there is none. */
  take(): boolean {
    const { perSecond, burst } = this.#allowance;
    const nowMs = this.#nowMs();
    const passedMs = Math.max(0, nowMs - this.#filledMs);
    this.#filledMs = nowMs;
    this.#tokens = Math.min(burst, this.#tokens + (passedMs * perSecond) / 1000);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
