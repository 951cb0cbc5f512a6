import type { JsonValue } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';

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

/** One fill on the book, named by (height, index) for ever. */
export interface TradeJson {
  readonly height: number;
  /** Place among the events of its block. */
  readonly index: number;
  readonly timeMs: number;
  readonly price: string;
  readonly size: string;
  /** The side of the taker. */
  readonly side: 'buy' | 'sell';
  readonly isLiquidation: boolean;
}
export type TradesUpdate = (SnapshotHead<'trades'> | UpdateHead<'trades'>) & {
  /** Oldest first. A snapshot has the latest that are at hand. */
  readonly trades: readonly TradeJson[];
};

export type IndexStatus = 'none' | 'ok' | 'degraded' | 'stale' | 'halted';

/** Prices of a market; all figures in every message. "0": there was none yet. */
export type PricesUpdate = (SnapshotHead<'prices'> | UpdateHead<'prices'>) & {
  readonly index: string;
  readonly confidence: string;
  readonly status: IndexStatus;
  readonly mark: string;
  /** Per hour in force, in nano (1e-9); positive: longs pay shorts. */
  readonly fundingRateNanoPerHour: number;
  /** Lots on one side, in wholes of the base. */
  readonly openInterest: string;
  readonly state: 'proposed' | 'open' | 'reduceOnly';
};

export interface CandleJson {
  readonly startMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** In wholes of the base. */
  readonly volume: string;
  /** In wholes of the settlement asset. */
  readonly quote: string;
  readonly trades: number;
}
/** The candle that is open now, whole in every message; a later start closes the one before. */
export type CandlesUpdate = (SnapshotHead<'candles'> | UpdateHead<'candles'>) & {
  readonly intervalMs: number;
  /** The latest; none before the first trade. */
  readonly candles: readonly CandleJson[];
};

/** What an account has of an asset, in wholes. A row of zeros: it is gone. */
export interface BalanceJson {
  readonly asset: string;
  readonly amount: string;
  /** Lent out, at the present share price. */
  readonly supplied: string;
  /** Owed, at the present share price; grows with interest between messages. */
  readonly owed: string;
}

export interface PositionJson {
  readonly instrument: string;
  /** Signed, wholes of the base; "0": closed. */
  readonly size: string;
  /** Signed, wholes of the settlement asset. */
  readonly entryNotional: string;
}

export interface OrderJson {
  readonly order: number;
  /** 0: none. */
  readonly clientId: number;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  /** What is left of it, wholes of the base; "0": it is gone. */
  readonly size: string;
  readonly isReduceOnly: boolean;
  readonly isPostOnly: boolean;
}

/** An event of the machine that names the account, as JSON, with its place in the block. */
export interface AccountEventJson {
  readonly index: number;
  readonly event: JsonValue;
}

/** A snapshot has all rows and no events; an update the rows that changed, and what happened. */
export type AccountUpdate = (SnapshotHead<'account'> | UpdateHead<'account'>) & {
  readonly balances: readonly BalanceJson[];
  readonly positions: readonly PositionJson[];
  readonly orders: readonly OrderJson[];
  readonly liquidation: 'none' | 'closeOut' | 'losses';
  readonly events: readonly AccountEventJson[];
};

/** A step of a liquidation or of the losses after it. */
export interface LiquidationStepJson {
  readonly index: number;
  readonly event: JsonValue;
}
export type LiquidationsUpdate = (SnapshotHead<'liquidations'> | UpdateHead<'liquidations'>) & {
  /** Accounts in liquidation after this block, ascending; at most the first 1,000. */
  readonly accounts: readonly number[];
  /** How many there are. */
  readonly count: number;
  /** Empty in a snapshot. */
  readonly steps: readonly LiquidationStepJson[];
};

export type BlocksUpdate = (SnapshotHead<'blocks'> | UpdateHead<'blocks'>) & {
  readonly commands: number;
  /** Of them, those of which the envelope and every action were accepted. */
  readonly accepted: number;
  readonly observations: number;
  readonly events: number;
  readonly chainHash: Hex;
  /** In blocks in which a root was due. */
  readonly root?: Hex;
};

/** A message of a channel. */
export type Update =
  | BookUpdate
  | TradesUpdate
  | PricesUpdate
  | CandlesUpdate
  | AccountUpdate
  | LiquidationsUpdate
  | BlocksUpdate;
