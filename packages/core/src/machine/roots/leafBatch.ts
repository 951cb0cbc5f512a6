import type { HashPairs } from './hash.ts';

/**
 * Many small trees hashed together: each item is some 64-byte chunks, its leaf the root of the tree
 * over their hashes (an odd node is paired with 32 zero bytes). One call of `hashPairs` a level
 * over all items, since one by one they cost 2.5x. Spec: roots 3.
 */
export class LeafBatch {
  #bytes = new Uint8Array(64 * 4096);
  #view = new DataView(this.#bytes.buffer);
  #nodes = new Nodes(4096);
  #next = new Nodes(4096);
  #hashed = new Nodes(4096);
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
    const room = this.#chunks + items;
    if (this.#nodes.room < room) {
      this.#nodes = new Nodes(2 * room);
      this.#next = new Nodes(2 * room);
      this.#hashed = new Nodes(2 * room);
    }
    hashPairs(this.#bytes, this.#nodes.bytes, this.#chunks);
    const counts = this.#counts.slice(0, items);
    while (this.#fold(hashPairs, counts));
    for (let item = 0, at = 0; item < items; item++) {
      emit(item, this.#nodes.bytes, at);
      at += (counts[item] as number) * 32;
    }
  }

  /** Halves every item that has more than one node; false when none has. */
  #fold(hashPairs: HashPairs, counts: Int32Array): boolean {
    const nodes = this.#nodes;
    const next = this.#next;
    const hashed = this.#hashed;
    let from = 0;
    let to = 0;
    for (let item = 0; item < counts.length; item++) {
      const count = counts[item] as number;
      if (count > 1) {
        next.copy(to, nodes, { from, count });
        to += count;
        if ((count & 1) === 1) next.clear(to++);
      }
      from += count;
    }
    if (to === 0) return false;
    hashPairs(next.bytes, hashed.bytes, to >> 1);
    from = 0;
    to = 0;
    let taken = 0;
    for (let item = 0; item < counts.length; item++) {
      const count = counts[item] as number;
      const after = count > 1 ? (count + 1) >> 1 : count;
      if (count > 1) {
        next.copy(to, hashed, { from: taken, count: after });
        taken += after;
      } else next.copy(to, nodes, { from, count });
      from += count;
      to += after;
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

/** A list of 32-byte nodes, copied by words: with a view per copy a root took 1.3x. */
class Nodes {
  readonly room: number;
  readonly bytes: Uint8Array;
  readonly #words: Int32Array;

  constructor(room: number) {
    this.room = room;
    this.#words = new Int32Array(room * 8);
    this.bytes = new Uint8Array(this.#words.buffer);
  }

  copy(to: number, source: Nodes, part: { readonly from: number; readonly count: number }): void {
    const words = this.#words;
    const others = source.#words;
    const shift = (part.from - to) * 8;
    const end = (to + part.count) * 8;
    for (let i = to * 8; i < end; i++) words[i] = others[i + shift] as number;
  }

  clear(node: number): void {
    this.#words.fill(0, node * 8, node * 8 + 8);
  }
}
