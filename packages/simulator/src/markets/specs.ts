/** Prices given one by one. `between`: hold the last one (`step`), or go straight to the next. */
export interface PointsPath {
  readonly kind: 'points';
  readonly points: readonly PricePoint[];
  readonly between?: 'step' | 'line';
}

/** A price, as a decimal, from a time of the scenario (ms since its start) on. */
export interface PricePoint {
  readonly timeMs: number;
  readonly price: string;
}

/** Which column of a file holds what; a column that is not needed is left out. */
export interface FileColumns {
  readonly time: string;
  /** One price a row; otherwise all of open, high, low and close. */
  readonly price?: string;
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  readonly close?: string;
}

/**
 * Prices from a CSV file. A bar is walked through its extremes, the one nearer to its open first.
 */
export interface FilePath {
  readonly kind: 'file';
  /** In the data folder; with `./` beside the scenario. May end in `.gz`. */
  readonly file: string;
  readonly columns?: FileColumns;
  readonly timeUnit?: 'ms' | 's';
  /** Every price times this, as a decimal: "0.001" for a contract of a thousand. */
  readonly scale?: string;
  /** Time window of the file that is played, UTC. The scenario starts at `from`. */
  readonly from?: string;
  readonly to?: string;
  /** 10 plays ten minutes of the file in one. */
  readonly speed?: number;
  readonly between?: 'step' | 'line';
}

/** A geometric random walk. Volatility and drift are fractions per day. */
export interface CalmPath {
  readonly kind: 'calm';
  readonly start: string;
  readonly volatilityPerDay?: number;
  readonly driftPerDay?: number;
}

/** A walk with jumps that arrive at random and have a normal size. */
export interface JumpPath {
  readonly kind: 'jump';
  readonly start: string;
  readonly volatilityPerDay?: number;
  readonly driftPerDay?: number;
  readonly jumpsPerDay?: number;
  readonly jumpMean?: number;
  readonly jumpDeviation?: number;
}

/**
 * A walk under a fall: from `atMs` within `overMs` by the fraction `fall`, then back by `recover`
 * of it.
 */
export interface CrashPath {
  readonly kind: 'crash';
  readonly start: string;
  readonly volatilityPerDay?: number;
  readonly driftPerDay?: number;
  readonly atMs: number;
  readonly overMs: number;
  readonly fall: number;
  readonly recover?: number;
  readonly recoverOverMs?: number;
}

export type SeededPath = CalmPath | JumpPath | CrashPath;
export type PathSpec = PointsPath | FilePath | SeededPath;

/** What one underlying costs: at all sources, or at the named ones in place of the common path. */
export interface PriceSpec {
  readonly underlying: string;
  readonly sources?: readonly string[];
  readonly path: PathSpec;
  /** How often a source publishes; default: every block. */
  readonly everyMs?: number;
  /** Standard deviation of a source's own error, in basis points of the price. */
  readonly noiseBp?: number;
  /** The confidence that a source states, in basis points of the price. */
  readonly confidenceBp?: number;
}

/** Correlation of the walks of two underlyings; pairs not named have 0. */
export interface CorrelationSpec {
  readonly between: readonly [string, string];
  readonly value: number;
}

interface PriceFaultWindow {
  /** The sources at fault; all when left out. */
  readonly sources?: readonly string[];
  /** The underlying at fault; all when left out. */
  readonly underlying?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The source multiplies its price. */
export interface LieFault extends PriceFaultWindow {
  readonly kind: 'lie';
  readonly multiplier: number;
}

/** The source publishes nothing. */
export interface SilentFault extends PriceFaultWindow {
  readonly kind: 'silent';
}

/** The source goes on publishing the last price that it had, with that price's time. */
export interface StaleFault extends PriceFaultWindow {
  readonly kind: 'stale';
}

export type PriceFault = LieFault | SilentFault | StaleFault;

/** One source's price at one time, in integer price units of the underlying. */
export interface Observation {
  /** When the price held, ms since the epoch. Behind `publishedMs` only under a `stale` fault. */
  readonly timeMs: number;
  /** When it reaches the machine: the order of the market. */
  readonly publishedMs: number;
  readonly underlying: string;
  readonly source: string;
  readonly price: number;
  readonly confidence: number;
}
