import {
  type ColumnSchema,
  stateSchema,
  type TableName,
  type TableSchema,
} from '../schema/index.ts';
import type { State } from '../state/index.ts';
import type { F64Column, I32Column, I64Column, U8Column, U32Column } from '../store/index.ts';

type AnyColumn = F64Column | I32Column | I64Column | U8Column | U32Column;

interface Field {
  readonly column: AnyColumn;
  readonly type: ColumnSchema['type'];
  readonly stride: number;
  readonly offset: number;
}

interface Place {
  readonly view: DataView;
  readonly at: number;
}

const WIDTH = { u8: 1, u32: 4, i32: 4, f64: 8, i64: 8 } as const;

/**
 * The canonical bytes of a row of one table: its columns in order of the table, derived ones left
 * out, fixed little-endian. Spec: roots 2.
 */
export class RowCodec {
  /** Bytes of a row. */
  readonly bytes: number;
  readonly #fields: readonly Field[];

  constructor(state: State, table: TableName) {
    const schema: TableSchema = stateSchema[table];
    const columns: { readonly [name: string]: AnyColumn } = state[table];
    const fields: Field[] = [];
    let offset = 0;
    for (const [name, { type, stride = 1, derived }] of Object.entries(schema.columns)) {
      if (derived === true) continue;
      fields.push({ column: columns[name] as AnyColumn, type, stride, offset });
      offset += WIDTH[type] * stride;
    }
    this.#fields = fields;
    this.bytes = offset;
  }

  write(row: number, view: DataView, at: number): void {
    for (const field of this.#fields) {
      const { stride } = field;
      let to = at + field.offset;
      for (let cell = row * stride; cell < (row + 1) * stride; cell++) {
        writeCell(field, cell, { view, at: to });
        to += WIDTH[field.type];
      }
    }
  }

  /** Writes the columns of a row from canonical bytes, through the log. */
  read(row: number, view: DataView, at: number): void {
    for (const field of this.#fields) {
      const { stride } = field;
      let from = at + field.offset;
      for (let cell = row * stride; cell < (row + 1) * stride; cell++) {
        readCell(field, cell, { view, at: from });
        from += WIDTH[field.type];
      }
    }
  }
}

function writeCell(field: Field, cell: number, place: Place): void {
  const { column } = field;
  const { view, at } = place;
  switch (field.type) {
    case 'u8':
      view.setUint8(at, (column as U8Column).get(cell));
      return;
    case 'u32':
      view.setUint32(at, (column as U32Column).get(cell), true);
      return;
    case 'i32':
      view.setInt32(at, (column as I32Column).get(cell), true);
      return;
    case 'f64':
      view.setFloat64(at, (column as F64Column).get(cell), true);
      return;
    case 'i64': {
      // By halves: a bigint per cell costs 3x in a root.
      const { halves, step } = column as I64Column;
      const low = 2 * cell * step;
      view.setInt32(at, halves[low] as number, true);
      view.setInt32(at + 4, halves[low + 1] as number, true);
      return;
    }
  }
}

function readCell(field: Field, cell: number, place: Place): void {
  const { column } = field;
  const { view, at } = place;
  switch (field.type) {
    case 'u8':
      (column as U8Column).set(cell, view.getUint8(at));
      return;
    case 'u32':
      (column as U32Column).set(cell, view.getUint32(at, true));
      return;
    case 'i32':
      (column as I32Column).set(cell, view.getInt32(at, true));
      return;
    case 'f64':
      (column as F64Column).set(cell, view.getFloat64(at, true));
      return;
    case 'i64':
      (column as I64Column).set(cell, view.getBigInt64(at, true));
      return;
  }
}

export type RowCodecs = { readonly [T in TableName]: RowCodec };

/** The codec of every table. */
export function rowCodecs(state: State): RowCodecs {
  const codecs: { [table: string]: RowCodec } = {};
  for (const table of Object.keys(stateSchema)) {
    codecs[table] = new RowCodec(state, table as TableName);
  }
  return codecs as RowCodecs;
}
