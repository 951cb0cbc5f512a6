import { grantRole } from '../accounts/index.ts';
import { createAsset, initParameters } from '../governance/index.ts';
import { assert } from '../math/index.ts';
import {
  type Address,
  assetParameters,
  type globalParameters,
  type Limits,
  PARAMETERS_PER_ROW,
  type ParameterSchema,
  SETTLEMENT_ASSET,
  SOURCES_PER_UNDERLYING,
} from '../schema/index.ts';
import { createState, type State } from '../state/index.ts';
import { type ChainBuffers, createChainBuffers } from './chain.ts';
import { Conservation } from './conservation.ts';
import { type HashPairs, hashPairsPortable } from './roots/hash.ts';
import { Roots } from './roots/roots.ts';

/** The version of the state's meaning; a block says for which it is. */
export const STATE_VERSION = 1;

/** What a machine starts from. */
export interface Genesis {
  readonly timeMs: number;
  readonly authorities: {
    readonly admin: Address;
    readonly guardian: Address;
    readonly custodian: Address;
  };
  readonly settlement: {
    readonly name: string;
    readonly decimals: number;
    /** Asset parameters that differ from those of a settlement asset: no haircut, no lending. */
    readonly parameters?: { readonly [P in keyof typeof assetParameters]?: number };
  };
  /** Global parameters that differ from their initial values. */
  readonly parameters?: { readonly [P in keyof typeof globalParameters]?: number };
  readonly limits?: Partial<Limits>;
}

/** What a host injects: a faster SHA-256, if it has one. */
export interface MachineDependencies {
  readonly hashPairs?: HashPairs;
}

/** A machine: its state and what is derived from it. */
export interface Machine {
  readonly state: State;
  readonly hashPairs: HashPairs;
  readonly roots: Roots;
  readonly conservation: Conservation;
  readonly buffers: ChainBuffers;
}

/** Room for 10,000 accounts and a handful of markets. */
export const defaultLimits: Limits = limitsFor({ accounts: 10_000 });

/** Limits for so many accounts, with 4 positions and 2 balances each on average. */
export function limitsFor(size: {
  readonly accounts: number;
  readonly positionsPerAccount?: number;
  readonly orders?: number;
  readonly instruments?: number;
}): Limits {
  const { accounts, positionsPerAccount = 4, orders = 200_000, instruments = 128 } = size;
  const accountsMax = accounts + 1;
  return {
    accountsMax,
    balanceRowsMax: accountsMax * 2 + 1024,
    positionRowsMax: accountsMax * positionsPerAccount + 4096,
    agentRowsMax: accountsMax + 64,
    ordersMax: orders,
    levelsMax: orders,
    assetsMax: 32,
    underlyingsMax: instruments,
    instrumentsMax: instruments,
    withdrawalsMax: 16_384,
    proposalsMax: 1_024,
    orderSlotsMax: powerOfTwoAbove(orders * 2),
    withdrawalSlotsMax: 32_768,
    sourceRowsMax: instruments * SOURCES_PER_UNDERLYING,
  };
}

/**
 * A machine at height 0. The same genesis gives the same root everywhere.
 *
 * @throws InvariantError when the genesis does not hold together.
 */
export function createMachine(genesis: Genesis, dependencies: MachineDependencies = {}): Machine {
  const state = createState({ ...defaultLimits, ...genesis.limits });
  state.machine.version.set(0, STATE_VERSION);
  state.machine.timeMs.set(0, genesis.timeMs);
  initParameters(state, 'global', 0, genesis.parameters);
  for (const role of ['admin', 'guardian', 'custodian'] as const) {
    grantRole(state, role, genesis.authorities[role]);
  }
  createAsset(state, {
    ...genesis.settlement,
    underlying: 0,
    valueNumerator: 1,
    valueDenominator: 1,
  });
  for (const [name, value] of Object.entries(genesis.settlement.parameters ?? {})) {
    setInitial(state, name as keyof typeof assetParameters, value);
  }
  const machine = machineOf(state, dependencies);
  machine.roots.noteAll();
  state.log.clear();
  return machine;
}

function setInitial(state: State, name: keyof typeof assetParameters, value: number): void {
  const parameter: ParameterSchema | undefined = assetParameters[name];
  assert(parameter !== undefined, 'a parameter of the genesis exists', { name });
  const isInRange = value >= parameter.min && value <= parameter.max;
  assert(Number.isSafeInteger(value) && isInRange, 'a parameter of the genesis is in its range', {
    name,
    value,
  });
  state.assets.parameters.set(SETTLEMENT_ASSET * PARAMETERS_PER_ROW + parameter.id, value);
}

/** A machine around a state that exists. */
export function machineOf(state: State, dependencies: MachineDependencies = {}): Machine {
  const hashPairs = dependencies.hashPairs ?? hashPairsPortable;
  return {
    state,
    hashPairs,
    roots: new Roots(state, hashPairs),
    conservation: new Conservation(state),
    buffers: createChainBuffers(),
  };
}

function powerOfTwoAbove(size: number): number {
  let power = 1;
  while (power < size) power *= 2;
  return power;
}
