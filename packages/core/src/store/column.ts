import { assert, broken } from '../math/index.ts';
import type { CellPlace } from './rowBlock.ts';
import type { UndoLog } from './undoLog.ts';

/**
 * Whose row a cell is. 'global': nobody's. 'row': the row number is the account. 'column': the
 * table's `account` column names the account (slabs, orders).
 */
export type Ownership = 'global' | 'row' | 'column';

export interface ColumnOptions {
  readonly name: string;
  readonly rows: number;
  /** Cells per row, 1 unless said. Cell = row × stride + k. */
  readonly stride?: number;
  readonly ownership?: Ownership;
  /** +1: a claim on the asset, −1: what backs claims, 0: not money. See the ledger spec, I1. */
  readonly moneySign?: number;
  /** Where its cells lie among those of other columns; memory of its own unless said. */
  readonly place?: CellPlace;
}

/** What all columns share. A cell holds one number or one signed 64-bit integer. */
export abstract class Column {
  readonly id: number;
  readonly name: string;
  readonly rows: number;
  readonly stride: number;
  readonly ownership: Ownership;
  readonly moneySign: number;
  /** Elements of `data` from one cell to the next: cell k is `data[k × step]`. */
  abstract readonly step: number;
  protected readonly log: UndoLog;

  constructor(log: UndoLog, options: ColumnOptions) {
    this.log = log;
    this.id = log.columns.length;
    this.name = options.name;
    this.rows = options.rows;
    this.stride = options.stride ?? 1;
    this.ownership = options.ownership ?? 'global';
    this.moneySign = options.moneySign ?? 0;
    log.columns.push(this);
  }

  abstract readonly data: Float64Array | Int32Array | Uint32Array | Uint8Array | BigInt64Array;
  abstract restore(cell: number, entry: number): void;
  /** Copies one cell over another: a move of a row, logged and flagged as such. */
  abstract copyCell(from: number, to: number): void;
  /** Sets one cell of a row that is taken into use to zero, logged and flagged as a move. */
  abstract clearCell(cell: number): void;
}

// The write path of the three number columns is written out three times: one shared method over a
// union of typed arrays is megamorphic and costs 4x per write.

/** Doubles and exact integers up to 2^53. */
export class F64Column extends Column {
  readonly data: Float64Array;
  readonly step: number;
  constructor(log: UndoLog, options: ColumnOptions) {
    super(log, options);
    const { place } = options;
    this.data =
      place === undefined
        ? new Float64Array(options.rows * this.stride)
        : new Float64Array(place.buffer, place.offset);
    this.step = place === undefined ? 1 : place.rowBytes / Float64Array.BYTES_PER_ELEMENT;
  }
  get(cell: number): number {
    return this.data[cell * this.step] as number;
  }
  set(cell: number, value: number): void {
    const old = this.data[cell * this.step] as number;
    if (old === value) return;
    if (!(value - value === 0) || old === undefined) this.#refuse(cell, value);
    const log = this.log;
    const entry = log.record(this.id, cell);
    log.oldDoubles[entry] = old;
    // Adding 0 turns −0 into 0, so that equal states are equal bytes.
    log.newDoubles[entry] = value + 0;
    this.data[cell * this.step] = value + 0;
  }
  add(cell: number, delta: number): void {
    this.set(cell, (this.data[cell * this.step] as number) + delta);
  }
  copyCell(from: number, to: number): void {
    this.#move(to, this.data[from * this.step] as number);
  }
  clearCell(cell: number): void {
    this.#move(cell, 0);
  }
  #move(cell: number, value: number): void {
    const before = this.log.count;
    this.set(cell, value);
    if (this.log.count !== before) this.log.flagMove(before);
  }
  restore(cell: number, entry: number): void {
    this.data[cell * this.step] = this.log.oldDoubles[entry] as number;
  }
  #refuse(cell: number, value: number): never {
    assert(cell >= 0 && cell < this.rows * this.stride, 'a cell lies in its column', {
      column: this.name,
      cell,
    });
    broken('a double in a column is finite', { column: this.name, cell, value });
  }
}

/** Signed 32-bit integers: ids, lots, prices, links. */
export class I32Column extends Column {
  readonly data: Int32Array;
  readonly step: number;
  constructor(log: UndoLog, options: ColumnOptions) {
    super(log, options);
    const { place } = options;
    this.data =
      place === undefined
        ? new Int32Array(options.rows * this.stride)
        : new Int32Array(place.buffer, place.offset);
    this.step = place === undefined ? 1 : place.rowBytes / Int32Array.BYTES_PER_ELEMENT;
  }
  get(cell: number): number {
    return this.data[cell * this.step] as number;
  }
  set(cell: number, value: number): void {
    const old = this.data[cell * this.step] as number;
    if (old === value) return;
    if ((value | 0) !== value || old === undefined) outOfRange(this, cell, value);
    const log = this.log;
    const entry = log.record(this.id, cell);
    log.oldDoubles[entry] = old;
    log.newDoubles[entry] = value;
    this.data[cell * this.step] = value;
  }
  add(cell: number, delta: number): void {
    this.set(cell, (this.data[cell * this.step] as number) + delta);
  }
  copyCell(from: number, to: number): void {
    this.#move(to, this.data[from * this.step] as number);
  }
  clearCell(cell: number): void {
    this.#move(cell, 0);
  }
  #move(cell: number, value: number): void {
    const before = this.log.count;
    this.set(cell, value);
    if (this.log.count !== before) this.log.flagMove(before);
  }
  restore(cell: number, entry: number): void {
    this.data[cell * this.step] = this.log.oldDoubles[entry] as number;
  }
}

/** Unsigned 32-bit integers: address words, nonce bits, hash words. */
export class U32Column extends Column {
  readonly data: Uint32Array;
  readonly step: number;
  constructor(log: UndoLog, options: ColumnOptions) {
    super(log, options);
    const { place } = options;
    this.data =
      place === undefined
        ? new Uint32Array(options.rows * this.stride)
        : new Uint32Array(place.buffer, place.offset);
    this.step = place === undefined ? 1 : place.rowBytes / Uint32Array.BYTES_PER_ELEMENT;
  }
  get(cell: number): number {
    return this.data[cell * this.step] as number;
  }
  set(cell: number, value: number): void {
    const old = this.data[cell * this.step] as number;
    if (old === value) return;
    if (value >>> 0 !== value || old === undefined) outOfRange(this, cell, value);
    const log = this.log;
    const entry = log.record(this.id, cell);
    log.oldDoubles[entry] = old;
    log.newDoubles[entry] = value;
    this.data[cell * this.step] = value;
  }
  copyCell(from: number, to: number): void {
    this.#move(to, this.data[from * this.step] as number);
  }
  clearCell(cell: number): void {
    this.#move(cell, 0);
  }
  #move(cell: number, value: number): void {
    const before = this.log.count;
    this.set(cell, value);
    if (this.log.count !== before) this.log.flagMove(before);
  }
  restore(cell: number, entry: number): void {
    this.data[cell * this.step] = this.log.oldDoubles[entry] as number;
  }
}

/** Bytes: states, flags, small counts. */
export class U8Column extends Column {
  readonly data: Uint8Array;
  readonly step: number;
  constructor(log: UndoLog, options: ColumnOptions) {
    super(log, options);
    const { place } = options;
    this.data =
      place === undefined
        ? new Uint8Array(options.rows * this.stride)
        : new Uint8Array(place.buffer, place.offset);
    this.step = place === undefined ? 1 : place.rowBytes / Uint8Array.BYTES_PER_ELEMENT;
  }
  get(cell: number): number {
    return this.data[cell * this.step] as number;
  }
  set(cell: number, value: number): void {
    const old = this.data[cell * this.step] as number;
    if (old === value) return;
    if ((value & 255) !== value || old === undefined) outOfRange(this, cell, value);
    const log = this.log;
    const entry = log.record(this.id, cell);
    log.oldDoubles[entry] = old;
    log.newDoubles[entry] = value;
    this.data[cell * this.step] = value;
  }
  add(cell: number, delta: number): void {
    this.set(cell, (this.data[cell * this.step] as number) + delta);
  }
  copyCell(from: number, to: number): void {
    this.#move(to, this.data[from * this.step] as number);
  }
  clearCell(cell: number): void {
    this.#move(cell, 0);
  }
  #move(cell: number, value: number): void {
    const before = this.log.count;
    this.set(cell, value);
    if (this.log.count !== before) this.log.flagMove(before);
  }
  restore(cell: number, entry: number): void {
    this.data[cell * this.step] = this.log.oldDoubles[entry] as number;
  }
}

/** Money and cumulative indexes: signed 64-bit integers, range-checked: the array would wrap. */
export class I64Column extends Column {
  readonly data: BigInt64Array;
  readonly step: number;
  /** The same cells as 32-bit halves, low half first: cell k at 2 × k × step and one further. */
  readonly halves: Int32Array;
  constructor(log: UndoLog, options: ColumnOptions) {
    super(log, options);
    const { place } = options;
    this.data =
      place === undefined
        ? new BigInt64Array(options.rows * this.stride)
        : new BigInt64Array(place.buffer, place.offset);
    this.step = place === undefined ? 1 : place.rowBytes / BigInt64Array.BYTES_PER_ELEMENT;
    this.halves = new Int32Array(this.data.buffer, this.data.byteOffset);
  }
  get(cell: number): bigint {
    return this.data[cell * this.step] as bigint;
  }
  /** The value as a double, correctly rounded; for risk, never for money. */
  double(cell: number): number {
    const halves = this.halves;
    const low = 2 * cell * this.step;
    return (halves[low + 1] as number) * 4294967296 + ((halves[low] as number) >>> 0);
  }
  set(cell: number, value: bigint): void {
    const old = this.data[cell * this.step] as bigint;
    if (old === value) return;
    if (BigInt.asIntN(64, value) !== value || old === undefined) outOfRange(this, cell, value);
    const log = this.log;
    const entry = log.record(this.id, cell);
    log.oldBits[entry] = old;
    log.newBits[entry] = value;
    this.data[cell * this.step] = value;
  }
  add(cell: number, delta: bigint): void {
    this.set(cell, (this.data[cell * this.step] as bigint) + delta);
  }
  copyCell(from: number, to: number): void {
    this.#move(to, this.data[from * this.step] as bigint);
  }
  clearCell(cell: number): void {
    this.#move(cell, 0n);
  }
  #move(cell: number, value: bigint): void {
    const before = this.log.count;
    this.set(cell, value);
    if (this.log.count !== before) this.log.flagMove(before);
  }
  restore(cell: number, entry: number): void {
    this.data[cell * this.step] = this.log.oldBits[entry] as bigint;
  }
}

function outOfRange(column: Column, cell: number, value: number | bigint): never {
  assert(cell >= 0 && cell < column.rows * column.stride, 'a cell lies in its column', {
    column: column.name,
    cell,
  });
  broken('a value fits its column', { column: column.name, cell, value });
}
