import { broken } from '../math/index.ts';
import {
  SETTLEMENT_ASSET,
  stateSchema,
  type TableName,
  type TableSchema,
} from '../schema/index.ts';
import type { State } from '../state/index.ts';
import type { Column, I32Column } from '../store/index.ts';

const TWO_32 = 4_294_967_296;
/** How the money of a column finds its asset. */
const NO_MONEY = 0;
const SETTLEMENT = 1;
const BY_ROW = 2;
const BY_BALANCE = 3;
/** What a column is to the check; a kind other than a key may hold money too. */
const NOTHING = 0;
const KEY = 1;
const MONEY = 2;
const SIZE = 3;
const ENTRY = 4;
const REALIZED = 5;

/** Signed sums by id, held as 32-bit halves so that no bigint is made; exact to 2^21 entries. */
class Sums {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #ids: Int32Array;
  #count = 0;
  readonly #isHeld: Uint8Array;

  constructor(size: number) {
    this.#low = new Float64Array(size);
    this.#high = new Float64Array(size);
    this.#ids = new Int32Array(size);
    this.#isHeld = new Uint8Array(size);
  }

  add(id: number, high: number, low: number): void {
    if (this.#isHeld[id] === 0) {
      this.#isHeld[id] = 1;
      this.#ids[this.#count++] = id;
    }
    this.#low[id] = (this.#low[id] as number) + low;
    this.#high[id] = (this.#high[id] as number) + high;
  }

  /** Empties the sums and returns the least id whose sum is not 0, or −1. */
  take(): number {
    let found = -1;
    for (let i = 0; i < this.#count; i++) {
      const id = this.#ids[i] as number;
      const low = this.#low[id] as number;
      const carry = Math.floor(low / TWO_32);
      const isZero = low === carry * TWO_32 && (this.#high[id] as number) + carry === 0;
      if (!isZero && (found < 0 || id < found)) found = id;
      this.#low[id] = 0;
      this.#high[id] = 0;
      this.#isHeld[id] = 0;
    }
    this.#count = 0;
    return found;
  }
}

/**
 * The keys of slab rows as they were when an entry was written, while the log is read backwards. By
 * row and not by search: a phase that prunes thousands of rows would search quadratically.
 */
class MovedKeys {
  readonly #column: I32Column;
  readonly #keys: Int32Array;
  readonly #passes: Int32Array;
  #pass = 0;

  constructor(column: I32Column) {
    this.#column = column;
    this.#keys = new Int32Array(column.rows);
    this.#passes = new Int32Array(column.rows);
  }

  reset(): void {
    this.#pass = (this.#pass + 1) | 0;
  }

  put(row: number, key: number): void {
    this.#keys[row] = key;
    this.#passes[row] = this.#pass;
  }

  at(row: number): number {
    return this.#passes[row] === this.#pass ? (this.#keys[row] as number) : this.#column.get(row);
  }
}

/**
 * Conservation read from the undo log: since an entry, per asset claims and backing changed by the
 * same (I1), per instrument sizes changed by 0 in sum and entries by what was realized (I2). Always
 * on, for every action and every phase. Spec: ledger 1.
 */
export class Conservation {
  readonly #state: State;
  readonly #signs: Int8Array;
  /** What each column is here, so that most entries cost one look. */
  readonly #kinds: Uint8Array;
  readonly #places: Uint8Array;
  readonly #money: Sums;
  readonly #entries: Sums;
  readonly #sizes: Sums;
  readonly #assetKeys: MovedKeys;
  readonly #instrumentKeys: MovedKeys;

  constructor(state: State) {
    this.#state = state;
    const { columns } = state.log;
    this.#signs = new Int8Array(columns.length);
    this.#kinds = new Uint8Array(columns.length);
    this.#places = new Uint8Array(columns.length);
    this.#money = new Sums(state.limits.assetsMax);
    this.#entries = new Sums(state.limits.instrumentsMax);
    this.#sizes = new Sums(state.limits.instrumentsMax);
    this.#assetKeys = new MovedKeys(state.balances.asset);
    this.#instrumentKeys = new MovedKeys(state.positions.instrument);
    for (const column of columns) this.#classify(column);
    this.#kinds[state.balances.asset.id] = KEY;
    this.#kinds[state.positions.instrument.id] = KEY;
    this.#kinds[state.positions.size.id] = SIZE;
    this.#kinds[state.positions.entry.id] = ENTRY;
    this.#kinds[state.instruments.realizedTotal.id] = REALIZED;
  }

  /** @throws InvariantError naming what does not add up. */
  check(fromEntry: number): void {
    const { log } = this.#state;
    const { columnIds, cells } = log;
    const kinds = this.#kinds;
    const assetColumn = this.#state.balances.asset.id;
    this.#assetKeys.reset();
    this.#instrumentKeys.reset();
    for (let entry = log.count - 1; entry >= fromEntry; entry--) {
      const raw = columnIds[entry] as number;
      const id = raw < 0 ? ~raw : raw;
      const kind = kinds[id] as number;
      if (kind === NOTHING) continue;
      if (kind === KEY) {
        const keys = id === assetColumn ? this.#assetKeys : this.#instrumentKeys;
        keys.put(cells[entry] as number, log.oldDoubles[entry] as number);
      } else if (raw >= 0) {
        if (this.#signs[id] !== 0) this.#addMoney(entry, id);
        if (kind === SIZE) this.#addSize(entry);
        else if (kind === ENTRY) this.#addEntry(entry, 1);
        else if (kind === REALIZED) this.#addEntry(entry, -1);
      }
    }
    const asset = this.#money.take();
    const instrument = this.#entries.take();
    const sized = this.#sizes.take();
    if (asset >= 0) broken('claims and backing of an asset change by the same', { asset });
    if (instrument >= 0) broken('entries change by what is realized', { instrument });
    if (sized >= 0) broken('sizes of an instrument sum to zero', { instrument: sized });
  }

  #classify(column: Column): void {
    const [table] = column.name.split('.') as [TableName];
    const schema: TableSchema = stateSchema[table];
    this.#signs[column.id] = column.moneySign;
    if (column.moneySign === 0) return;
    this.#kinds[column.id] = MONEY;
    this.#places[column.id] =
      schema.asset === 'row' ? BY_ROW : schema.asset === 'column' ? BY_BALANCE : SETTLEMENT;
  }

  #addMoney(entry: number, id: number): void {
    const { log } = this.#state;
    const cell = log.cells[entry] as number;
    const place = this.#places[id];
    let asset = SETTLEMENT_ASSET;
    if (place === BY_ROW) asset = cell;
    else if (place === BY_BALANCE) asset = this.#assetKeys.at(cell);
    else if (place === NO_MONEY) return;
    const sign = this.#signs[id] as number;
    this.#money.add(asset, sign * highChange(log, entry), sign * lowChange(log, entry));
  }

  #addEntry(entry: number, sign: number): void {
    const { log } = this.#state;
    const cell = log.cells[entry] as number;
    const instrument = sign > 0 ? this.#instrumentKeys.at(cell) : cell;
    this.#entries.add(instrument, sign * highChange(log, entry), sign * lowChange(log, entry));
  }

  #addSize(entry: number): void {
    const { log } = this.#state;
    const instrument = this.#instrumentKeys.at(log.cells[entry] as number);
    const change = (log.newDoubles[entry] as number) - (log.oldDoubles[entry] as number);
    this.#sizes.add(instrument, 0, change);
  }
}

type Log = State['log'];

function highChange(log: Log, entry: number): number {
  return (log.newHalves[2 * entry + 1] as number) - (log.oldHalves[2 * entry + 1] as number);
}

function lowChange(log: Log, entry: number): number {
  return (
    ((log.newHalves[2 * entry] as number) >>> 0) - ((log.oldHalves[2 * entry] as number) >>> 0)
  );
}
