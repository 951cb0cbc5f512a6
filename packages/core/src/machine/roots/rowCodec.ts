import {
  type ColumnSchema,
  stateSchema,
  type TableName,
  type TableSchema,
} from '../../schema/index.ts';
import type { State } from '../../state/index.ts';
import type { F64Column, I32Column, I64Column, U8Column, U32Column } from '../../store/index.ts';

type AnyColumn = F64Column | I32Column | I64Column | U8Column | U32Column;

interface Field<C = AnyColumn> {
  readonly column: C;
  readonly type: ColumnSchema['type'];
  readonly stride: number;
  readonly offset: number;
}

const WIDTH = { u8: 1, u32: 4, i32: 4, f64: 8, i64: 8 } as const;

/**
 * The canonical bytes of a row of one table: its columns in order of the table, derived ones left
 * out, fixed little-endian. Spec: roots 2.
 */
export class RowCodec {
  /** Bytes of a row. */
  readonly bytes: number;
  readonly #words: readonly Field<I32Column | U32Column>[];
  readonly #signed: readonly Field<I32Column>[];
  readonly #unsigned: readonly Field<U32Column>[];
  readonly #amounts: readonly Field<I64Column>[];
  readonly #doubles: readonly Field<F64Column>[];
  readonly #bytes8: readonly Field<U8Column>[];

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
    this.bytes = offset;
    this.#signed = ofType<I32Column>(fields, 'i32');
    this.#unsigned = ofType<U32Column>(fields, 'u32');
    this.#words = [...this.#signed, ...this.#unsigned];
    this.#amounts = ofType<I64Column>(fields, 'i64');
    this.#doubles = ofType<F64Column>(fields, 'f64');
    this.#bytes8 = ofType<U8Column>(fields, 'u8');
  }

  write(row: number, view: DataView, at: number): void {
    // A loop per type: in one loop with a switch every read of a column is megamorphic.
    for (const { column, stride, offset } of this.#words) {
      const { data, step } = column;
      const cell = row * stride;
      for (let k = 0; k < stride; k++) {
        view.setInt32(at + offset + 4 * k, data[(cell + k) * step] as number, true);
      }
    }
    for (const { column, stride, offset } of this.#amounts) {
      // By halves: a bigint per cell costs 3x in a root.
      const { halves, step } = column;
      for (let k = 0; k < stride; k++) {
        const low = 2 * (row * stride + k) * step;
        view.setInt32(at + offset + 8 * k, halves[low] as number, true);
        view.setInt32(at + offset + 8 * k + 4, halves[low + 1] as number, true);
      }
    }
    for (const { column, stride, offset } of this.#doubles) {
      for (let k = 0; k < stride; k++) {
        view.setFloat64(at + offset + 8 * k, column.get(row * stride + k), true);
      }
    }
    for (const { column, stride, offset } of this.#bytes8) {
      for (let k = 0; k < stride; k++) view.setUint8(at + offset + k, column.get(row * stride + k));
    }
  }

  /** Writes the columns of a row from canonical bytes, through the log. */
  read(row: number, view: DataView, at: number): void {
    for (const { column, stride, offset } of this.#signed) {
      const cell = row * stride;
      for (let k = 0; k < stride; k++)
        column.set(cell + k, view.getInt32(at + offset + 4 * k, true));
    }
    for (const { column, stride, offset } of this.#unsigned) {
      const cell = row * stride;
      for (let k = 0; k < stride; k++) {
        column.set(cell + k, view.getUint32(at + offset + 4 * k, true));
      }
    }
    for (const { column, stride, offset } of this.#amounts) {
      const cell = row * stride;
      for (let k = 0; k < stride; k++) {
        column.set(cell + k, view.getBigInt64(at + offset + 8 * k, true));
      }
    }
    for (const { column, stride, offset } of this.#doubles) {
      const cell = row * stride;
      for (let k = 0; k < stride; k++) {
        column.set(cell + k, view.getFloat64(at + offset + 8 * k, true));
      }
    }
    for (const { column, stride, offset } of this.#bytes8) {
      const cell = row * stride;
      for (let k = 0; k < stride; k++) column.set(cell + k, view.getUint8(at + offset + k));
    }
  }
}

function ofType<C extends AnyColumn>(
  fields: readonly Field[],
  type: ColumnSchema['type'],
): Field<C>[] {
  return fields.filter((field): field is Field<C> => field.type === type);
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
