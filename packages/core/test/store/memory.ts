// Columns of every type over one log, and their bytes, to compare before and after.
import {
  type Column,
  F64Column,
  I32Column,
  I64Column,
  U8Column,
  U32Column,
  UndoLog,
} from '../../src/store/index.ts';

export interface Memory {
  readonly log: UndoLog;
  readonly f64: F64Column;
  readonly i32: I32Column;
  readonly u32: U32Column;
  readonly u8: U8Column;
  readonly i64: I64Column;
}

export function memory(rows: number, stride = 1): Memory {
  const log = new UndoLog();
  return {
    log,
    f64: new F64Column(log, { name: 'f64', rows, stride }),
    i32: new I32Column(log, { name: 'i32', rows, stride }),
    u32: new U32Column(log, { name: 'u32', rows, stride }),
    u8: new U8Column(log, { name: 'u8', rows, stride }),
    i64: new I64Column(log, { name: 'i64', rows, stride }),
  };
}

/** The bytes of all columns of a log, one after the other. */
export function bytesOf(log: UndoLog): string {
  return log.columns.map((column) => hexOf(column)).join('|');
}

function hexOf(column: Column): string {
  const { buffer, byteOffset, byteLength } = column.data;
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}
