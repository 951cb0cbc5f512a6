import { assert } from '../math/index.ts';
import type { F64Column, I32Column } from './column.ts';

/**
 * Open addressing with linear probing over (scope, id) → row; both live in columns of the row.
 * A removal shifts the cluster back instead of leaving a tombstone, so the table never silts up.
 * The slots are a column: an undone insert leaves them byte for byte as before.
 */
export class HashIndex {
  readonly #slots: I32Column;
  readonly #scopes: I32Column | undefined;
  readonly #ids: F64Column;
  readonly #mask: number;

  /** `slots` has a power of two of cells, at least twice the rows. */
  constructor(slots: I32Column, ids: F64Column, scopes?: I32Column) {
    assert((slots.rows & (slots.rows - 1)) === 0, 'a hash index has a power of two of slots', {
      slots: slots.rows,
    });
    this.#slots = slots;
    this.#ids = ids;
    this.#scopes = scopes;
    this.#mask = slots.rows - 1;
  }

  /** The row of (scope, id), or −1. */
  find(id: number, scope = 0): number {
    let slot = hash(scope, id) & this.#mask;
    for (;;) {
      const held = this.#slots.get(slot);
      if (held === 0) return -1;
      if (this.#ids.get(held - 1) === id && this.#scopeOf(held - 1) === scope) return held - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Adds a row whose id and scope are already written. */
  insert(row: number): void {
    let slot = this.#home(row);
    while (this.#slots.get(slot) !== 0) slot = (slot + 1) & this.#mask;
    this.#slots.set(slot, row + 1);
  }

  /** Removes a row whose id and scope are still written. */
  remove(row: number): void {
    let slot = this.#home(row);
    while (this.#slots.get(slot) !== row + 1) {
      assert(this.#slots.get(slot) !== 0, 'a removed row is in its index', { row });
      slot = (slot + 1) & this.#mask;
    }
    let probe = (slot + 1) & this.#mask;
    for (let held = this.#slots.get(probe); held !== 0; held = this.#slots.get(probe)) {
      const home = this.#home(held - 1);
      // The entry may fill the hole unless its home lies cyclically after the hole.
      if (((probe - home) & this.#mask) >= ((probe - slot) & this.#mask)) {
        this.#slots.set(slot, held);
        slot = probe;
      }
      probe = (probe + 1) & this.#mask;
    }
    this.#slots.set(slot, 0);
  }

  #home(row: number): number {
    return hash(this.#scopeOf(row), this.#ids.get(row)) & this.#mask;
  }

  #scopeOf(row: number): number {
    return this.#scopes === undefined ? 0 : this.#scopes.get(row);
  }
}

/** Mixes a 32-bit scope and a 53-bit id (the finalizer of MurmurHash3 over both halves). */
function hash(scope: number, id: number): number {
  const low = id | 0;
  const high = Math.floor(id / 4294967296) | 0;
  let h = low ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(scope, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
