import type { Hex } from '../network.ts';
import type { EventJson } from './eventJson.ts';

// What the channels of the stream carry. Prices and sizes are decimal strings in wholes, exactly as
// the node writes them; amounts name their asset; times end with Ms. Spec: stream 4.

/** The price and what lies there, in wholes of the base; "0": the level is gone. */
export type Level = readonly [price: string, size: string];

/** A head of every message of a channel. */
interface Head<C extends string> {
  readonly channel: C;
  readonly key: string;
  /** Height of the message's block: its sequence number. */
  readonly height: number;
  /** Block time, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Replaces what the client has of this topic. */
export interface SnapshotHead<C extends string> extends Head<C> {
  readonly type: 'snapshot';
  /** True when the client asked for more than could be given: something before may be missing. */
  readonly isGap?: boolean;
}

/**
 * Follows what the client has: `previous` is the height of the message before it of this topic, so
 * nothing is missing when previous ≤ the client's height < height. Spec: stream 5.
 */
export interface UpdateHead<C extends string> extends Head<C> {
  readonly type: 'update';
  readonly previous: number;
}

interface BookBody {
  /** Best first in a snapshot. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Of the ten best levels of each side after this message. Spec: stream 6. */
  readonly checksum: number;
}
export type BookUpdate = (SnapshotHead<'book'> | UpdateHead<'book'>) & BookBody;

/** One fill on the book, named by (height, index) for ever. As in the route `trades`. */
export interface TradeJson {
  readonly height: number;
  /** Place among the events of its block. */
  readonly index: number;
  readonly timeMs: number;
  readonly price: string;
  readonly size: string;
  readonly lots: number;
  readonly takerSide: 'buy' | 'sell';
  readonly isLiquidation: boolean;
}
export type TradesUpdate = (SnapshotHead<'trades'> | UpdateHead<'trades'>) & {
  /** Oldest first. A snapshot has the latest that are at hand. */
  readonly trades: readonly TradeJson[];
};

export type IndexStatus = 'none' | 'ok' | 'degraded' | 'stale' | 'halted';

/** Prices of a market; all figures in every message. Null: there was none yet. */
export type PricesUpdate = (SnapshotHead<'prices'> | UpdateHead<'prices'>) & {
  readonly indexPrice: string | null;
  readonly confidence: string | null;
  readonly indexStatus: IndexStatus;
  readonly markPrice: string | null;
  /** The rate in force, a fraction an hour; positive: longs pay shorts. */
  readonly fundingRatePerHour: number;
  /** One side, in wholes of the base. */
  readonly openInterest: string;
  readonly state: 'proposed' | 'open' | 'reduceOnly';
};

/** An amount in wholes of its asset. */
export interface AmountJson {
  readonly asset: string;
  readonly amount: string;
}

/** As in the route `candles`. */
export interface CandleJson {
  readonly openMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Traded, in wholes of the base. */
  readonly size: string;
  readonly lots: number;
  /** Σ price × size. */
  readonly quote: AmountJson;
  readonly trades: number;
}
/** The candle that is open now, whole in every message; a later start closes the one before. */
export type CandlesUpdate = (SnapshotHead<'candles'> | UpdateHead<'candles'>) & {
  readonly intervalMs: number;
  /** The latest; none before the first trade. */
  readonly candles: readonly CandleJson[];
};

/** What an account has of an asset. All amounts 0: the row is gone. */
export interface BalanceJson {
  readonly asset: string;
  readonly amount: AmountJson;
  /** Lent out, at the present share price. */
  readonly supplied: AmountJson;
  /** At the present share price; it grows with interest between messages. */
  readonly owed: AmountJson;
}

export interface PositionJson {
  readonly instrument: number;
  readonly name: string;
  /** Signed, wholes of the base; "0": closed. */
  readonly size: string;
  readonly lots: number;
  /** Signed. */
  readonly entryNotional: AmountJson;
}

export interface OrderJson {
  readonly order: number;
  readonly clientId: number | null;
  readonly instrument: number;
  readonly name: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  /** What is left of it, wholes of the base; "0": it is gone. */
  readonly size: string;
  readonly lots: number;
  readonly isPostOnly: boolean;
  readonly isReduceOnly: boolean;
}

/** An event, named by (height, index) for ever. */
export interface StampedEventJson {
  readonly height: number;
  /** Place among the events of its block. */
  readonly index: number;
  readonly timeMs: number;
  readonly event: EventJson;
}

/**
 * A snapshot has all rows and, where the client said `from`, the events since then; an update has
 * the rows that changed, and what happened.
 */
export type AccountUpdate = (SnapshotHead<'account'> | UpdateHead<'account'>) & {
  readonly balances: readonly BalanceJson[];
  readonly positions: readonly PositionJson[];
  readonly orders: readonly OrderJson[];
  readonly liquidation: 'none' | 'closeOut' | 'losses';
  /** Those that name the account, oldest first. */
  readonly events: readonly StampedEventJson[];
};

interface LiquidationsBody {
  /** How many accounts are in liquidation after this block. */
  readonly count: number;
  /** Steps, oldest first; in a snapshot those since the `from` of the client, if it said one. */
  readonly events: readonly StampedEventJson[];
}
/** Liquidations and the losses after them, of all accounts. */
export type LiquidationsUpdate =
  | (UpdateHead<'liquidations'> & LiquidationsBody)
  | (SnapshotHead<'liquidations'> &
      LiquidationsBody & {
        /** Those accounts, ascending; at most the first 1,000. */
        readonly accounts: readonly number[];
      });

interface ChainHead {
  /** Chained hash of all commands and results up to this block. */
  readonly chainHash: Hex;
}
export type BlocksUpdate =
  | (SnapshotHead<'blocks'> & ChainHead)
  | (UpdateHead<'blocks'> &
      ChainHead & {
        readonly commands: number;
        /** Of them, those of which the envelope and every action were accepted. */
        readonly accepted: number;
        /** Observations of publishers. */
        readonly prices: number;
        readonly events: number;
        /** The state root, in blocks in which one was due. */
        readonly root?: Hex;
      });

/** A message of a channel. */
export type Update =
  | BookUpdate
  | TradesUpdate
  | PricesUpdate
  | CandlesUpdate
  | AccountUpdate
  | LiquidationsUpdate
  | BlocksUpdate;
