import type { HashPairs } from './hash.ts';

/**
 * Many small trees hashed together: each item is some 64-byte chunks, its leaf the root of the tree
 * over their hashes (an odd node is paired with 32 zero bytes). One call of `hashPairs` a level over
 * all items, since one by one they cost 2.5x. Spec: roots 3.
 */
export class LeafBatch {
  #bytes = new Uint8Array(64 * 4096);
  #view = new DataView(this.#bytes.buffer);
  #nodes = new Uint8Array(64 * 4096);
  #next = new Uint8Array(64 * 4096);
  #counts = new Int32Array(4096);
  #items = 0;
  #chunks = 0;

  /** Starts a batch; leaves come out in the order of `begin`. */
  reset(): void {
    this.#items = 0;
    this.#chunks = 0;
  }

  get items(): number {
    return this.#items;
  }

  begin(): void {
    if (this.#items === this.#counts.length) {
      const counts = new Int32Array(this.#counts.length * 2);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    this.#counts[this.#items] = 0;
    this.#items += 1;
  }

  /** Adds zeroed room for `bytes` bytes to the item and returns where it starts in `view`. */
  room(bytes: number): number {
    const chunks = Math.ceil(bytes / 64);
    const at = this.#chunks * 64;
    this.#reserve(at + chunks * 64);
    this.#bytes.fill(0, at, at + chunks * 64);
    this.#chunks += chunks;
    const item = this.#items - 1;
    this.#counts[item] = (this.#counts[item] as number) + chunks;
    return at;
  }

  /** Read it anew after each `room`: it moves when the batch grows. */
  get view(): DataView {
    return this.#view;
  }

  /** The chunks of the last item, for a proof. */
  chunksOfLast(): Uint8Array {
    const count = this.#counts[this.#items - 1] as number;
    return this.#bytes.slice((this.#chunks - count) * 64, this.#chunks * 64);
  }

  /** Writes the leaf of item i through `emit(i, nodes, offset)`. */
  hash(hashPairs: HashPairs, emit: (item: number, nodes: Uint8Array, at: number) => void): void {
    const items = this.#items;
    if (items === 0) return;
    if (this.#nodes.length < this.#chunks * 32 + items * 32) {
      this.#nodes = new Uint8Array(this.#chunks * 64 + items * 64);
      this.#next = new Uint8Array(this.#chunks * 64 + items * 64);
    }
    hashPairs(this.#bytes, this.#nodes, this.#chunks);
    const counts = this.#counts.slice(0, items);
    while (this.#fold(hashPairs, counts));
    for (let item = 0, at = 0; item < items; item++) {
      emit(item, this.#nodes, at);
      at += (counts[item] as number) * 32;
    }
  }

  /** Halves every item that has more than one node; false when none has. */
  #fold(hashPairs: HashPairs, counts: Int32Array): boolean {
    const nodes = this.#nodes;
    const next = this.#next;
    let from = 0;
    let pairs = 0;
    for (const count of counts) {
      if (count > 1) {
        const padded = count + (count & 1);
        next.set(nodes.subarray(from, from + count * 32), pairs * 64);
        if (padded !== count) next.fill(0, pairs * 64 + count * 32, pairs * 64 + padded * 32);
        pairs += padded >> 1;
      }
      from += count * 32;
    }
    if (pairs === 0) return false;
    const hashed = new Uint8Array(pairs * 32);
    hashPairs(next, hashed, pairs);
    from = 0;
    let to = 0;
    let taken = 0;
    for (let item = 0; item < counts.length; item++) {
      const count = counts[item] as number;
      const after = count > 1 ? (count + 1) >> 1 : count;
      if (count > 1) {
        next.set(hashed.subarray(taken, taken + after * 32), to);
        taken += after * 32;
      } else next.set(nodes.subarray(from, from + count * 32), to);
      from += count * 32;
      to += after * 32;
      counts[item] = after;
    }
    this.#nodes = next;
    this.#next = nodes;
    return true;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
