/**
 * The client's idea of the node's time and the nonces made from it. It never lies behind a block
 * time that the node has shown, so that a slow clock does not sign commands that have expired.
 */
export class Clock {
  readonly #read: () => number;
  #aheadMs = 0;
  readonly #lastNonces: Map<string, number> = new Map();

  /** @param read milliseconds since 1970. */
  constructor(read: () => number = Date.now) {
    this.#read = read;
  }

  /** Milliseconds since 1970. */
  get nowMs(): number {
    return this.#read() + this.#aheadMs;
  }

  /** A block time that the node has shown. */
  note(blockTimeMs: number): void {
    const behindMs = blockTimeMs - this.nowMs;
    if (behindMs > 0) this.#aheadMs += behindMs;
  }

  /**
   * The next nonce of a key: the time, and always above the one before. A key's window holds the
   * last 64, so one key should be used by one client at a time. Spec: accounts 3.
   */
  nextNonce(key: string): number {
    const nonce = Math.max(this.nowMs, (this.#lastNonces.get(key) ?? 0) + 1);
    this.#lastNonces.set(key, nonce);
    return nonce;
  }

  /** The highest nonce of a key that the machine has seen. */
  noteNonce(key: string, high: number): void {
    if (high > (this.#lastNonces.get(key) ?? 0)) this.#lastNonces.set(key, high);
  }
}
