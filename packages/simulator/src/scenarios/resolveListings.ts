import { settlementUnitsPerLot, toAmount } from '@plimsoll/api/units';
import type { Problems } from './problems.ts';
import type {
  ScenarioAsset,
  ScenarioInstrument,
  ScenarioTier,
  ScenarioUnderlying,
} from './scenario.ts';
import type { InstrumentSpec, ScenarioFile } from './scenarioFile.ts';

/** What the rest of a scenario refers to by name. */
export interface Listings {
  readonly settlement: ScenarioAsset;
  readonly assets: ReadonlyMap<string, ScenarioAsset>;
  readonly underlyings: ReadonlyMap<string, ScenarioUnderlying>;
  readonly instruments: ReadonlyMap<string, ScenarioInstrument>;
}

const TIERS_DEFAULT = [{ from: '0', initialPpm: 50_000, maintenancePpm: 25_000 }];

function byName<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

function resolveAssets(file: ScenarioFile, problems: Problems): Map<string, ScenarioAsset> {
  const settlement = file.settlement ?? file.assets[0]?.name ?? '';
  const underlyings = new Set(file.underlyings.map((one) => one.name));
  const names = file.assets.map((asset) => asset.name);
  problems.expectUnique(names, (at) => `/assets/${at}/name`);
  problems.expectKnown(settlement, new Set(names), { path: '/settlement', noun: 'asset' });
  const assets = file.assets.map((asset, at): ScenarioAsset => {
    const path = `/assets/${at}/underlying`;
    if (asset.name === settlement) {
      problems.expect(
        asset.underlying === undefined,
        path,
        'the settlement asset is the numeraire: its price is 1, leave this out',
      );
    } else if (asset.underlying === undefined) {
      problems.add(`/assets/${at}`, '"underlying" is missing; it says what the asset is worth');
    } else {
      problems.expectKnown(asset.underlying, underlyings, { path, noun: 'underlying' });
    }
    return {
      name: asset.name,
      decimals: asset.decimals,
      underlying: asset.underlying ?? null,
      parameters: asset.parameters ?? {},
    };
  });
  return byName(assets);
}

function resolveTiers(
  spec: InstrumentSpec,
  at: { readonly path: string; readonly decimals: number },
  problems: Problems,
): ScenarioTier[] {
  let last = -1n;
  return (spec.tiers ?? TIERS_DEFAULT).map((tier, index) => {
    const path = `${at.path}/tiers/${index}`;
    const from = problems.convert(`${path}/from`, last + 1n, () =>
      toAmount(tier.from, at.decimals),
    );
    if (index === 0) problems.expect(from === 0n, `${path}/from`, 'the first tier starts at "0"');
    else problems.expect(from > last, `${path}/from`, 'tiers start at ascending notionals');
    problems.expect(
      tier.initialPpm >= tier.maintenancePpm && tier.maintenancePpm > 0,
      `${path}/maintenancePpm`,
      `must be above 0 and at most initialPpm (${tier.initialPpm})`,
    );
    last = from;
    return { from, initialPpm: tier.initialPpm, maintenancePpm: tier.maintenancePpm };
  });
}

function resolveInstruments(
  file: ScenarioFile,
  known: Omit<Listings, 'instruments'>,
  problems: Problems,
): Map<string, ScenarioInstrument> {
  const names = file.instruments.map((instrument) => instrument.name);
  problems.expectUnique(names, (at) => `/instruments/${at}/name`);
  const underlyings = new Set(known.underlyings.keys());
  const instruments = file.instruments.map((spec, at): ScenarioInstrument => {
    const path = `/instruments/${at}`;
    const decimals = known.settlement.decimals;
    problems.expectKnown(spec.underlying, underlyings, {
      path: `${path}/underlying`,
      noun: 'underlying',
    });
    const priceUnit = known.underlyings.get(spec.underlying)?.priceUnit ?? '1';
    const figures = { priceUnit, lotSize: spec.lotSize, settlementDecimals: decimals };
    return {
      name: spec.name,
      underlying: spec.underlying,
      priceUnit,
      lotSize: spec.lotSize,
      settlementUnitsPerLot: problems.convert(`${path}/lotSize`, 1n, () =>
        settlementUnitsPerLot(figures),
      ),
      tiers: resolveTiers(spec, { path, decimals }, problems),
      parameters: spec.parameters ?? {},
    };
  });
  return byName(instruments);
}

/** Assets, underlyings and instruments with their units. */
export function resolveListings(file: ScenarioFile, problems: Problems): Listings {
  const assets = resolveAssets(file, problems);
  const names = file.underlyings.map((underlying) => underlying.name);
  problems.expectUnique(names, (at) => `/underlyings/${at}/name`);
  const underlyings = byName(
    file.underlyings.map((spec) => ({
      name: spec.name,
      priceUnit: spec.priceUnit,
      parameters: spec.parameters ?? {},
    })),
  );
  const settlement: ScenarioAsset = assets.get(file.settlement ?? file.assets[0]?.name ?? '') ?? {
    name: '',
    decimals: 0,
    underlying: null,
    parameters: {},
  };
  const known = { settlement, assets, underlyings };
  return { ...known, instruments: resolveInstruments(file, known, problems) };
}
