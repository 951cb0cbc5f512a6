export interface RateBucketsOptions {
  /** What a full bucket holds. */
  readonly burst: number;
  readonly perSecond: number;
  /** Buckets kept; above it the oldest is forgotten, and its address begins with a full one. */
  readonly keysMax: number;
  readonly now: () => number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** What is left of a bucket after a request. */
export interface Drawn {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Until the bucket is full again; when refused: until the next request may pass. */
  readonly waitMs: number;
}

/**
 * One bucket of tokens per address: a burst at once, a rate on average. A window that resets, as
 * is usual, lets twice its number through around the reset.
 */
export class RateBuckets {
  readonly #options: RateBucketsOptions;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateBucketsOptions) {
    this.#options = options;
  }

  draw(key: string): Drawn {
    const { burst, perSecond, now } = this.#options;
    const bucket = this.#bucket(key);
    const nowMs = now();
    // A clock that jumps back must not drain anybody.
    const passedMs = Math.max(0, nowMs - bucket.filledMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1000);
    bucket.filledMs = nowMs;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens -= 1;
    const wanted = isAllowed ? burst : 1;
    return {
      isAllowed,
      remaining: Math.floor(bucket.tokens),
      waitMs: Math.ceil(((wanted - bucket.tokens) * 1000) / perSecond),
    };
  }

  #bucket(key: string): Bucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) return known;
    const bucket = { tokens: this.#options.burst, filledMs: this.#options.now() };
    if (this.#buckets.size >= this.#options.keysMax) {
      const oldest = this.#buckets.keys().next().value;
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
