import type { CorrelationSpec, PriceFault, PriceSpec } from '../markets/index.ts';
import type { AgentKind } from './checkAgents.ts';
import type {
  AssertionSpec,
  CommandSpec,
  HaltFault,
  Parameters,
  Side,
  TraitsSpec,
} from './scenarioFile.ts';

/**
 * A scenario that can be run: defaults filled in, every reference checked, every figure an integer
 * of the machine (amounts in asset units, prices in price units, sizes in lots). Names stay names;
 * the runner gives them ids. Times are ms since the start, but for `startTimeMs`.
 */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  readonly startTimeMs: number;
  readonly intervalMs: number;
  readonly blockCount: number;
  readonly settlement: ScenarioAsset;
  readonly assets: readonly ScenarioAsset[];
  readonly underlyings: readonly ScenarioUnderlying[];
  readonly instruments: readonly ScenarioInstrument[];
  readonly parameters: Parameters;
  readonly publishers: readonly ScenarioPublisher[];
  readonly accounts: readonly ScenarioAccount[];
  readonly populations: readonly ScenarioPopulation[];
  readonly orders: readonly ScenarioOrder[];
  readonly depth: readonly ScenarioDepth[];
  readonly pools: ScenarioPools;
  readonly prices: readonly PriceSpec[];
  readonly correlations: readonly CorrelationSpec[];
  /** By time, then as listed. */
  readonly actions: readonly ScenarioAction[];
  readonly priceFaults: readonly PriceFault[];
  readonly halts: readonly HaltFault[];
  readonly agents: readonly ScenarioAgent[];
  readonly assertions: readonly AssertionSpec[];
}

export interface ScenarioAsset {
  readonly name: string;
  readonly decimals: number;
  /** Null for the settlement asset. */
  readonly underlying: string | null;
  readonly parameters: Parameters;
}

export interface ScenarioUnderlying {
  readonly name: string;
  readonly priceUnit: string;
  readonly parameters: Parameters;
}

export interface ScenarioInstrument {
  readonly name: string;
  readonly underlying: string;
  readonly priceUnit: string;
  readonly lotSize: string;
  /** v: settlement units of one lot per price unit. */
  readonly settlementUnitsPerLot: bigint;
  readonly tiers: readonly ScenarioTier[];
  readonly parameters: Parameters;
}

export interface ScenarioTier {
  /** Notional in settlement units. */
  readonly from: bigint;
  readonly initialPpm: number;
  readonly maintenancePpm: number;
}

export interface ScenarioPublisher {
  readonly name: string;
  readonly weight: number;
}

export interface ScenarioAccount {
  readonly name: string;
  readonly owner: string;
  readonly balances: readonly ScenarioBalance[];
  readonly positions: readonly ScenarioPosition[];
}

export interface ScenarioBalance {
  readonly asset: string;
  readonly amount: bigint;
}

export interface ScenarioPosition {
  readonly instrument: string;
  /** Signed; long is positive. */
  readonly lots: number;
  /** Null for the starting price. */
  readonly price: number | null;
}

export interface ScenarioPopulation {
  readonly name: string;
  readonly count: number;
  readonly traits: TraitsSpec;
  readonly leverageScale: number;
  readonly leverageCap: number;
  /** Shares that sum to 1, by asset. */
  readonly balances: readonly { readonly asset: string; readonly share: number }[];
  readonly instruments: readonly { readonly instrument: string; readonly weight: number }[];
  readonly perAccountMax: number;
  readonly longShare: number;
  readonly isMixed: boolean;
}

export interface ScenarioOrder {
  readonly account: string;
  readonly instrument: string;
  readonly side: Side;
  readonly lots: number;
  readonly price: number;
}

export interface ScenarioDepth {
  readonly instrument: string;
  /** Null: an account of its own that can bear all of the orders. */
  readonly account: string | null;
  /** Null: no orders at all. */
  readonly ladder: DepthLadder | null;
  /** Null: the orders stay where they were first put. */
  readonly requoteEveryMs: number | null;
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface DepthLadder {
  readonly levels: number;
  readonly halfSpreadBp: number;
  readonly spacingBp: number;
  /** Notional of the first level in settlement units. */
  readonly notional: bigint;
  readonly growth: number;
}

export interface ScenarioPools {
  readonly shared: bigint;
  readonly instruments: readonly { readonly instrument: string; readonly amount: bigint }[];
}

export interface ScenarioAction {
  /** Where it stands in the file, for messages. */
  readonly index: number;
  readonly timeMs: number;
  readonly account: string;
  readonly command: CommandSpec;
  /** 0 is accepted. */
  readonly expectedCode: number;
}

export interface ScenarioAgent {
  readonly kind: AgentKind;
  /** How many accounts it has. */
  readonly count: number;
  readonly parameters: Readonly<Record<string, number>>;
  /** What each account is opened with, in asset units. */
  readonly balances: Readonly<Record<string, bigint>>;
}

/** Signs governance commands in `actions`; no account has this name. */
export const OPERATOR = 'operator';
