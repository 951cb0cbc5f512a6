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

  /** The rows in ascending order; the set is empty afterwards. */
  take(): Int32Array {
    const rows = this.#rows.slice(0, this.#count);
    rows.sort((a, b) => a - b);
    for (const row of rows) this.#flags[row] = 0;
    this.#count = 0;
    return rows;
  }
}
