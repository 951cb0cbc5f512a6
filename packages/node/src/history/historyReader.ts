import type { EventKind, EventOf } from '@plimsoll/core/schema';

/**
 * What the history index answers. Everything is of the replica's height: blocks that are not on
 * disk yet are read from memory. Spec: replica 3.
 */
export interface HistoryReader {
  /** Everything up to this height is in the answers. */
  readonly height: number;
  /** Events that name the account, of all kinds or of some. */
  accountEvents(account: number, page: AccountPage): HistoryPage<HistoryEvent>;
  /** Trades of an instrument. */
  trades(instrument: number, page: PageRequest): HistoryPage<HistoryEvent<'filled'>>;
  /** Trades of an account, as maker or taker. A trade with itself stands once. */
  fills(account: number, page: PageRequest): HistoryPage<HistoryEvent<'filled'>>;
  /** The funding rates that an instrument had. */
  fundingRates(instrument: number, page: PageRequest): HistoryPage<HistoryEvent<'fundingRateSet'>>;
  /** What an account paid in funding; negative was received. */
  fundingPaid(account: number, page: PageRequest): HistoryPage<HistoryEvent<'fundingPaid'>>;
  /** Steps of liquidations and losses, of all accounts. */
  liquidations(page: PageRequest): HistoryPage<HistoryEvent<LiquidationKind>>;
  /** Listings, parameters, halts, guards. */
  governance(page: PageRequest): HistoryPage<HistoryEvent>;
  /** Every event, in blocks `fromHeight` to `toHeight` (both included). */
  events(range: EventsPage): HistoryPage<HistoryEvent>;
  /** All events of one block, in order; undefined when there is no such block. */
  blockEvents(height: number): readonly HistoryEvent[] | undefined;
  /**
   * Candles whose start lies in `fromMs` (included) to `toMs` (left out), oldest first, at most
   * `limit`. Intervals without a trade have no candle.
   */
  candles(instrument: number, range: CandleRange): readonly Candle[];
  /** Where the command with this digest (32 bytes) stands. */
  receiptOf(digest: Uint8Array): CommandPlace | undefined;
}

export interface PageRequest {
  /** Default: newest first. */
  readonly order?: 'newestFirst' | 'oldestFirst' | undefined;
  /** `next` of the page before; the same order and filter. */
  readonly cursor?: string | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Block times, `fromMs` included and `toMs` left out; default: all. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

export interface AccountPage extends PageRequest {
  /** Default: all that can name an account. */
  readonly kinds?: readonly EventKind[] | undefined;
}

export interface EventsPage extends PageRequest {
  readonly kinds?: readonly EventKind[] | undefined;
  readonly fromHeight?: number | undefined;
  readonly toHeight?: number | undefined;
}

/** Rows, and where the next page begins: an opaque string, absent when this was the last. */
export interface HistoryPage<Row> {
  readonly rows: readonly Row[];
  readonly next?: string | undefined;
}

/** One event and where it stands. */
export interface HistoryEvent<K extends EventKind = EventKind> {
  readonly height: number;
  /** Block time, milliseconds since 1970. */
  readonly timeMs: number;
  /** Its place among the events of the block, from 0. */
  readonly index: number;
  /** The command of the block that did it; −1: a phase of the block. */
  readonly command: number;
  readonly event: EventByKind[K];
}

/** By name, so that a row of some kinds is a row of more kinds. */
type EventByKind = { readonly [K in EventKind]: EventOf<K> };

export type LiquidationKind =
  | 'liquidationStarted'
  | 'liquidationWaited'
  | 'liquidationEnded'
  | 'closedOut'
  | 'collateralSold'
  | 'deficitOpened'
  | 'poolDrawn'
  | 'deleveraged'
  | 'lossSocialized'
  | 'badDebtRecorded'
  | 'badDebtRepaid'
  | 'assetBought'
  | 'suppliersPaid';

/** Widths of candles, milliseconds. */
export const CANDLE_INTERVALS_MS = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
} as const;
export type CandleInterval = keyof typeof CANDLE_INTERVALS_MS;

export interface CandleRange {
  readonly interval: CandleInterval;
  /** Absent: the latest before `toMs`. */
  readonly fromMs?: number | undefined;
  readonly toMs: number;
  readonly limit: number;
}

/** Trades of one interval. Prices in price units. */
export interface Candle {
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Lots. */
  readonly volume: number;
  /** Settlement units: Σ price × size × multiplier. */
  readonly quote: bigint;
  readonly trades: number;
}

/** Where a command stands: its block, and its place among the commands of that block. */
export interface CommandPlace {
  readonly height: number;
  readonly index: number;
}
