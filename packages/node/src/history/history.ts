import { assert, broken } from '@plimsoll/core/math';
import type { EventKind, EventOf } from '@plimsoll/core/schema';
import { countOfRow, eventInRow, kindIdInRow, timeOfRow } from './blockRow.ts';
import { Candles } from './candles.ts';
import { decodeCursor, type EventPlace, encodeCursor } from './cursor.ts';
import type {
  AccountPage,
  Candle,
  CandleRange,
  CommandPlace,
  EventsPage,
  HistoryEvent,
  HistoryPage,
  HistoryReader,
  LiquidationKind,
  PageRequest,
} from './historyReader.ts';
import {
  clearTables,
  HISTORY_FORMAT,
  type HistoryMark,
  type HistoryTables,
  heightKey,
  openHistoryTables,
  readMark,
} from './historyTables.ts';
import { digestKey, type HistoryBlock, PendingBatch } from './pendingBatch.ts';
import {
  FIRST_PLACE,
  isBefore,
  type KindPlace,
  LAST_PLACE,
  type PageOrder,
  type PlaceRange,
  placesOf,
} from './places.ts';
import { accountTopicOf, kindIdOf, TOPIC, type Topic, topicKey } from './topics.ts';

/** Places looked at for one page: a filter that nothing passes ends with a cursor, not a stall. */
const SCAN_MAX = 20_000;
const LIMIT_MAX = 1_000;
const ROWS_CACHED = 64;
const FLUSH_AFTER_MS = 100;
const FLUSH_AFTER_BLOCKS = 1_000;
const ACCOUNT_TOPICS: readonly Topic[] = [
  TOPIC.accountOrders,
  TOPIC.accountFills,
  TOPIC.accountFunding,
  TOPIC.accountRest,
];

export interface HistoryOptions {
  /** Folder of its own. */
  readonly directory: string;
  /** A history of another network is thrown away. */
  readonly genesisHash: string;
  /** Settlement units per lot and price unit of an instrument. */
  readonly multiplierOf: (instrument: number) => number;
  /** What is appended is on disk about so much later. */
  readonly flushAfterMs?: number;
  /** …or after so many blocks. */
  readonly flushAfterBlocks?: number;
}

/**
 * Writes and reads the history index. Blocks are appended to memory and written in batches; a batch
 * and the mark of how far it goes are one transaction, so that a killed process goes on where its
 * mark stands. Reads see everything appended. Spec: replica 3.
 */
export class History implements HistoryReader {
  readonly #options: HistoryOptions;
  readonly #tables: HistoryTables;
  readonly #candles: Candles;
  readonly #rows: Map<number, Buffer> = new Map();
  #mark: HistoryMark;
  #filling: PendingBatch;
  #writing: PendingBatch | undefined;
  #written: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#tables = openHistoryTables(options.directory);
    this.#candles = new Candles(this.#tables.candles);
    const mark = readMark(this.#tables);
    const isOurs = mark?.genesisHash === options.genesisHash;
    if (!isOurs) clearTables(this.#tables);
    this.#mark = isOurs ? mark : emptyMark(options.genesisHash);
    this.#filling = new PendingBatch(this.#mark.height + 1);
  }

  /** What was wrong with the one that was there: this one began anew. */
  get damage(): string | undefined {
    return this.#tables.damage;
  }

  /** How far it is on disk. */
  get mark(): HistoryMark {
    return this.#mark;
  }

  get height(): number {
    return this.#filling.first + this.#filling.rows.length - 1;
  }

  /** Blocks that are not on disk yet. */
  get lag(): number {
    return this.height - this.#mark.height;
  }

  /** Forgets everything: the next block is 1. */
  async reset(): Promise<void> {
    await this.flush();
    clearTables(this.#tables);
    this.#candles.reset();
    this.#rows.clear();
    this.#mark = emptyMark(this.#options.genesisHash);
    this.#filling = new PendingBatch(1);
  }

  /** The next block. Never waits; throws what a batch before could not be written for. */
  append(block: HistoryBlock): void {
    if (this.#failure !== undefined) throw this.#failure;
    assert(block.height === this.height + 1, 'blocks of the history follow each other', {
      height: block.height,
      last: this.height,
    });
    this.#filling.append(block);
    for (const event of block.events) if (event.kind === 'filled') this.#addFill(event, block);
    const { flushAfterMs = FLUSH_AFTER_MS, flushAfterBlocks = FLUSH_AFTER_BLOCKS } = this.#options;
    if (this.#filling.rows.length >= flushAfterBlocks) this.#startBatch();
    else this.#timer ??= setTimeout(() => this.#startBatch(), flushAfterMs).unref();
  }

  #addFill(fill: EventOf<'filled'>, block: HistoryBlock): void {
    this.#candles.add(fill, block.timeMs, this.#options.multiplierOf(fill.instrument));
  }

  /** Resolves when everything appended so far is on disk. */
  async flush(): Promise<void> {
    while (this.lag > 0 && this.#failure === undefined) {
      this.#startBatch();
      await this.#written;
    }
    if (this.#failure !== undefined) throw this.#failure;
    await this.#tables.root.flushed;
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#timer);
      await this.#tables.root.close();
    }
  }

  #startBatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing !== undefined || this.#filling.rows.length === 0) return;
    const batch = this.#filling;
    this.#writing = batch;
    this.#filling = new PendingBatch(this.height + 1);
    this.#written = this.#write(batch);
  }

  async #write(batch: PendingBatch): Promise<void> {
    const { genesisHash } = this.#options;
    let mark = this.#mark;
    try {
      await this.#tables.root.batch(() => {
        mark = batch.write(this.#tables, { format: HISTORY_FORMAT, genesisHash });
        this.#candles.write(this.#tables);
      });
    } catch (error) {
      this.#failure = error as Error;
      return;
    }
    this.#tables.root.resetReadTxn();
    this.#mark = mark;
    this.#writing = undefined;
    this.#candles.written();
    if (this.#filling.rows.length > 0 && this.#timer === undefined) this.#startBatch();
  }

  accountEvents(account: number, page: AccountPage): HistoryPage<HistoryEvent> {
    const kinds = page.kinds;
    const topics = ACCOUNT_TOPICS.filter(
      (topic) => kinds === undefined || kinds.some((kind) => accountTopicOf(kind) === topic),
    );
    return this.#page(
      topics.map((topic) => topicKey(topic, account)),
      page,
      kinds,
    );
  }

  trades(instrument: number, page: PageRequest): HistoryPage<HistoryEvent<'filled'>> {
    return this.#page<'filled'>([topicKey(TOPIC.trades, instrument)], page);
  }

  fills(account: number, page: PageRequest): HistoryPage<HistoryEvent<'filled'>> {
    return this.#page<'filled'>([topicKey(TOPIC.accountFills, account)], page);
  }

  fundingRates(instrument: number, page: PageRequest): HistoryPage<HistoryEvent<'fundingRateSet'>> {
    return this.#page<'fundingRateSet'>([topicKey(TOPIC.fundingRates, instrument)], page);
  }

  fundingPaid(account: number, page: PageRequest): HistoryPage<HistoryEvent<'fundingPaid'>> {
    return this.#page<'fundingPaid'>([topicKey(TOPIC.accountFunding, account)], page);
  }

  liquidations(page: PageRequest): HistoryPage<HistoryEvent<LiquidationKind>> {
    return this.#page<LiquidationKind>([topicKey(TOPIC.liquidations, 0)], page);
  }

  governance(page: PageRequest): HistoryPage<HistoryEvent> {
    return this.#page([topicKey(TOPIC.governance, 0)], page);
  }

  events(page: EventsPage): HistoryPage<HistoryEvent> {
    const order = page.order ?? 'newestFirst';
    const range = this.#rangeOf(page, order);
    const heights = {
      first: Math.max(page.fromHeight ?? 1, range.from.height, 1),
      last: Math.min(page.toHeight ?? this.height, range.to.height, this.height),
    };
    return this.#collect(this.#allPlaces(heights, order), { page, order, range }, page.kinds);
  }

  *#allPlaces(
    heights: { readonly first: number; readonly last: number },
    order: PageOrder,
  ): Generator<KindPlace> {
    const count = heights.last - heights.first + 1;
    for (let i = 0; i < count; i++) {
      const height = order === 'oldestFirst' ? heights.first + i : heights.last - i;
      const row = this.#row(height);
      const events = countOfRow(row);
      // A block without events is a place too: looking at it is work.
      if (events === 0) yield { height, index: 0, kindId: 0 };
      for (let k = 0; k < events; k++) {
        const index = order === 'oldestFirst' ? k : events - 1 - k;
        yield { height, index, kindId: kindIdInRow(row, index) };
      }
    }
  }

  blockEvents(height: number): readonly HistoryEvent[] | undefined {
    if (!(height >= 1 && height <= this.height)) return undefined;
    const row = this.#row(height);
    return Array.from({ length: countOfRow(row) }, (_, index) => eventInRow(row, height, index));
  }

  candles(instrument: number, range: CandleRange): readonly Candle[] {
    return this.#candles.read(instrument, range);
  }

  receiptOf(digest: Uint8Array): CommandPlace | undefined {
    for (const batch of this.#batches()) {
      const place = batch.find(digest);
      if (place !== undefined) return place;
    }
    const value = this.#tables.digests.get(digestKey(digest));
    if (value === undefined) return undefined;
    const height = value.readUInt32LE(0);
    return height <= this.#mark.height ? { height, index: value.readUInt32LE(4) } : undefined;
  }

  #batches(): PendingBatch[] {
    return this.#writing === undefined ? [this.#filling] : [this.#writing, this.#filling];
  }

  #page<K extends EventKind = EventKind>(
    keys: readonly number[],
    page: PageRequest,
    kinds?: readonly EventKind[],
  ): HistoryPage<HistoryEvent<K>> {
    const order = page.order ?? 'newestFirst';
    const range = this.#rangeOf(page, order);
    const storedHeight = this.#mark.height;
    const sources = { tables: this.#tables, storedHeight, batches: this.#batches() };
    const places = placesOf(sources, keys, { order, range });
    return this.#collect<K>(places, { page, order, range }, kinds);
  }

  #collect<K extends EventKind>(
    places: Generator<KindPlace>,
    what: { readonly page: PageRequest; readonly order: PageOrder; readonly range: PlaceRange },
    kinds: readonly EventKind[] | undefined,
  ): HistoryPage<HistoryEvent<K>> {
    const { page, order, range } = what;
    const limit = Math.max(1, Math.min(LIMIT_MAX, page.limit));
    const wanted = kinds === undefined ? undefined : new Set(kinds.map(kindIdOf));
    const rows: HistoryEvent<K>[] = [];
    let scanned = 0;
    let last: KindPlace | undefined;
    for (const place of places) {
      if (isBefore(place, range.from) || isBefore(range.to, place)) continue;
      if (last !== undefined && (rows.length === limit || scanned === SCAN_MAX)) {
        return { rows, next: encodeCursor(last, order) };
      }
      scanned += 1;
      last = place;
      if (place.kindId === 0 || wanted?.has(place.kindId) === false) continue;
      rows.push(eventInRow<K>(this.#row(place.height), place.height, place.index));
    }
    return { rows };
  }

  /** The places that times and cursor leave. */
  #rangeOf(page: PageRequest, order: PageOrder): PlaceRange {
    let from = FIRST_PLACE;
    let to = LAST_PLACE;
    if (page.fromMs !== undefined) from = { height: this.#heightAt(page.fromMs), index: 0 };
    if (page.toMs !== undefined) to = lastBefore({ height: this.#heightAt(page.toMs), index: 0 });
    if (page.cursor === undefined) return { from, to };
    const at = decodeCursor(page.cursor, order);
    if (order === 'newestFirst') {
      const before = lastBefore(at);
      return { from, to: isBefore(before, to) ? before : to };
    }
    const after = { height: at.height, index: at.index + 1 };
    return { from: isBefore(from, after) ? after : from, to };
  }

  /** The first height whose block time is at or after `timeMs`; the next one when there is none. */
  #heightAt(timeMs: number): number {
    let low = 1;
    let high = this.height + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (timeOfRow(this.#row(middle)) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #row(height: number): Buffer {
    const pending = this.#filling.row(height) ?? this.#writing?.row(height);
    if (pending !== undefined) return pending;
    const cached = this.#rows.get(height);
    if (cached !== undefined) return cached;
    const row = this.#tables.blocks.get(heightKey(height));
    if (row === undefined) broken('the history holds every block up to its mark', { height });
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size < ROWS_CACHED) break;
      this.#rows.delete(oldest);
    }
    this.#rows.set(height, row);
    return row;
  }
}

function emptyMark(genesisHash: string): HistoryMark {
  return { format: HISTORY_FORMAT, genesisHash, height: 0, timeMs: 0, chainHash: '' };
}

function lastBefore(place: EventPlace): EventPlace {
  if (place.index > 0) return { height: place.height, index: place.index - 1 };
  return { height: place.height - 1, index: LAST_PLACE.index };
}
