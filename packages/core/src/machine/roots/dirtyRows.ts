/** Rows that are dirty are found by their flags when more than one in so many is. */
const SCAN_SHARE = 16;

/** Row numbers below a capacity, each once. */
export class DirtyRows {
  readonly #flags: Uint8Array;
  #rows = new Int32Array(1024);
  #count = 0;

  constructor(capacity: number) {
    this.#flags = new Uint8Array(capacity);
  }

  add(row: number): void {
    if (this.#flags[row] === 1) return;
    this.#flags[row] = 1;
    if (this.#count === this.#rows.length) {
      const rows = new Int32Array(this.#count * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows[this.#count++] = row;
  }

  get count(): number {
    return this.#count;
  }

  /** The rows in ascending order; the set is empty afterwards. */
  take(): Int32Array {
    const rows = this.#rows.slice(0, this.#count);
    // Of many, as after a restore, it is faster to look at all flags than to sort.
    if (this.#count > this.#flags.length / SCAN_SHARE) this.#scan(rows);
    else rows.sort((a, b) => a - b);
    for (const row of rows) this.#flags[row] = 0;
    this.#count = 0;
    return rows;
  }

  /** So many of the rows that were added first, in that order. */
  takeFirst(count: number): Int32Array {
    const rows = this.#rows.slice(0, count);
    for (const row of rows) this.#flags[row] = 0;
    this.#rows.copyWithin(0, count, this.#count);
    this.#count -= count;
    return rows;
  }

  #scan(rows: Int32Array): void {
    const flags = this.#flags;
    for (let row = 0, next = 0; next < rows.length; row++) if (flags[row] === 1) rows[next++] = row;
  }
}
