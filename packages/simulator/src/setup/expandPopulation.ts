import { ACCOUNT_MIX_DEFAULTS, type MixRow, readAccountMix } from '../dataFiles/index.ts';
import { DataFileError } from '../errors.ts';
import type {
  Scenario,
  ScenarioAccount,
  ScenarioBalance,
  ScenarioInstrument,
  ScenarioPopulation,
  ScenarioPosition,
  TraitsSpec,
} from '../scenarios/index.ts';
import { memberName } from '../scenarios/index.ts';
import type { Seed } from '../seed.ts';

/** What a population is set up from. */
export interface PopulationContext {
  readonly scenario: Pick<Scenario, 'assets' | 'underlyings' | 'instruments' | 'settlement'>;
  /** Starting price per underlying, in price units. */
  readonly prices: ReadonlyMap<string, number | null>;
  /** Forked by the name of the population. */
  readonly seed: Seed;
  /** Finds a data file; throws MissingDataError when it is not there. */
  readonly resolveFile: (name: string) => string;
}

/** Members, and how many rows of the file were left out. */
export interface ExpandedPopulation {
  readonly accounts: readonly ScenarioAccount[];
  readonly droppedRowCount: number;
}

type Draw = (seed: Seed) => MixRow;

function drawFromFile(
  traits: Extract<TraitsSpec, { kind: 'file' }>,
  context: PopulationContext,
): { readonly draw: Draw; readonly droppedRowCount: number } {
  const defaults = ACCOUNT_MIX_DEFAULTS;
  const mix = readAccountMix(context.resolveFile(traits.file), {
    leverageColumn: traits.leverageColumn ?? defaults.leverageColumn,
    equityColumn: traits.equityColumn ?? defaults.equityColumn,
    leverageMin: traits.leverageMin ?? defaults.leverageMin,
    leverageMax: traits.leverageMax ?? defaults.leverageMax,
    equityMin: traits.equityMin ?? defaults.equityMin,
    equityMax: traits.equityMax ?? defaults.equityMax,
  });
  if (mix.rows.length === 0) {
    throw new DataFileError(traits.file, 'has no account within the bounds of leverage and equity');
  }
  // Without replacement until the file is used up, then over again in another order.
  let rest: MixRow[] = [];
  const draw = (seed: Seed): MixRow => {
    if (rest.length === 0) rest = seed.shuffle(mix.rows);
    return rest.pop() as MixRow;
  };
  return { draw, droppedRowCount: mix.droppedCount };
}

function drawerOf(
  traits: TraitsSpec,
  context: PopulationContext,
): { readonly draw: Draw; readonly droppedRowCount: number } {
  switch (traits.kind) {
    case 'file':
      return drawFromFile(traits, context);
    case 'fixed':
      return { draw: () => traits, droppedRowCount: 0 };
    case 'uniform':
      return {
        draw: (seed) => ({
          leverage: seed.between(traits.leverageFrom, traits.leverageTo),
          equity: seed.between(traits.equityFrom, traits.equityTo),
        }),
        droppedRowCount: 0,
      };
    case 'choices': {
      const shares = traits.choices.map((choice) => choice.share);
      return {
        draw: (seed) => traits.choices[seed.pickWeighted(shares)] as MixRow,
        droppedRowCount: 0,
      };
    }
  }
}

function scaleOf(decimals: number): number {
  let scale = 1;
  for (let place = 0; place < decimals; place++) scale *= 10;
  return scale;
}

/** What one whole unit of an asset is worth in the settlement asset. */
function assetPrice(asset: string, context: PopulationContext): number {
  const listing = context.scenario.assets.find((one) => one.name === asset);
  if (listing === undefined || listing.underlying === null) return 1;
  const underlying = context.scenario.underlyings.find((one) => one.name === listing.underlying);
  return (context.prices.get(listing.underlying) ?? 0) * Number(underlying?.priceUnit ?? 0);
}

function balancesOf(
  equity: number,
  population: ScenarioPopulation,
  context: PopulationContext,
): ScenarioBalance[] {
  const balances: ScenarioBalance[] = [];
  for (const { asset, share } of population.balances) {
    const decimals = context.scenario.assets.find((one) => one.name === asset)?.decimals ?? 0;
    const price = assetPrice(asset, context);
    const units = price > 0 ? Math.floor(((equity * share) / price) * scaleOf(decimals)) : 0;
    if (units > 0) balances.push({ asset, amount: BigInt(units) });
  }
  return balances;
}

/** Some of the instruments, without repetition, likelier the heavier. */
function chooseInstruments(population: ScenarioPopulation, seed: Seed): string[] {
  const count = seed.integer(1, population.perAccountMax);
  const left = [...population.instruments];
  const chosen: string[] = [];
  while (chosen.length < count && left.length > 0) {
    const at = seed.pickWeighted(left.map((one) => one.weight));
    chosen.push((left[at] as { instrument: string }).instrument);
    left.splice(at, 1);
  }
  return chosen;
}

function positionsOf(
  notional: number,
  population: ScenarioPopulation,
  context: PopulationContext & { readonly draws: Seed },
): ScenarioPosition[] {
  const { draws, scenario } = context;
  const chosen = chooseInstruments(population, draws);
  const isLong = draws.chance(population.longShare);
  const units = (notional / chosen.length) * scaleOf(scenario.settlement.decimals);
  const positions: ScenarioPosition[] = [];
  for (const instrument of chosen) {
    const isThisLong = population.isMixed ? draws.chance(population.longShare) : isLong;
    const listing = scenario.instruments.find((one) => one.name === instrument);
    const lots = lotsFor(units, listing, context.prices);
    if (lots > 0) positions.push({ instrument, lots: isThisLong ? lots : -lots, price: null });
  }
  return positions;
}

function lotsFor(
  notionalUnits: number,
  instrument: ScenarioInstrument | undefined,
  prices: PopulationContext['prices'],
): number {
  const price = instrument === undefined ? null : (prices.get(instrument.underlying) ?? null);
  if (instrument === undefined || price === null || price <= 0) return 0;
  const perLot = price * Number(instrument.settlementUnitsPerLot);
  return Math.min(2147483647, Math.floor(notionalUnits / perLot));
}

/**
 * The members of a population with balances and positions. Sizes and balances are rounded down, so
 * leverage is at most what was drawn but for balances below one unit. An account too small for one
 * lot has a balance only.
 */
export function expandPopulation(
  population: ScenarioPopulation,
  context: PopulationContext,
): ExpandedPopulation {
  const { draw, droppedRowCount } = drawerOf(population.traits, context);
  const draws = context.seed.fork(`population ${population.name}`);
  const accounts: ScenarioAccount[] = [];
  for (let number = 0; number < population.count; number++) {
    const { leverage, equity } = draw(draws);
    const granted = Math.min(leverage * population.leverageScale, population.leverageCap);
    const name = memberName(population.name, number);
    accounts.push({
      name,
      owner: name,
      balances: balancesOf(equity, population, context),
      positions: positionsOf(equity * granted, population, { ...context, draws }),
    });
  }
  return { accounts, droppedRowCount };
}
