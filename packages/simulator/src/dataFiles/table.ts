import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { DataFileError } from '../errors.ts';

/** A table as its file has it: every cell is text. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads a CSV file with a header line; a name that ends in `.gz` is unpacked. */
export function readTable(file: string): Table {
  let records: string[][];
  try {
    const bytes = readFileSync(file);
    const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    records = parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataFileError(file, `cannot be read as CSV: ${reason}`, cause);
  }
  const [columns, ...rows] = records;
  if (columns === undefined) throw new DataFileError(file, 'has no header line');
  return { file, columns, rows };
}

/** The index of a column; an error names the columns that there are. */
export function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name);
  if (at < 0) {
    const listed = table.columns.slice(0, 12).join(', ');
    throw new DataFileError(table.file, `has no column "${name}"; it has ${listed}`);
  }
  return at;
}

/** A cell as a finite double. `row` counts from 0, without the header. */
export function numberAt(table: Table, row: number, column: number): number {
  const text = table.rows[row]?.[column] ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) {
    throw new DataFileError(
      table.file,
      `line ${row + 2}, column "${table.columns[column]}": "${text}" is not a number`,
    );
  }
  return value;
}
