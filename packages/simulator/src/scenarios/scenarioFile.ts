import type { CorrelationSpec, PriceFault, PriceSpec } from '../markets/index.ts';
import type { MetricName } from '../metrics.ts';

/**
 * A scenario as its author writes it: names instead of ids, amounts, sizes and prices as decimal
 * texts in human units, rates in parts per million, times in ms since the start of the scenario.
 * What is left out has a default (docs/spec/scenario.md). `schema.ts` is checked against this.
 */
export interface ScenarioFile {
  readonly $schema?: string;
  readonly name: string;
  readonly description?: string;
  /** Everything random comes from it. */
  readonly seed?: number;
  /** The instant of time 0, UTC. */
  readonly start?: string;
  readonly blocks?: BlocksSpec;
  /** The asset that positions are settled in and prices are quoted in. */
  readonly settlement?: string;
  readonly assets: readonly AssetSpec[];
  readonly underlyings: readonly UnderlyingSpec[];
  readonly instruments: readonly InstrumentSpec[];
  /** Parameters of the whole machine, by their name. */
  readonly parameters?: Parameters;
  readonly publishers?: readonly PublisherSpec[];
  readonly accounts?: readonly AccountSpec[];
  readonly populations?: readonly PopulationSpec[];
  readonly orders?: readonly OrderSpec[];
  readonly depth?: readonly DepthSpec[];
  readonly pools?: PoolsSpec;
  readonly prices: readonly PriceSpec[];
  readonly correlations?: readonly CorrelationSpec[];
  readonly actions?: readonly ActionSpec[];
  readonly faults?: readonly FaultSpec[];
  readonly agents?: readonly AgentSpec[];
  readonly assertions?: readonly AssertionSpec[];
}

export interface BlocksSpec {
  readonly intervalMs?: number;
  readonly durationMs?: number;
}

/** Values of parameters: integers in the machine's units, or texts where it takes names. */
export type Parameters = Readonly<Record<string, number | string>>;

export interface AssetSpec {
  readonly name: string;
  readonly decimals: number;
  /** What its price is; the settlement asset has none. */
  readonly underlying?: string;
  readonly parameters?: Parameters;
}

export interface UnderlyingSpec {
  readonly name: string;
  /** The step of its prices, as a decimal. */
  readonly priceUnit: string;
  readonly parameters?: Parameters;
}

export interface InstrumentSpec {
  readonly name: string;
  readonly underlying: string;
  /** The step of its sizes, in units of the underlying, as a decimal. */
  readonly lotSize: string;
  readonly tiers?: readonly TierSpec[];
  readonly parameters?: Parameters;
}

/** Margin rates from a notional on; the first tier starts at 0. */
export interface TierSpec {
  readonly from: string;
  readonly initialPpm: number;
  readonly maintenancePpm: number;
}

export interface PublisherSpec {
  readonly name: string;
  readonly weight?: number;
}

export interface AccountSpec {
  readonly name: string;
  /** Whose key controls it; accounts with the same owner share one. Default: one of its own. */
  readonly owner?: string;
  /** Deposits, by asset. */
  readonly balances?: Readonly<Record<string, string>>;
  readonly positions?: readonly PositionSpec[];
}

/** A position that the account has at the start; size is signed, long is positive. */
export interface PositionSpec {
  readonly instrument: string;
  readonly size: string;
  /** What it was bought or sold at; default: the starting price. */
  readonly price?: string;
}

/** Many accounts that are alike but in leverage, size and side. */
export interface PopulationSpec {
  readonly name: string;
  readonly count: number;
  readonly traits: TraitsSpec;
  /** Leverage times this, before the cap: a file of calm accounts can be made bolder. */
  readonly leverageScale?: number;
  /** Leverage above this becomes this: no venue grants more. */
  readonly leverageCap?: number;
  /**
   * Shares of the equity by asset; they are scaled to sum 1. Default: all in the settlement asset.
   */
  readonly balances?: Readonly<Record<string, number>>;
  readonly positions: PopulationPositionsSpec;
}

/** Leverage (gross notional ÷ equity) and equity (in the settlement asset) of a population. */
export type TraitsSpec =
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly leverageColumn?: string;
      readonly equityColumn?: string;
      readonly leverageMin?: number;
      readonly leverageMax?: number;
      readonly equityMin?: number;
      readonly equityMax?: number;
    }
  | { readonly kind: 'fixed'; readonly leverage: number; readonly equity: number }
  | {
      readonly kind: 'uniform';
      readonly leverageFrom: number;
      readonly leverageTo: number;
      readonly equityFrom: number;
      readonly equityTo: number;
    }
  | {
      readonly kind: 'choices';
      readonly choices: readonly {
        readonly share: number;
        readonly leverage: number;
        readonly equity: number;
      }[];
    };

export interface PopulationPositionsSpec {
  /** How likely an instrument is held, by name. */
  readonly instruments: Readonly<Record<string, number>>;
  /** How many instruments one account holds, at most. */
  readonly perAccountMax?: number;
  /** The share of accounts (or of positions, if `isMixed`) that is long. */
  readonly longShare?: number;
  /** Each position has a side of its own: hedged accounts occur. */
  readonly isMixed?: boolean;
}

export type Side = 'buy' | 'sell';

export interface OrderSpec {
  readonly account: string;
  readonly instrument: string;
  readonly side: Side;
  readonly size: string;
  readonly price: string;
}

/** A book around the starting price; with `requoteEveryMs` it follows the index price. */
export interface DepthSpec {
  readonly instrument: string;
  readonly profile: DepthProfile;
  /** Whose orders these are; default: an account that can bear all of them. */
  readonly account?: string;
  readonly requoteEveryMs?: number;
  /** When the orders stand; outside they are withdrawn. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export type DepthProfile =
  | 'deep'
  | 'thin'
  | 'empty'
  | {
      readonly levels: number;
      /** The distance of the best price from the middle, and of each level from the one before. */
      readonly halfSpreadBp: number;
      readonly spacingBp: number;
      /** Of the first level, as a decimal in the settlement asset. */
      readonly notional: string;
      /** Each level is this many times the one before. */
      readonly growth?: number;
    };

export interface PoolsSpec {
  /** The fund that all markets share, in the settlement asset. */
  readonly shared?: string;
  readonly instruments?: Readonly<Record<string, string>>;
}

/** A command at a time, and what must become of it. */
export interface ActionSpec {
  readonly timeMs: number;
  readonly account: string;
  /** Decimal texts under price, size and amount are converted; numbers are sent as they are. */
  readonly command: CommandSpec;
  readonly expect?: 'accepted' | { readonly refused: number };
}

export interface CommandSpec {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** The instrument is halted by the operator for a while. */
export interface HaltFault {
  readonly kind: 'halt';
  readonly instrument: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export type FaultSpec = PriceFault | HaltFault;

export interface AgentSpec {
  readonly kind: string;
  readonly count?: number;
  readonly parameters?: Parameters;
}

/** A claim on the outcome. Money and prices are decimals, counts are integers. */
export interface AssertionSpec {
  readonly metric: MetricName;
  /** Which instrument, pool or rejection number, for metrics that have several. */
  readonly of?: string;
  readonly op: AssertionOp;
  readonly value: number | string;
}

export type AssertionOp = '=' | '!=' | '<' | '<=' | '>' | '>=';
