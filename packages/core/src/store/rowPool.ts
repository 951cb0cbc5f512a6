import { assert } from '../math/index.ts';
import type { I32Column } from './column.ts';

export interface RowPoolColumns {
  /** Per row: the next free row + 1, kept while the row is free. */
  readonly next: I32Column;
  /** Three cells: first free row + 1, first row never used, rows in use. */
  readonly header: I32Column;
}

/** Rows that are taken and given back one at a time. The caller clears what it wrote. */
export class RowPool {
  readonly #columns: RowPoolColumns;
  readonly #rows: number;

  constructor(columns: RowPoolColumns) {
    this.#columns = columns;
    this.#rows = columns.next.rows;
  }

  get used(): number {
    return this.#columns.header.get(2);
  }

  hasRoom(): boolean {
    return this.used < this.#rows;
  }

  allocate(): number {
    const { next, header } = this.#columns;
    assert(this.hasRoom(), 'a row is asked for only where there is room', { rows: this.#rows });
    header.set(2, header.get(2) + 1);
    const head = header.get(0);
    if (head !== 0) {
      header.set(0, next.get(head - 1));
      next.set(head - 1, 0);
      return head - 1;
    }
    const row = header.get(1);
    header.set(1, row + 1);
    return row;
  }

  release(row: number): void {
    const { next, header } = this.#columns;
    next.set(row, header.get(0));
    header.set(0, row + 1);
    header.set(2, header.get(2) - 1);
  }
}
