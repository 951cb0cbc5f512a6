import { assert } from '../math/index.ts';
import { type Column, F64Column, I32Column, I64Column, type U8Column } from './column.ts';

/** The largest slab has 2^6 = 64 rows. */
export const SLAB_CLASSES = 7;
/**
 * Cells of `free` behind the heads of the classes: the first row never used; rows accounted for.
 */
const TOP = SLAB_CLASSES;
const USED = SLAB_CLASSES + 1;
/** Cells that `free` needs: SLAB_CLASSES + 2. */
export const SLAB_HEADER = 9;

/**
 * Rows of memory for `rowsMax` accounted rows, so that there is room whenever the account says so,
 * whatever happened before. A slab of class k ≥ 1 has at most twice the rows it is accounted with
 * (a smaller one is taken otherwise), so the slabs of a class never have more than 2 × rowsMax rows
 * at once, of class 0 rowsMax; one more slab of each is alive while rows move. Untouched memory
 * costs nothing.
 */
export function slabRows(rowsMax: number): number {
  return (2 * SLAB_CLASSES - 1) * rowsMax + (1 << SLAB_CLASSES);
}

/** The columns that make one kind of slab: rows of an account, sorted by `key`. */
export interface SlabColumns {
  /** Per row: what the rows of an account are sorted by, unique in the account. */
  readonly key: I32Column;
  /** Per row: the account. */
  readonly account: I32Column;
  /** Per row: every column that moves with a row, `key` and `account` included. */
  readonly moving: readonly Column[];
  /** Per account: first row of its slab, and how many rows are in use. */
  readonly base: I32Column;
  readonly count: U8Column;
  /** Per account: 0 without a slab, otherwise 1 + the slab's class (rows = 2^class). */
  readonly sizeClass: U8Column;
  /** Per row: the next free slab of the class (row + 1), kept at a free slab's first row. */
  readonly next: I32Column;
  /** First free slab (row + 1) of each class, the first row never used, the rows accounted for. */
  readonly free: I32Column;
  /** Rows that all accounts may use, each with its count rounded up to a power of two. */
  readonly rowsMax: number;
}

/**
 * Slabs of 1, 2, 4 … 64 rows. A row number holds until the next insert or remove of that account;
 * placement is unobservable: nothing may order by row number, and whether there is room depends on
 * the accounts' counts alone, never on which slabs happen to be free. Spec: store 4.
 */
export class SlabTable {
  readonly #columns: SlabColumns;
  readonly #rows: number;
  /** The moving columns of one cell per row by kind, and all others. */
  readonly #integers: readonly I32Column[];
  readonly #amounts: readonly I64Column[];
  readonly #doubles: readonly F64Column[];
  readonly #others: readonly Column[];

  constructor(columns: SlabColumns) {
    this.#columns = columns;
    this.#rows = columns.key.rows;
    const single = columns.moving.filter(({ stride }) => stride === 1);
    this.#integers = single.filter((column) => column instanceof I32Column);
    this.#amounts = single.filter((column) => column instanceof I64Column);
    this.#doubles = single.filter((column) => column instanceof F64Column);
    const known: readonly Column[] = [...this.#integers, ...this.#amounts, ...this.#doubles];
    this.#others = columns.moving.filter((column) => !known.includes(column));
    assert(this.#rows >= slabRows(columns.rowsMax), 'a slab table has memory for its rows', {
      rows: this.#rows,
      rowsMax: columns.rowsMax,
    });
  }

  /** The row with `key` in the account's slab, or −1. */
  find(account: number, key: number): number {
    const { base, count, key: keys } = this.#columns;
    const first = base.get(account);
    const end = first + count.get(account);
    const { data, step } = keys;
    for (let row = first; row < end; row++) if (data[row * step] === key) return row;
    return -1;
  }

  /** Whether another row fits: the account has fewer than 64 and the table as many as it needs. */
  hasRoom(account: number): boolean {
    const { count, free, rowsMax } = this.#columns;
    const used = count.get(account);
    const added = accountedRows(used + 1) - accountedRows(used);
    return used < 1 << (SLAB_CLASSES - 1) && free.get(USED) + added <= rowsMax;
  }

  /** Inserts a zeroed row with `key` in order and returns it; the caller asked `hasRoom`. */
  insert(account: number, key: number): number {
    const { base, count, sizeClass, key: keys, account: owner } = this.#columns;
    const used = count.get(account);
    const held = sizeClass.get(account);
    if (held === 0 || used === 1 << (held - 1)) this.#move(account, held);
    const first = base.get(account);
    let row = first + used;
    while (row > first && keys.get(row - 1) > key) {
      this.#copyRow(row - 1, row);
      row -= 1;
    }
    assert(row === first || keys.get(row - 1) !== key, 'a key is in a slab once', { account, key });
    this.#clearRow(row);
    keys.set(row, key);
    owner.set(row, account);
    count.set(account, used + 1);
    this.#account(used, used + 1);
    return row;
  }

  /** Whether so many rows fit an account that has none. */
  hasRoomFor(count: number): boolean {
    const { free, rowsMax } = this.#columns;
    return count <= 1 << (SLAB_CLASSES - 1) && free.get(USED) + accountedRows(count) <= rowsMax;
  }

  /**
   * Gives an account that has no row a slab with `count` of them, all zero, and returns the first.
   * Only while nothing was ever removed; the caller asked `hasRoomFor` and writes whole rows in
   * order of their keys. A restore takes half the time that it takes with an insert per row.
   */
  fill(account: number, count: number): number {
    const { base, count: counts, sizeClass, account: owner } = this.#columns;
    const held = classOf(count);
    assert(counts.get(account) === 0 && this.#columns.free.get(held) === 0, 'a slab is new', {
      account,
    });
    const first = this.#allocate(held);
    base.set(account, first);
    sizeClass.set(account, held + 1);
    counts.set(account, count);
    for (let row = first; row < first + count; row++) owner.set(row, account);
    this.#account(0, count);
    return first;
  }

  /**
   * Removes a row of the account; an empty slab is freed, one three quarters empty gets smaller.
   */
  remove(account: number, row: number): void {
    const { base, count, sizeClass } = this.#columns;
    const used = count.get(account) - 1;
    const end = base.get(account) + used;
    for (let to = row; to < end; to++) this.#copyRow(to + 1, to);
    count.set(account, used);
    this.#account(used + 1, used);
    const held = sizeClass.get(account);
    if (used === 0) this.#release(account);
    else if (held > 2 && used <= 1 << (held - 3)) this.#move(account, classOf(used));
  }

  /** Keeps the sum of the accounted rows. */
  #account(before: number, after: number): void {
    const added = accountedRows(after) - accountedRows(before);
    if (added !== 0) this.#columns.free.add(USED, added);
  }

  /** Moves the rows of an account into a slab of another class. */
  #move(account: number, target: number): void {
    const { base, count, sizeClass, account: owner } = this.#columns;
    const from = base.get(account);
    const used = count.get(account);
    const held = sizeClass.get(account);
    const to = this.#allocate(target);
    for (let i = 0; i < used; i++) {
      this.#copyRow(from + i, to + i);
      owner.set(to + i, account);
    }
    if (held > 0) this.#pushFree(from, held - 1);
    base.set(account, to);
    sizeClass.set(account, target + 1);
  }

  #release(account: number): void {
    const { base, sizeClass } = this.#columns;
    this.#pushFree(base.get(account), sizeClass.get(account) - 1);
    base.set(account, 0);
    sizeClass.set(account, 0);
  }

  #canAllocate(sizeClass: number): boolean {
    const { free } = this.#columns;
    if (sizeClass >= SLAB_CLASSES) return false;
    return free.get(sizeClass) !== 0 || free.get(TOP) + (1 << sizeClass) <= this.#rows;
  }

  #allocate(sizeClass: number): number {
    const { free, next } = this.#columns;
    assert(this.#canAllocate(sizeClass), 'a slab is asked for only where there is room', {
      sizeClass,
    });
    const head = free.get(sizeClass);
    if (head !== 0) {
      free.set(sizeClass, next.get(head - 1));
      return head - 1;
    }
    const row = free.get(TOP);
    free.set(TOP, row + (1 << sizeClass));
    return row;
  }

  #pushFree(row: number, sizeClass: number): void {
    const { free, next } = this.#columns;
    next.set(row, free.get(sizeClass));
    free.set(sizeClass, row + 1);
  }

  // Four loops over one kind of column each: one loop over all kinds is megamorphic and took 1.6x.
  #copyRow(from: number, to: number): void {
    for (const column of this.#integers) column.copyCell(from, to);
    for (const column of this.#amounts) column.copyCell(from, to);
    for (const column of this.#doubles) column.copyCell(from, to);
    for (const column of this.#others) {
      const { stride } = column;
      for (let k = 0; k < stride; k++) column.copyCell(from * stride + k, to * stride + k);
    }
  }

  #clearRow(row: number): void {
    for (const column of this.#integers) column.clearCell(row);
    for (const column of this.#amounts) column.clearCell(row);
    for (const column of this.#doubles) column.clearCell(row);
    for (const column of this.#others) {
      const { stride } = column;
      for (let k = 0; k < stride; k++) column.clearCell(row * stride + k);
    }
  }
}

/** The class of the smallest slab for so many rows. */
function classOf(rows: number): number {
  return 32 - Math.clz32(rows - 1);
}

/** Rows that a count is accounted with: the next power of two, 0 for none. */
function accountedRows(count: number): number {
  return count === 0 ? 0 : 1 << classOf(count);
}
