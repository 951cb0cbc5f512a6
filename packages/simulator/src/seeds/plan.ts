import { limitsFor } from '@plimsoll/core/machine';
import {
  type Action,
  type ActionOf,
  assetParameters,
  globalParameters,
  instrumentParameters,
  type Limits,
  type ParameterSchema,
  SOURCES_PER_UNDERLYING,
  underlyingParameters,
} from '@plimsoll/core/schema';
import type { Seed } from '../seed.ts';
import { ownerKey, publisherKey, World } from './world.ts';

/** A source of an underlying: its slot and weight. */
export interface PlannedSource {
  readonly source: number;
  readonly weight: number;
}

export interface PlannedUnderlying {
  /** In price units. */
  readonly startPrice: number;
  /** Settlement units that a lot is worth per price unit. */
  readonly multiplier: number;
  readonly sources: readonly PlannedSource[];
}

/** A random world that is open for trading, and what its runner has to know of it. */
export interface PlannedWorld {
  readonly world: World;
  readonly underlyings: readonly PlannedUnderlying[];
  /** How many accounts were opened. */
  readonly accounts: number;
}

type Setting = { parameter: number; value: bigint };

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MAKERS = 5;

/** Builds the world of a seed: markets, limits and accounts, all through blocks. */
export function planWorld(seed: Seed): PlannedWorld {
  const random = seed.fork('plan');
  const accounts = random.integer(30, 80);
  const world = new World({
    parameters: genesisParameters(random),
    limits: limitsOf(random, accounts),
  });
  const underlyings = Array.from({ length: random.integer(3, 4) }, () => planUnderlying(random));
  listEverything(world, random, underlyings);
  startPrices(world, underlyings);
  openAccounts(world, random, accounts);
  fundPools(world, random, underlyings.length);
  tightenNotice(world, random);
  return { world, underlyings, accounts };
}

function genesisParameters(random: Seed): {
  readonly [P in keyof typeof globalParameters]?: number;
} {
  return {
    noticeMs: 0,
    listingNoticeMs: 0,
    rootIntervalMs: 10 * MINUTE_MS,
    gainLockMs: random.pick([0, MINUTE_MS, HOUR_MS]),
    quotaPerSecond: random.pick([1, 5, 200]),
    quotaBurst: random.pick([32, 100, 4_000]),
    ordersPerAccountMax: random.pick([4, 12, 64]),
    agentsPerAccountMax: random.pick([1, 2, 8]),
    liquidationBudget: random.pick([5, 40, 20_000]),
    lossBudget: random.pick([10, 100, 200_000]),
    liquidationBlockAccountsMax: random.pick([1, 5, 100_000]),
    deficitBlockMs: random.pick([5_000, MINUTE_MS, HOUR_MS]),
    deficitThresholdPpm: random.pick([0, 1_000, 100_000]),
    fundDailyCap: random.pick([1_000_000_000, 9_000_000_000_000_000]),
    targetBufferPpm: random.pick([0, 100_000, 300_000]),
    withdrawalFloorPpm: random.pick([0, 100_000]),
  };
}

/** Room that is small enough to be filled now and then. */
function limitsOf(random: Seed, accounts: number): Partial<Limits> {
  const isTight = random.chance(0.4);
  const accountsMax = accounts + random.integer(3, 8);
  return {
    ...limitsFor({ accounts: accountsMax, orders: 512, instruments: 10 }),
    accountsMax,
    balanceRowsMax: isTight ? accountsMax * 2 + 40 : accountsMax * 8,
    positionRowsMax: isTight ? accountsMax * 2 + 40 : accountsMax * 8,
    agentRowsMax: isTight ? 24 : accountsMax * 4,
    ordersMax: isTight ? 96 : 512,
    levelsMax: isTight ? 64 : 512,
    assetsMax: 8,
    underlyingsMax: 8,
    instrumentsMax: 9,
    withdrawalsMax: isTight ? 12 : 48,
    proposalsMax: isTight ? 5 : 16,
    orderSlotsMax: 1024,
    withdrawalSlotsMax: 128,
    sourceRowsMax: 8 * SOURCES_PER_UNDERLYING,
  };
}

function planUnderlying(random: Seed): PlannedUnderlying {
  const startPrice = random.integer(2_000, 400_000);
  const lotNotional = random.pick([300_000, 3_000_000, 30_000_000]);
  const count = random.pick([1, 2, 3, 4, 5]);
  const sources = Array.from({ length: count }, (_, source) => ({ source, weight: 1 }));
  return { startPrice, multiplier: Math.max(1, Math.round(lotNotional / startPrice)), sources };
}

function set(parameter: ParameterSchema, value: number): Setting {
  return { parameter: parameter.id, value: BigInt(Math.floor(value)) };
}

function listEverything(
  world: World,
  random: Seed,
  underlyings: readonly PlannedUnderlying[],
): void {
  underlyings.forEach((planned, i) => {
    const underlying = i + 1;
    const actions: Action[] = [
      {
        kind: 'listUnderlying',
        name: `U${underlying}`,
        parameters: underlyingSettings(random, planned),
      },
      ...planned.sources.map(
        ({ source, weight }): Action => ({
          kind: 'setPublisher',
          underlying,
          source,
          publisher: publisherKey(underlying, source),
          weight,
        }),
      ),
    ];
    world.govern('admin', ...actions);
  });
  world.step(0);
  const assets = random.integer(2, 4);
  for (let i = 0; i < assets; i++) {
    const underlying = (i % underlyings.length) + 1;
    const planned = underlyings[underlying - 1] as PlannedUnderlying;
    world.govern('admin', listAssetAction(random, underlying, planned));
  }
  const instruments = random.integer(3, 5);
  for (let i = 0; i < instruments; i++) {
    const underlying = (i % underlyings.length) + 1;
    const planned = underlyings[underlying - 1] as PlannedUnderlying;
    world.govern('admin', listInstrumentAction(random, underlying, planned));
  }
  const settlement = { kind: 'setParameter', scope: 'asset', target: 1 } as const;
  world.govern(
    'admin',
    { ...settlement, ...set(assetParameters.isLendingOpen, 1) },
    { ...settlement, ...set(assetParameters.outflowMin, random.pick([1e9, 1e10, 1e12])) },
    { ...settlement, ...set(assetParameters.depositMin, 1_000_000) },
  );
  world.step(0);
}

function underlyingSettings(random: Seed, planned: PlannedUnderlying): Setting[] {
  const staleAfterMs = random.pick([5_000, 20_000, 60_000]);
  return [
    set(underlyingParameters.observationAgeMaxMs, random.pick([4_000, 15_000, 60_000])),
    set(underlyingParameters.sourcesMin, random.integer(1, planned.sources.length)),
    set(underlyingParameters.stepPpm, random.pick([3_000, 20_000, 100_000])),
    set(underlyingParameters.pendingCount, random.integer(1, 4)),
    set(underlyingParameters.staleAfterMs, staleAfterMs),
    set(underlyingParameters.haltAfterMs, staleAfterMs * random.pick([1, 3])),
    set(underlyingParameters.sigmaPriorPpm, random.integer(300, 3_000)),
    set(underlyingParameters.slowTauMs, random.pick([MINUTE_MS, HOUR_MS])),
    set(underlyingParameters.graceMaxMs, random.pick([0, 30_000, 300_000])),
    set(underlyingParameters.disputeMs, random.pick([0, 30_000, 300_000])),
    set(underlyingParameters.gainWeightPpm, random.pick([0, 500_000, 1_000_000])),
    set(underlyingParameters.gainCap, random.pick([1e9, 9e15])),
    set(underlyingParameters.stressPpm, random.pick([10_000, 60_000])),
  ];
}

function listAssetAction(random: Seed, underlying: number, planned: PlannedUnderlying): Action {
  const decimals = random.pick([0, 6, 8]);
  const haircutPpm = random.pick([0, 50_000, 200_000]);
  return {
    kind: 'listAsset',
    name: `A${underlying}`,
    decimals,
    underlying,
    // A whole is worth fifty lots, so that a unit of eight decimals is worth a part of a unit.
    valueNumerator: planned.multiplier * 50,
    valueDenominator: 10 ** decimals,
    parameters: [
      set(assetParameters.haircutMaintenancePpm, haircutPpm),
      set(assetParameters.haircutInitialPpm, haircutPpm + random.pick([0, 50_000])),
      set(assetParameters.haircutSizePpm, random.pick([0, 1_000])),
      set(assetParameters.isLendingOpen, random.chance(0.8) ? 1 : 0),
      set(assetParameters.utilizationMaxPpm, random.pick([500_000, 800_000, 1_000_000])),
      set(assetParameters.liabilityMaintenancePpm, random.pick([0, 50_000, 100_000])),
      set(assetParameters.liabilityInitialPpm, random.pick([100_000, 200_000])),
      set(assetParameters.depositScaleStart, random.chance(0.3) ? 10 ** decimals : 9e15),
      set(assetParameters.rateFullPpm, random.pick([1_000_000, 100_000_000])),
      set(assetParameters.outflowMin, random.pick([1, 1000]) * 10 ** decimals),
      set(assetParameters.depositMin, 1),
      set(assetParameters.withdrawalMin, random.pick([1, 10])),
      set(assetParameters.saleDiscountPpm, random.pick([0, 20_000, 100_000])),
    ],
  };
}

function listInstrumentAction(
  random: Seed,
  underlying: number,
  planned: PlannedUnderlying,
): ActionOf<'listInstrument'> {
  const maintenancePpm = random.pick([20_000, 30_000, 60_000]);
  const initialPpm = maintenancePpm * random.pick([1, 2]);
  const lot = planned.startPrice * planned.multiplier;
  const tiers = [{ lowerBound: 0, initialPpm, maintenancePpm }];
  if (random.chance(0.6)) {
    tiers.push({
      lowerBound: lot * random.integer(50, 2_000),
      initialPpm: initialPpm * 2,
      maintenancePpm: maintenancePpm * 2,
    });
  }
  return {
    kind: 'listInstrument',
    name: `U${underlying}-P${random.integer(1, 9)}`,
    underlying,
    multiplier: planned.multiplier,
    tickSize: random.pick([1, 1, 5]),
    tiers,
    parameters: [...riskSettings(random, lot, maintenancePpm), ...bookSettings(random, lot)],
  };
}

function riskSettings(random: Seed, lot: number, maintenancePpm: number): Setting[] {
  return [
    set(instrumentParameters.markBandPpm, Math.floor(maintenancePpm / 2)),
    set(instrumentParameters.liquidationFeePpm, random.pick([0, 2_000, 5_000])),
    set(instrumentParameters.insuranceFeePpm, random.pick([0, 2_000, 5_000])),
    set(instrumentParameters.takerFeePpm, random.pick([0, 500, 1_000])),
    set(instrumentParameters.makerFeePpm, random.pick([0, 100])),
    set(instrumentParameters.volatilityMaintenancePpm, random.pick([0, 500_000])),
    set(instrumentParameters.openInterestLow, lot * random.pick([500, 1_000_000])),
    set(instrumentParameters.openInterestHigh, lot * random.pick([20_000, 10_000_000])),
    set(instrumentParameters.openInterestMax, lot * random.pick([3_000, 10_000_000])),
    set(instrumentParameters.notionalMin, random.pick([0, lot * 2, lot * 4])),
    set(instrumentParameters.notionalDust, random.pick([0, lot, lot * 5])),
    set(instrumentParameters.orderSizeMax, random.pick([400, 5_000, 1_000_000])),
    set(instrumentParameters.positionSizeMax, random.pick([1_500, 20_000, 1_000_000])),
    set(instrumentParameters.poolDailyCap, random.pick([lot, lot * 100, 9e15])),
    set(instrumentParameters.insuranceDailyCap, random.pick([lot, lot * 100, 9e15])),
    set(instrumentParameters.bankruptcyAdjustPpm, random.pick([500_000, 1_000_000])),
  ];
}

function bookSettings(random: Seed, lot: number): Setting[] {
  return [
    set(instrumentParameters.impactNotional, lot * random.pick([5, 50])),
    set(instrumentParameters.impactAgeMs, random.pick([0, 2_000, 5_000])),
    set(instrumentParameters.depthTauMs, random.pick([1_000, 20_000, 600_000])),
    set(instrumentParameters.depthSharePpm, random.pick([50_000, 250_000, 1_000_000])),
    set(instrumentParameters.fillBandPpm, random.pick([20_000, 50_000, 200_000])),
    set(instrumentParameters.fundingSampleMs, random.pick([1_000, 5_000])),
    set(instrumentParameters.fundingIntervalMs, random.pick([MINUTE_MS, 10 * MINUTE_MS])),
  ];
}

/** Enough blocks of the same price for every first index to be accepted. */
function startPrices(world: World, underlyings: readonly PlannedUnderlying[]): void {
  for (let round = 0; round < 6; round++) {
    const atMs = world.timeMs + 1_000;
    underlyings.forEach(({ startPrice, sources }, i) => {
      for (const { source } of sources) {
        world.observe({ underlying: i + 1, source, price: startPrice, confidence: 1, atMs });
      }
    });
    world.step(1_000);
  }
}

function openAccounts(world: World, random: Seed, accounts: number): void {
  const assets = world.machine.state.machine.assetCount.get(0);
  for (let account = 1; account <= accounts; account++) {
    // Some owners have two accounts.
    const owner = ownerKey(random.chance(0.1) && account > 1 ? account - 1 : account);
    const isMaker = account <= MAKERS;
    const amount = BigInt(random.integer(500, 40_000)) * (isMaker ? 5_000_000n : 1_000_000n);
    world.send(world.signAs('custodian', [world.deposit({ owner, amount })]));
    if (random.chance(0.4)) {
      const asset = random.integer(2, assets);
      const decimals = world.machine.state.assets.decimals.get(asset);
      const units = BigInt(random.integer(1, 20) * 10 ** decimals);
      const deposit = world.deposit({ owner, account, asset, amount: units });
      world.send(world.signAs('custodian', [deposit]));
    }
  }
  world.step(0);
}

/** Pools are empty, small or ample; account 1 pays for them. */
function fundPools(world: World, random: Seed, instruments: number): void {
  const gift = random.pick([0n, 1_000_000n, 300_000_000n, 5_000_000_000n]);
  if (gift === 0n) return;
  const owner = ownerKey(1);
  const total = gift * BigInt(instruments + 1);
  world.send(world.signAs('custodian', [world.deposit({ owner, account: 1, amount: total })]));
  for (let instrument = 0; instrument <= instruments; instrument++) {
    world.send(world.sign(1, [{ kind: 'fundPool', instrument, amount: gift }]));
  }
  world.step(0);
}

/** From here on changes wait, as they do in a real world. */
function tightenNotice(world: World, random: Seed): void {
  const global = { kind: 'setParameter', scope: 'global', target: 0 } as const;
  world.govern(
    'admin',
    { ...global, ...set(globalParameters.noticeMs, random.pick([0, 5_000, 60_000])) },
    { ...global, ...set(globalParameters.listingNoticeMs, random.pick([0, 5_000, 60_000])) },
  );
  world.step(1_000);
}
