/**
 * The client's idea of the node's time and the nonces made from it. It never lies behind a block
 * time that the node has shown, so that a slow clock does not sign commands that have expired.
 */
export class Clock {
  readonly #read: () => number;
  #aheadMs = 0;
  readonly #lastNonces: Map<string, number> = new Map();
  readonly #listeners: Map<string, Set<(last: number) => void>> = new Map();

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
    this.#reach(key, nonce);
    return nonce;
  }

  /** A nonce that lies so far ahead of all that were given out; those between are still free. */
  nonceAhead(key: string, by: number): number {
    return Math.max(this.nowMs, this.#lastNonces.get(key) ?? 0) + by;
  }

  /** The highest nonce of a key that the machine has seen. */
  noteNonce(key: string, high: number): void {
    if (high > (this.#lastNonces.get(key) ?? 0)) this.#reach(key, high);
  }

  /** Tells each nonce that a key goes on from, until the returned function is called. */
  onNonce(key: string, listener: (last: number) => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #reach(key: string, last: number): void {
    this.#lastNonces.set(key, last);
    for (const listener of this.#listeners.get(key) ?? []) listener(last);
  }
}
