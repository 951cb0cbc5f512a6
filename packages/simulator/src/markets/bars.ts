import { toDouble } from '@plimsoll/api/units';
import { columnOf, numberAt, type Table } from '../dataFiles/index.ts';
import { DataFileError } from '../errors.ts';
import type { KnownPrice } from './points.ts';
import type { FileColumns, FilePath } from './specs.ts';

/** The columns of the bar files that the ready scenarios play. */
const BAR_COLUMNS: FileColumns = {
  time: 't_ms',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
};

interface Row {
  readonly timeMs: number;
  /** One price, or open, first extreme, second extreme, close. */
  readonly prices: readonly number[];
}

/** Open, the nearer extreme, the farther one, close. */
function walkThroughBar(bar: { open: number; high: number; low: number; close: number }): number[] {
  const isLowFirst = Math.abs(bar.open - bar.low) < Math.abs(bar.high - bar.open);
  const extremes = isLowFirst ? [bar.low, bar.high] : [bar.high, bar.low];
  return [bar.open, ...extremes, bar.close];
}

function rowReader(table: Table, columns: FileColumns): (row: number) => number[] {
  if (columns.price !== undefined) {
    const at = columnOf(table, columns.price);
    return (row) => [numberAt(table, row, at)];
  }
  const { open, high, low, close } = columns;
  if (open === undefined || high === undefined || low === undefined || close === undefined) {
    throw new DataFileError(
      table.file,
      'the column map needs "price", or all of "open", "high", "low" and "close"',
    );
  }
  const at = [open, high, low, close].map((name) => columnOf(table, name));
  return (row) => {
    const [o, h, l, c] = at.map((column) => numberAt(table, row, column));
    return walkThroughBar({ open: o ?? 0, high: h ?? 0, low: l ?? 0, close: c ?? 0 });
  };
}

function readRows(table: Table, spec: FilePath): Row[] {
  const columns = spec.columns ?? BAR_COLUMNS;
  const timeAt = columnOf(table, columns.time);
  const pricesOf = rowReader(table, columns);
  const unitMs = spec.timeUnit === 's' ? 1000 : 1;
  const scale = spec.scale === undefined ? 1 : toDouble(spec.scale);
  const rows: Row[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < table.rows.length; at++) {
    const timeMs = numberAt(table, at, timeAt) * unitMs;
    if (timeMs <= lastMs) {
      throw new DataFileError(table.file, `line ${at + 2}: time ${timeMs} is not above ${lastMs}`);
    }
    lastMs = timeMs;
    rows.push({ timeMs, prices: pricesOf(at).map((price) => price * scale) });
  }
  if (rows.length === 0) throw new DataFileError(table.file, 'has no rows');
  return rows;
}

/** The step of the file: the least distance between two rows. */
function stepOf(rows: readonly Row[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (let at = 1; at < rows.length; at++) {
    step = Math.min(step, (rows[at] as Row).timeMs - (rows[at - 1] as Row).timeMs);
  }
  return Number.isFinite(step) ? step : 60_000;
}

/**
 * The prices of a file in scenario time, as the file has them: no outlier is removed, and where
 * bars are missing nothing is published. The instant `from` becomes 0 and time runs `speed` times
 * faster.
 */
export function pointsFromFile(table: Table, spec: FilePath): KnownPrice[] {
  const rows = readRows(table, spec);
  const stepMs = stepOf(rows);
  const fromMs = spec.from === undefined ? (rows[0] as Row).timeMs : Date.parse(spec.from);
  const toMs = spec.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(spec.to);
  const speed = spec.speed ?? 1;
  const points: KnownPrice[] = [];
  const push = (timeMs: number, price: number | null): void => {
    points.push({ timeMs: Math.floor((timeMs - fromMs) / speed), price });
  };
  let endMs: number | null = null;
  for (const row of rows) {
    if (row.timeMs + stepMs <= fromMs || row.timeMs >= toMs) continue;
    if (endMs !== null && row.timeMs > endMs) push(endMs, null);
    row.prices.forEach((price, part) => {
      // The close stands 1 ms before the next bar opens, which may be at another price.
      const isClose = part === 3;
      push(isClose ? row.timeMs + stepMs - 1 : row.timeMs + (stepMs * part) / 3, price);
    });
    endMs = row.timeMs + stepMs;
  }
  if (endMs === null) {
    throw new DataFileError(table.file, `has no row from ${spec.from} to ${spec.to ?? 'its end'}`);
  }
  push(Math.min(endMs, toMs), null);
  return points;
}
