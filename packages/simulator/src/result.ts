/** How an account was brought back, in the order in which the stages are tried. */
export type Stage = 'cancel' | 'closeOut' | 'fundTrade' | 'adl' | 'socialize';

export const STAGES: readonly Stage[] = ['cancel', 'closeOut', 'fundTrade', 'adl', 'socialize'];

/** Who bore a shortfall, in the lawful order. */
export type Payer =
  | 'marketPool'
  | 'sharedFund'
  | 'adl'
  | 'gains'
  | 'principal'
  | 'suppliers'
  | 'badDebt';

export const PAYERS: readonly Payer[] = [
  'marketPool',
  'sharedFund',
  'adl',
  'gains',
  'principal',
  'suppliers',
  'badDebt',
];

/**
 * What came of a scenario: plain data, from which every report is made. Money is in integer units
 * of the settlement asset; series, which are for plots, are doubles in human units.
 */
export interface ScenarioResult {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly status: 'completed' | 'skipped';
  /** What was left out, and why; not empty when `status` is `skipped`. */
  readonly skipped: readonly string[];
  /** What was set up otherwise than asked for, in sentences. */
  readonly notes: readonly string[];
  readonly startTimeMs: number;
  readonly intervalMs: number;
  readonly blockCount: number;
  readonly accountCount: number;
  readonly settlement: { readonly asset: string; readonly decimals: number };
  readonly series: ResultSeries;
  readonly commands: CommandTotals;
  readonly liquidation: LiquidationTotals;
  readonly losses: LossTotals;
  readonly blockTimes: BlockTimes;
  readonly roots: ResultRoots;
  readonly checks: CheckTotals;
  readonly actions: readonly ActionOutcome[];
  readonly assertions: readonly AssertionOutcome[];
}

export interface CommandTotals {
  readonly accepted: number;
  /** By rejection number. */
  readonly refused: Readonly<Record<string, number>>;
  readonly fills: number;
}

export interface StageTotal {
  /** Accounts that went through the stage at least once. */
  readonly accountCount: number;
  readonly stepCount: number;
  readonly notional: bigint;
}

export interface LiquidationTotals {
  /** Accounts that were under liquidation at least once. */
  readonly accountCount: number;
  /** Accounts that are under it, or short, at the end. */
  readonly unresolvedCount: number;
  readonly stages: Readonly<Record<Stage, StageTotal>>;
  readonly penalties: bigint;
  /** Close-out price against mark, weighted by notional, and the worst fill. */
  readonly slippageMeanBp: number;
  readonly slippageMaxBp: number;
}

export interface LossTotals {
  readonly shortfall: bigint;
  readonly paid: Readonly<Record<Payer, bigint>>;
  /** Accounts whose positions were closed against a bankrupt one. */
  readonly adlCounterpartyCount: number;
}

export interface BlockTimes {
  readonly totalMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Roots as hexadecimal text. */
export interface ResultRoots {
  readonly genesis: string;
  readonly final: string;
  /** The chained hash over all blocks. */
  readonly chain: string;
  /** Whether a second run with the same seed gave the same roots; null when none was made. */
  readonly isRepeated: boolean | null;
}

export interface CheckTotals {
  /** How many checks ran, over all blocks. */
  readonly count: number;
  readonly violations: readonly Violation[];
}

export interface Violation {
  readonly height: number;
  readonly checker: string;
  readonly message: string;
}

export interface ActionOutcome {
  readonly timeMs: number;
  readonly account: string;
  readonly kind: string;
  /** 0 is accepted; null when the command was never sent. */
  readonly expected: number;
  readonly actual: number | null;
  readonly holds: boolean;
}

export interface AssertionOutcome {
  /** "accountsLiquidated >= 1". */
  readonly claim: string;
  readonly actual: string;
  readonly holds: boolean;
}

/** Columns over samples of the run; every array is as long as `timeMs`. */
export interface ResultSeries {
  /** Since the start. */
  readonly timeMs: readonly number[];
  readonly prices: readonly PriceSeries[];
  readonly health: HealthSeries;
  /** Notional in the settlement asset since the sample before. */
  readonly liquidated: Readonly<Record<Stage, readonly number[]>>;
  readonly pools: readonly PoolSeries[];
  /** The longest block since the sample before. */
  readonly blockMs: readonly number[];
}

export interface PriceSeries {
  readonly instrument: string;
  /** Null where there is none. */
  readonly index: readonly (number | null)[];
  readonly mark: readonly (number | null)[];
}

/**
 * How many accounts with positions have a margin balance of how many times their maintenance
 * margin: `counts[sample][band]`, band k from edges[k−1] up to edges[k]; one band more than edges.
 */
export interface HealthSeries {
  readonly edges: readonly number[];
  readonly counts: readonly (readonly number[])[];
}

export interface PoolSeries {
  readonly name: string;
  readonly balance: readonly number[];
}
