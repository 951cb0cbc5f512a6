import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@plimsoll/node/files';

/** What every event of a run has; the rest depends on its kind. */
export interface RunEvent {
  readonly height: number;
  readonly timeMs: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

/** An event as one line of JSON, without the line break. Integers of money are decimal texts. */
export function eventJson(event: RunEvent): string {
  return JSON.stringify(event, plain);
}

/** A cell after RFC 4180: quoted when it holds a comma, a quote or a line break. */
function csvCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of CSV, without the line break. */
export function csvLine(values: readonly unknown[]): string {
  return values.map((value) => csvCell(plain('', value))).join(',');
}

const BUFFER_LENGTH = 1 << 20;

/** A file that is written in large pieces. */
class Output {
  readonly #file: number;
  #buffer = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  line(text: string): void {
    this.#buffer += `${text}\n`;
    if (this.#buffer.length >= BUFFER_LENGTH) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    if (this.#buffer !== '') writeFileSync(this.#file, this.#buffer);
    this.#buffer = '';
  }
}

/**
 * Writes the events of a run to `events.ndjson` as they come, and at `close` to `events.csv`, whose
 * columns are height, timeMs, kind and then every field that occurred, in order of first
 * occurrence.
 */
export class EventFiles {
  readonly jsonPath: string;
  readonly csvPath: string;
  readonly #json: Output;
  readonly #columns = new Set(['height', 'timeMs', 'kind']);
  #count = 0;

  /** Makes the folder when it is not there. */
  constructor(folder: string) {
    makeFolder(folder);
    this.jsonPath = join(folder, 'events.ndjson');
    this.csvPath = join(folder, 'events.csv');
    this.#json = new Output(this.jsonPath);
  }

  get count(): number {
    return this.#count;
  }

  write(event: RunEvent): void {
    for (const field of Object.keys(event)) this.#columns.add(field);
    this.#json.line(eventJson(event));
    this.#count++;
  }

  close(): void {
    this.#json.close();
    const columns = [...this.#columns];
    const csv = new Output(this.csvPath);
    csv.line(csvLine(columns));
    for (const line of linesOf(this.jsonPath)) {
      const event = JSON.parse(line) as Record<string, unknown>;
      csv.line(csvLine(columns.map((column) => event[column])));
    }
    csv.close();
  }
}

/**
 * Lines of a file, found in its bytes: one text of all of it could be longer than a string may be.
 */
function* linesOf(path: string): Generator<string> {
  const bytes = readFileSync(path);
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    yield bytes.toString('utf8', start, stop);
    start = stop + 1;
  }
}
