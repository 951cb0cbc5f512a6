import type { HashPairs } from './hash.ts';

/**
 * A binary tree over leaves 0 … count − 1 of 32 bytes, with room for a fixed capacity. Where there
 * is no leaf stands the zero node of that height, so that nothing is filled in advance. Only the
 * paths above changed leaves are hashed, level by level in one batch. Spec: roots 4.
 */
export class DenseTree {
  readonly levels: Uint8Array[] = [];
  readonly zeros: Uint8Array[] = [];
  /** The same bytes by words: with a view per node a root took 1.3x. */
  readonly #words: Int32Array[] = [];
  readonly #zeroWords: Int32Array[] = [];
  readonly #hashPairs: HashPairs;
  #input = new Int32Array(16 * 1024);
  #output = new Int32Array(8 * 1024);
  #count = 0;

  constructor(capacity: number, hashPairs: HashPairs) {
    this.#hashPairs = hashPairs;
    let width = 1;
    while (width < capacity) width *= 2;
    let zero = new Uint8Array(32);
    for (; ; width /= 2) {
      const words = new Int32Array(width * 8);
      this.#words.push(words);
      this.levels.push(new Uint8Array(words.buffer));
      this.zeros.push(zero);
      this.#zeroWords.push(new Int32Array(zero.buffer));
      if (width === 1) break;
      const above = new Uint8Array(32);
      hashPairs(doubled(zero), above, 1);
      zero = above;
    }
  }

  /** Leaves in use. */
  get count(): number {
    return this.#count;
  }

  set count(count: number) {
    this.#count = count;
  }

  setLeaf(index: number, nodes: Uint8Array, at: number): void {
    const leaves = this.levels[0] as Uint8Array;
    const to = index * 32;
    for (let i = 0; i < 32; i++) leaves[to + i] = nodes[at + i] as number;
  }

  /** Rehashes above the given leaves: ascending, without repeats; the list is used up. */
  update(indexes: Int32Array): void {
    let dirty = indexes.length;
    for (let level = 0; level + 1 < this.levels.length; level++) {
      let parents = 0;
      for (let i = 0; i < dirty; i++) {
        const parent = (indexes[i] as number) >> 1;
        if (parents === 0 || indexes[parents - 1] !== parent) indexes[parents++] = parent;
      }
      dirty = parents;
      this.#hashParents(level, indexes, dirty);
    }
  }

  root(): Uint8Array {
    const top = this.levels.length - 1;
    return this.#count === 0
      ? (this.zeros[top] as Uint8Array)
      : (this.levels[top] as Uint8Array).slice(0, 32);
  }

  /** The node at a level, or that level's zero node beyond what is in use. */
  node(level: number, index: number): Uint8Array {
    const used = Math.ceil(this.#count / (1 << level));
    if (index >= used) return this.zeros[level] as Uint8Array;
    return (this.levels[level] as Uint8Array).subarray(index * 32, index * 32 + 32);
  }

  #hashParents(level: number, parents: Int32Array, count: number): void {
    const below = this.#words[level] as Int32Array;
    const above = this.#words[level + 1] as Int32Array;
    const zero = this.#zeroWords[level] as Int32Array;
    const used = Math.ceil(this.#count / (1 << level));
    if (this.#output.length < count * 8) {
      this.#input = new Int32Array(count * 32);
      this.#output = new Int32Array(count * 16);
    }
    const input = this.#input;
    const output = this.#output;
    for (let i = 0; i < count; i++) {
      const to = i * 16;
      const pair = (parents[i] as number) * 16;
      for (let k = 0; k < 16; k++) input[to + k] = below[pair + k] as number;
      if (2 * (parents[i] as number) + 1 < used) continue;
      for (let k = 0; k < 8; k++) input[to + 8 + k] = zero[k] as number;
    }
    this.#hashPairs(new Uint8Array(input.buffer), new Uint8Array(output.buffer), count);
    for (let i = 0; i < count; i++) {
      const to = (parents[i] as number) * 8;
      for (let k = 0; k < 8; k++) above[to + k] = output[i * 8 + k] as number;
    }
  }
}

function doubled(node: Uint8Array): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(node, 0);
  pair.set(node, 32);
  return pair;
}
