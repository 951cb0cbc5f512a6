/** Rotates a 32-bit word to the left. */
function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** SplitMix32: spreads one word over the generator's state, so that near seeds are unrelated. */
function spread(seed: number): [number, number, number, number] {
  let counter = seed | 0;
  const next = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return [next(), next(), next(), next()];
}

/** FNV-1a over UTF-16 code units, chained from `basis`. */
function hashName(basis: number, name: string): number {
  let hash = basis ^ 0x811c9dc5;
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * The one random source of the simulator: xoshiro128** of Blackman and Vigna, 32-bit integer
 * operations and double `+ - * /` only, so that a seed gives the same numbers on every engine.
 */
export class Seed {
  readonly #key: number;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` is an integer in 0..2^53-1; both halves count. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`a seed is an integer from 0 to 2^53 - 1; found ${seed}`);
    }
    const high = Math.floor(seed / 4294967296);
    this.#key = ((seed >>> 0) ^ Math.imul(high, 0x85ebca6b)) >>> 0;
    [this.#a, this.#b, this.#c, this.#d] = spread(this.#key);
  }

  /** A generator whose state is given word by word; for the published test vector. */
  static fromState(state: readonly [number, number, number, number]): Seed {
    const seed = new Seed(0);
    [seed.#a, seed.#b, seed.#c, seed.#d] = state;
    return seed;
  }

  /** The next 32 bits, as an integer in 0..2^32-1. */
  word(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A double in [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.uniform();
  }

  /** An integer in from..to, both included, each equally likely. */
  integer(from: number, to: number): number {
    const count = to - from + 1;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || count < 1) {
      throw new RangeError(`integer wants from <= to; found ${from}..${to}`);
    }
    if (count > 4294967296) return from + Math.floor(this.uniform() * count);
    // Rejection, because a bare remainder favors the small values.
    const limit = 4294967296 - (4294967296 % count);
    let word = this.word();
    while (word >= limit) word = this.word();
    return from + (word % count);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /**
   * A normal deviate with mean 0 and variance 1: the sum of twelve uniforms less six. Additions
   * only, because the last bit of a logarithm is the engine's choice. Bounded by ±6; wilder moves
   * are jumps.
   */
  normal(): number {
    let sum = 0;
    for (let term = 0; term < 12; term++) sum += this.uniform();
    return sum - 6;
  }

  /** One of the items, each equally likely. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('pick wants at least one item');
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** The index of one of the weights, with probability weight ÷ sum; weights are ≥ 0. */
  pickWeighted(weights: readonly number[]): number {
    let total = 0;
    for (const weight of weights) total += weight;
    if (!(total > 0)) throw new RangeError('pickWeighted wants a positive sum of weights');
    let left = this.uniform() * total;
    let last = 0;
    for (let at = 0; at < weights.length; at++) {
      const weight = weights[at] as number;
      if (weight <= 0) continue;
      last = at;
      if (left < weight) return at;
      left -= weight;
    }
    return last;
  }

  /** A new array with the same items in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = this.integer(0, at);
      const held = shuffled[at] as T;
      shuffled[at] = shuffled[other] as T;
      shuffled[other] = held;
    }
    return shuffled;
  }

  /**
   * An independent generator for a named purpose. It depends on this generator's seed and the name,
   * not on what was drawn before: a new consumer moves nobody else's numbers.
   */
  fork(name: string): Seed {
    return new Seed(hashName(this.#key, name));
  }
}
