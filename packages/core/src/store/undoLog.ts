import { assert } from '../math/index.ts';
import type { Column } from './column.ts';

/** Thrown by a test that asked for an abort at the k-th write (`abortAtWrite`). */
export class WriteAbortedError extends Error {
  override readonly name = 'WriteAbortedError';
}

/**
 * The undo log: every write to every column since `clear`, as (column, cell, old value, new value).
 * Marks nest: `rollback(mark)` undoes what was written after that mark and nothing else.
 * Touched accounts, conservation, dirty leaves and previews are all read from it.
 */
export class UndoLog {
  readonly columns: Column[] = [];
  count = 0;
  columnIds: Int32Array;
  cells: Int32Array;
  oldBits: BigInt64Array;
  oldDoubles: Float64Array;
  newBits: BigInt64Array;
  newDoubles: Float64Array;
  /** The bits as 32-bit halves, low first, for sums without bigints. */
  oldHalves: Int32Array;
  newHalves: Int32Array;
  #limit: number;
  #abortAt = -1;

  constructor() {
    const capacity = 1 << 16;
    this.#limit = capacity;
    this.columnIds = new Int32Array(capacity);
    this.cells = new Int32Array(capacity);
    this.oldBits = new BigInt64Array(capacity);
    this.oldDoubles = new Float64Array(this.oldBits.buffer);
    this.newBits = new BigInt64Array(capacity);
    this.newDoubles = new Float64Array(this.newBits.buffer);
    this.oldHalves = new Int32Array(this.oldBits.buffer);
    this.newHalves = new Int32Array(this.newBits.buffer);
  }

  /** Reserves the next entry and returns its number; called by columns only. */
  record(columnId: number, cell: number): number {
    if (this.count >= this.#limit) this.#full();
    const entry = this.count;
    this.columnIds[entry] = columnId;
    this.cells[entry] = cell;
    this.count = entry + 1;
    return entry;
  }

  /**
   * Flags an entry as the moving of a row: it carries no change of content, so that conservation
   * skips it. A flagged entry holds the complement of its column's id.
   */
  flagMove(entry: number): void {
    this.columnIds[entry] = ~(this.columnIds[entry] as number);
  }

  /** The column of an entry, moves included. */
  columnAt(entry: number): Column {
    const id = this.columnIds[entry] as number;
    return this.columns[id < 0 ? ~id : id] as Column;
  }

  mark(): number {
    return this.count;
  }

  /** Restores every cell written after `mark`, newest first. */
  rollback(mark: number): void {
    assert(mark >= 0 && mark <= this.count, 'a rollback goes to a mark in the log', { mark });
    for (let entry = this.count - 1; entry >= mark; entry--) {
      this.columnAt(entry).restore(this.cells[entry] as number, entry);
    }
    this.count = mark;
  }

  /** Forgets all entries: what was written is final. */
  clear(): void {
    this.count = 0;
  }

  /** Makes the k-th write from now (0 is the next one) throw; a negative k switches it off. */
  abortAtWrite(k: number): void {
    this.#abortAt = k < 0 ? -1 : this.count + k;
    this.#limit = k < 0 ? this.cells.length : Math.min(this.#abortAt, this.cells.length);
  }

  #full(): void {
    if (this.#abortAt === this.count) throw new WriteAbortedError('aborted at a write, as asked');
    const capacity = this.cells.length * 2;
    this.columnIds = grown(this.columnIds, new Int32Array(capacity));
    this.cells = grown(this.cells, new Int32Array(capacity));
    this.oldBits = grown(this.oldBits, new BigInt64Array(capacity));
    this.oldDoubles = new Float64Array(this.oldBits.buffer);
    this.newBits = grown(this.newBits, new BigInt64Array(capacity));
    this.newDoubles = new Float64Array(this.newBits.buffer);
    this.oldHalves = new Int32Array(this.oldBits.buffer);
    this.newHalves = new Int32Array(this.newBits.buffer);
    this.#limit = this.#abortAt < 0 ? capacity : Math.min(this.#abortAt, capacity);
  }
}

function grown<T extends Int32Array | BigInt64Array>(from: T, to: T): T {
  (to as { set(source: ArrayLike<unknown>): void }).set(from as ArrayLike<unknown>);
  return to;
}
