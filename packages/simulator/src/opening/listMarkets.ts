import { parseDecimal } from '@plimsoll/api/units';
import { type Action, SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { Scenario, ScenarioAsset, ScenarioInstrument } from '../scenarios/index.ts';
import type { Directory } from './directory.ts';
import {
  OPENING_ASSET,
  OPENING_GLOBALS,
  OPENING_INSTRUMENT,
  type ParameterValue,
  parameterValues,
  wantedValue,
} from './parameters.ts';

/** A governance action, and where in the file stands what it is made from. */
export interface Listing {
  readonly path: string;
  readonly action: Action;
}

/** Lists everything of a scenario: underlyings with their publishers, then assets, then markets. */
export function listings(scenario: Scenario, directory: Directory): Listing[] {
  return [
    ...scenario.underlyings.map(
      ({ name, parameters }, at): Listing => ({
        path: `/underlyings/${at}`,
        action: {
          kind: 'listUnderlying',
          name,
          parameters: parameterValues('underlying', parameters),
        },
      }),
    ),
    ...publisherListings(scenario, directory),
    ...assetListings(scenario, directory),
    ...scenario.instruments.map(
      (instrument, at): Listing => ({
        path: `/instruments/${at}`,
        action: instrumentListing(instrument, directory),
      }),
    ),
  ];
}

function publisherListings(scenario: Scenario, directory: Directory): Listing[] {
  return scenario.underlyings.flatMap(({ name }) =>
    scenario.publishers.map((publisher, source): Listing => {
      const key = directory.publishers[source] as `0x${string}`;
      const underlying = directory.underlying(name) as number;
      return {
        path: `/publishers/${source}`,
        action: {
          kind: 'setPublisher',
          underlying,
          source,
          publisher: key,
          weight: publisher.weight,
        },
      };
    }),
  );
}

function assetListings(scenario: Scenario, directory: Directory): Listing[] {
  return scenario.assets.flatMap((asset, at): Listing[] => {
    const path = `/assets/${at}`;
    if (asset.name === scenario.settlement.name) return settlementListings(asset, path);
    const values = parameterValues('asset', { ...asset.parameters, ...OPENING_ASSET });
    const { numerator, denominator } = assetValue(asset, scenario);
    const action: Action = {
      kind: 'listAsset',
      name: asset.name,
      decimals: asset.decimals,
      underlying: directory.underlying(asset.underlying ?? '') as number,
      valueNumerator: numerator,
      valueDenominator: denominator,
      parameters: values,
    };
    return [{ path, action }];
  });
}

/** The settlement asset exists from the genesis on; its parameters are set one by one. */
function settlementListings(asset: ScenarioAsset, path: string): Listing[] {
  return parameterValues('asset', asset.parameters).map((value) => ({
    path,
    action: setting('asset', SETTLEMENT_ASSET, value),
  }));
}

function setting(
  scope: 'global' | 'asset' | 'instrument',
  target: number,
  value: ParameterValue,
): Action {
  return { kind: 'setParameter', scope, target, ...value };
}

/** Settlement units that one unit of the asset is worth per price unit, as a fraction. */
function assetValue(
  asset: ScenarioAsset,
  scenario: Scenario,
): { readonly numerator: number; readonly denominator: number } {
  const underlying = scenario.underlyings.find((one) => one.name === asset.underlying);
  const unit = parseDecimal(underlying?.priceUnit ?? '1');
  const powers = scenario.settlement.decimals - asset.decimals - unit.places;
  let numerator = unit.digits * 10n ** BigInt(Math.max(0, powers));
  let denominator = 10n ** BigInt(Math.max(0, -powers));
  while (numerator % 10n === 0n && denominator % 10n === 0n) {
    numerator /= 10n;
    denominator /= 10n;
  }
  return { numerator: Number(numerator), denominator: Number(denominator) };
}

function instrumentListing(instrument: ScenarioInstrument, directory: Directory): Action {
  return {
    kind: 'listInstrument',
    name: instrument.name,
    underlying: directory.underlying(instrument.underlying) as number,
    multiplier: Number(instrument.settlementUnitsPerLot),
    tickSize: 1,
    tiers: instrument.tiers.map(({ from, initialPpm, maintenancePpm }) => ({
      lowerBound: Number(from),
      initialPpm,
      maintenancePpm,
    })),
    parameters: parameterValues('instrument', {
      ...instrument.parameters,
      ...OPENING_INSTRUMENT,
    }),
  };
}

/** Brings what the opening needed otherwise to what the scenario says, all in safe directions. */
export function closingSettings(scenario: Scenario, directory: Directory): Action[] {
  const actions: Action[] = [];
  for (const asset of scenario.assets) {
    if (asset.name === scenario.settlement.name) continue;
    const depositMin = wantedValue('asset', 'depositMin', asset.parameters);
    for (const value of parameterValues('asset', { depositMin })) {
      actions.push(setting('asset', directory.asset(asset.name) as number, value));
    }
  }
  for (const instrument of scenario.instruments) {
    const fillBandPpm = wantedValue('instrument', 'fillBandPpm', instrument.parameters);
    for (const value of parameterValues('instrument', { fillBandPpm })) {
      actions.push(setting('instrument', directory.instrument(instrument.name) as number, value));
    }
  }
  for (const name of Object.keys(OPENING_GLOBALS)) {
    const wanted = wantedValue('global', name, scenario.parameters);
    for (const value of parameterValues('global', { [name]: wanted })) {
      actions.push(setting('global', 0, value));
    }
  }
  return actions;
}
