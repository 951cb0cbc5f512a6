// All mutable state of the machine is columns of this layer, and only a column's `set` writes.
// Every write is logged with its old and new value, so that any mark can be rolled back, and so
// that touched accounts, conservation and dirty leaves are read from the log. Start at undoLog.ts,
// then column.ts.
export {
  Column,
  type ColumnOptions,
  F64Column,
  I32Column,
  I64Column,
  type Ownership,
  U8Column,
  U32Column,
} from './column.ts';
export { HashIndex } from './hashIndex.ts';
export { type CellPlace, rowBlock } from './rowBlock.ts';
export { RowPool, type RowPoolColumns } from './rowPool.ts';
export { SLAB_CLASSES, SLAB_HEADER, type SlabColumns, SlabTable, slabRows } from './slab.ts';
export { UndoLog, WriteAbortedError } from './undoLog.ts';
