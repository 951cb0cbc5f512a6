import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type PaceOptions, type PriceCourse, pacedPrices } from './pacedPrices.ts';
import { PriceSourceError, type SourcePrice } from './price.ts';

/** A file of prices, and what stands where in it. */
export interface PriceFile {
  /** `.csv` with a header line, or `.ndjson`: one object a line; either may end in `.gz`. */
  readonly path: string;
  /** What it prices, when no column says so. */
  readonly underlying?: string;
  readonly columns?: {
    readonly underlying?: string;
    readonly time?: string;
    readonly price?: string;
    readonly open?: string;
    readonly high?: string;
    readonly low?: string;
    readonly close?: string;
  };
  readonly timeUnit?: 'ms' | 's';
  /** Every price times this; default 1. */
  readonly scale?: number;
}

export interface FileOptions extends PaceOptions {
  readonly files: readonly PriceFile[];
  /** The window that is played, ms since 1970; default: all. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** Single prices farther apart than this have a hole between them. */
const TICKER_HOLE_MS = 60_000;

interface Point {
  readonly timeMs: number;
  /** Undefined: from here on nothing is known. */
  readonly price: number | undefined;
}

interface Row {
  readonly underlying: string;
  readonly timeMs: number;
  /** One price, or open, first extreme, second extreme, close. */
  readonly prices: readonly number[];
}

/** Prices as files have them, played again as if they were of now. */
export function filePrices(options: FileOptions): AsyncGenerator<SourcePrice, void> {
  return pacedPrices(fileCourse(options), options);
}

/**
 * The course of files, from their first price on. Nothing is repaired and nothing is invented:
 * where rows are missing for longer than the usual step nothing is said.
 *
 * @throws PriceSourceError with file and line.
 */
export function fileCourse(
  options: Pick<FileOptions, 'files' | 'sinceMs' | 'untilMs'>,
): PriceCourse {
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = options;
  const points = new Map<string, Point[]>();
  for (const file of options.files) {
    const rowsOf = new Map<string, Row[]>();
    for (const row of readRows(file)) {
      const rows = rowsOf.get(row.underlying);
      if (rows === undefined) rowsOf.set(row.underlying, [row]);
      else rows.push(row);
    }
    for (const [underlying, rows] of rowsOf) {
      const found = pointsOf(rows, file).filter(
        ({ timeMs }) => timeMs >= sinceMs && timeMs <= untilMs,
      );
      if (found.length === 0) throw new PriceSourceError(`${file.path} has no row in that time`);
      points.set(underlying, found);
    }
  }
  const all = [...points.values()];
  const startMs = Math.min(...all.map((each) => each[0]?.timeMs ?? 0));
  const endMs = Math.max(...all.map((each) => each.at(-1)?.timeMs ?? 0));
  return {
    durationMs: endMs - startMs,
    underlyings: [...points.keys()],
    priceAt: (underlying, timeMs) => priceAt(points.get(underlying) ?? [], startMs + timeMs),
  };
}

/** On the line between the two points around a time. */
function priceAt(points: readonly Point[], timeMs: number): number | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as Point).timeMs <= timeMs) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1];
  const after = points[low];
  if (before?.price === undefined) return undefined;
  if (after?.price === undefined) return before.price;
  const share = (timeMs - before.timeMs) / (after.timeMs - before.timeMs);
  return before.price + (after.price - before.price) * share;
}

/** Points of rows: bars walk through their extremes, the one nearer to the open first. */
function pointsOf(rows: readonly Row[], file: PriceFile): Point[] {
  let stepMs = Number.POSITIVE_INFINITY;
  rows.forEach((row, at) => {
    const sinceMs = at === 0 ? stepMs : row.timeMs - (rows[at - 1] as Row).timeMs;
    if (sinceMs <= 0) {
      throw new PriceSourceError(`${file.path}: time ${row.timeMs} is not above the one before it`);
    }
    stepMs = Math.min(stepMs, sinceMs);
  });
  if (!Number.isFinite(stepMs)) stepMs = 60_000;
  const isBar = (rows[0]?.prices.length ?? 0) > 1;
  // Prices of a ticker come when they come: only bars have a grid that can have holes.
  const holeMs = isBar ? stepMs : TICKER_HOLE_MS;
  const points: Point[] = [];
  rows.forEach((row, at) => {
    const before = rows[at - 1];
    if (before !== undefined && row.timeMs - before.timeMs > holeMs) {
      points.push({ timeMs: before.timeMs + holeMs, price: undefined });
    }
    row.prices.forEach((price, part) => {
      // The close stands 1 ms before the next bar opens, which may be at another price.
      const offsetMs = part === 3 ? stepMs - 1 : (stepMs * part) / 3;
      points.push({ timeMs: row.timeMs + offsetMs, price });
    });
  });
  return points;
}

function readRows(file: PriceFile): Row[] {
  const records = readRecords(file.path);
  const { columns = {} } = file;
  const timeName = columns.time ?? 't_ms';
  const names = { open: 'open', high: 'high', low: 'low', close: 'close', ...columns };
  const scale = file.scale ?? 1;
  const unitMs = file.timeUnit === 's' ? 1_000 : 1;
  return records.map(({ line, fields }) => {
    const number = (name: string): number => {
      const value = fields[name];
      const read = value === undefined || value === '' ? Number.NaN : Number(value);
      if (Number.isFinite(read)) return read;
      const said = value === undefined ? 'is not there' : `is ${JSON.stringify(value)}`;
      throw new PriceSourceError(`${file.path}, line ${line}: "${name}" ${said}, not a number`);
    };
    const price = columns.price ?? ('price' in fields ? 'price' : undefined);
    const prices =
      price !== undefined
        ? [number(price)]
        : walkThrough([names.open, names.high, names.low, names.close].map(number));
    const underlying = file.underlying ?? fields[columns.underlying ?? 'underlying'];
    if (typeof underlying !== 'string') {
      throw new PriceSourceError(`${file.path}, line ${line}: nothing says what it is a price of`);
    }
    return {
      underlying,
      timeMs: number(timeName) * unitMs,
      prices: prices.map((each) => each * scale),
    };
  });
}

function walkThrough([open = 0, high = 0, low = 0, close = 0]: readonly number[]): number[] {
  const isLowFirst = Math.abs(open - low) < Math.abs(high - open);
  return [open, ...(isLowFirst ? [low, high] : [high, low]), close];
}

interface FileRecord {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

function readRecords(path: string): FileRecord[] {
  let text: string;
  try {
    const bytes = readFileSync(path);
    text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PriceSourceError(`${path} cannot be read: ${reason}`, cause);
  }
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((content, at) => ({ content, line: at + 1 }))
    .filter(({ content }) => content.trim() !== '');
  const records = /\.(ndjson|jsonl)(\.gz)?$/.test(path)
    ? lines.map(({ content, line }) => ({
        line,
        fields: objectOf(content, `${path}, line ${line}`),
      }))
    : csvRecords(lines);
  if (records.length === 0) throw new PriceSourceError(`${path} has no rows`);
  return records;
}

function csvRecords(lines: readonly { content: string; line: number }[]): FileRecord[] {
  const header = cellsOf(lines[0]?.content ?? '');
  return lines.slice(1).map(({ content, line }) => {
    const cells = cellsOf(content);
    return { line, fields: Object.fromEntries(header.map((name, at) => [name, cells[at]])) };
  });
}

/** The cells of a CSV line; a cell in quotes may hold commas. */
function cellsOf(line: string): string[] {
  const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return cells
    .slice(0, line.endsWith(',') ? undefined : -1)
    .map((cell) => cell.replace(/,$/, '').trim())
    .map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

function objectOf(line: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new PriceSourceError(`${place} is not JSON`, cause);
  }
  throw new PriceSourceError(`${place} is not a JSON object`);
}
