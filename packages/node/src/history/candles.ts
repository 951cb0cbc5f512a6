import type { EventOf } from '@plimsoll/core/schema';
import {
  CANDLE_INTERVALS_MS,
  type Candle,
  type CandleInterval,
  type CandleRange,
} from './historyReader.ts';
import type { HistoryTables, Table } from './historyTables.ts';

const INTERVALS = Object.keys(CANDLE_INTERVALS_MS) as CandleInterval[];
const VALUE_BYTES = 64;
const KEY_BYTES = 9;
const SECONDS_LAST = 4_294_967_295;

/** A candle that is being added to. */
interface OpenCandle {
  startMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quote: bigint;
  trades: number;
}

type CandleMap = Map<string, { readonly key: Buffer; readonly candle: OpenCandle }>;

/**
 * Candles of all instruments and intervals, from trades alone. What is not on disk yet is kept
 * here and read over what is.
 */
export class Candles {
  readonly #table: Table;
  /** The newest candle by instrument and interval. */
  readonly #newest: Map<number, OpenCandle | undefined> = new Map();
  #changed: CandleMap = new Map();
  #writing: CandleMap = new Map();

  constructor(table: Table) {
    this.#table = table;
  }

  /** `multiplier`: settlement units per lot and price unit. */
  add(fill: EventOf<'filled'>, timeMs: number, multiplier: number): void {
    const { instrument, price, size } = fill;
    const quote = BigInt(price) * BigInt(size) * BigInt(multiplier);
    for (let i = 0; i < INTERVALS.length; i++) {
      const intervalMs = CANDLE_INTERVALS_MS[INTERVALS[i] as CandleInterval];
      const candle = this.#candleAt({ instrument, interval: i }, timeMs - (timeMs % intervalMs));
      if (candle.trades === 0) candle.open = candle.high = candle.low = price;
      if (price > candle.high) candle.high = price;
      if (price < candle.low) candle.low = price;
      candle.close = price;
      candle.volume += size;
      candle.quote += quote;
      candle.trades += 1;
    }
  }

  #candleAt(of: { instrument: number; interval: number }, startMs: number): OpenCandle {
    const id = of.instrument * INTERVALS.length + of.interval;
    let newest = this.#newest.get(id);
    if (newest === undefined && !this.#newest.has(id)) {
      newest = this.#stored(of, startMs);
    }
    const candle = newest?.startMs === startMs ? newest : emptyCandle(startMs);
    if (candle !== newest || !this.#newest.has(id)) this.#newest.set(id, candle);
    const name = `${id}.${startMs}`;
    if (!this.#changed.has(name)) {
      this.#changed.set(name, { key: candleKey(of, startMs), candle });
    }
    return candle;
  }

  /** A candle that an earlier run began. */
  #stored(of: { instrument: number; interval: number }, startMs: number): OpenCandle | undefined {
    const value = this.#table.get(candleKey(of, startMs));
    return value === undefined ? undefined : decodeCandle(startMs, value);
  }

  /** Puts what changed, inside a batch of the environment. */
  write(tables: HistoryTables): void {
    this.#writing = this.#changed;
    this.#changed = new Map();
    for (const { key, candle } of this.#writing.values()) {
      tables.candles.put(key, encodeCandle(candle));
    }
  }

  /** What was put can be read. */
  written(): void {
    this.#writing = new Map();
  }

  reset(): void {
    this.#newest.clear();
    this.#changed = new Map();
    this.#writing = new Map();
  }

  read(instrument: number, range: CandleRange): readonly Candle[] {
    const of = { instrument, interval: INTERVALS.indexOf(range.interval) };
    const id = of.instrument * INTERVALS.length + of.interval;
    const { fromMs = 0, toMs, limit } = range;
    const [first, behind] = [candleKey(of, Math.max(0, fromMs)), candleKey(of, toMs)];
    const isLatest = range.fromMs === undefined;
    // Backwards a range begins with its start: one more, for it may be the one that is not asked.
    const rows = isLatest
      ? this.#table.getRange({ start: behind, end: first, reverse: true, limit: limit + 1 })
      : this.#table.getRange({ start: first, end: behind, limit });
    const found: Map<number, Candle> = new Map();
    for (const { key, value } of rows) {
      const startMs = key.readUInt32BE(5) * 1000;
      if (startMs < toMs) found.set(startMs, decodeCandle(startMs, value));
    }
    for (const pending of [this.#writing, this.#changed]) {
      for (const [name, { candle }] of pending) {
        const isAsked = name.startsWith(`${id}.`);
        const isIn = candle.startMs >= fromMs && candle.startMs < toMs;
        if (isAsked && isIn) found.set(candle.startMs, { ...candle });
      }
    }
    const asked = [...found.values()].filter(({ startMs }) => startMs >= fromMs);
    asked.sort((a, b) => a.startMs - b.startMs);
    return isLatest ? asked.slice(-limit) : asked.slice(0, limit);
  }
}

function emptyCandle(startMs: number): OpenCandle {
  return { startMs, open: 0, high: 0, low: 0, close: 0, volume: 0, quote: 0n, trades: 0 };
}

/**
 * Times before 2106 fit, later ones are its end. Starts are whole minutes: a bound inside a second
 * is the next one.
 */
function candleKey(of: { instrument: number; interval: number }, startMs: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUInt32BE(of.instrument, 0);
  key[4] = of.interval;
  key.writeUInt32BE(Math.min(SECONDS_LAST, Math.ceil(startMs / 1000)), 5);
  return key;
}

function encodeCandle(candle: OpenCandle): Buffer {
  const value = Buffer.allocUnsafeSlow(VALUE_BYTES);
  const { open, high, low, close, volume, trades, quote } = candle;
  [open, high, low, close, volume, trades].forEach((each, i) => {
    value.writeDoubleLE(each, i * 8);
  });
  value.writeBigUInt64LE(BigInt.asUintN(64, quote), 48);
  value.writeBigUInt64LE(quote >> 64n, 56);
  return value;
}

function decodeCandle(startMs: number, value: Buffer): OpenCandle {
  return {
    startMs,
    open: value.readDoubleLE(0),
    high: value.readDoubleLE(8),
    low: value.readDoubleLE(16),
    close: value.readDoubleLE(24),
    volume: value.readDoubleLE(32),
    trades: value.readDoubleLE(40),
    quote: value.readBigUInt64LE(48) + (value.readBigUInt64LE(56) << 64n),
  };
}
