import { toAmount, toLots, toPriceUnits } from '@plimsoll/api/units';
import type { Problems } from './problems.ts';
import type { Listings } from './resolveListings.ts';
import {
  OPERATOR,
  type ScenarioAccount,
  type ScenarioBalance,
  type ScenarioPopulation,
  type ScenarioPosition,
} from './scenario.ts';
import type { AccountSpec, PopulationSpec, ScenarioFile } from './scenarioFile.ts';

interface Place {
  readonly path: string;
  readonly listings: Listings;
}

function resolveBalances(spec: AccountSpec, at: Place, problems: Problems): ScenarioBalance[] {
  return Object.entries(spec.balances ?? {}).map(([asset, amount]) => {
    const path = `${at.path}/balances/${asset}`;
    const known = new Set(at.listings.assets.keys());
    problems.expectKnown(asset, known, { path, noun: 'asset' });
    const decimals = at.listings.assets.get(asset)?.decimals ?? 0;
    return { asset, amount: problems.convert(path, 0n, () => toAmount(amount, decimals)) };
  });
}

function resolvePositions(spec: AccountSpec, at: Place, problems: Problems): ScenarioPosition[] {
  const positions = spec.positions ?? [];
  problems.expectUnique(
    positions.map((position) => position.instrument),
    (index) => `${at.path}/positions/${index}/instrument`,
  );
  return positions.map(({ instrument, size, price }, index) => {
    const path = `${at.path}/positions/${index}`;
    const known = new Set(at.listings.instruments.keys());
    const place = { path: `${path}/instrument`, noun: 'instrument' };
    const listing = at.listings.instruments.get(instrument);
    if (!problems.expectKnown(instrument, known, place) || listing === undefined) {
      return { instrument, lots: 0, price: null };
    }
    const lots = problems.convert(`${path}/size`, 1, () => toLots(size, listing.lotSize));
    problems.expect(lots !== 0, `${path}/size`, 'must not be 0; leave the position out');
    return {
      instrument,
      lots,
      price:
        price === undefined
          ? null
          : problems.convert(`${path}/price`, 1, () => toPriceUnits(price, listing.priceUnit)),
    };
  });
}

function checkTraits(spec: PopulationSpec, path: string, problems: Problems): void {
  const traits = spec.traits;
  if (traits.kind === 'uniform') {
    problems.expect(
      traits.leverageFrom <= traits.leverageTo && traits.equityFrom <= traits.equityTo,
      `${path}/traits`,
      '"From" must not be above "To"',
    );
  } else if (traits.kind === 'choices') {
    problems.expect(
      traits.choices.some((choice) => choice.share > 0),
      `${path}/traits/choices`,
      'at least one share must be above 0',
    );
  }
}

function resolvePopulation(
  spec: PopulationSpec,
  at: Place,
  problems: Problems,
): ScenarioPopulation {
  const { listings, path } = at;
  checkTraits(spec, path, problems);
  const shares = Object.entries(spec.balances ?? { [listings.settlement.name]: 1 });
  let total = 0;
  for (const [asset, share] of shares) {
    const place = { path: `${path}/balances/${asset}`, noun: 'asset' };
    problems.expectKnown(asset, new Set(listings.assets.keys()), place);
    total += share;
  }
  problems.expect(total > 0, `${path}/balances`, 'at least one share must be above 0');
  const weights = Object.entries(spec.positions.instruments);
  problems.expect(
    weights.length > 0,
    `${path}/positions/instruments`,
    'must name at least one instrument with its weight',
  );
  for (const [instrument] of weights) {
    const place = { path: `${path}/positions/instruments/${instrument}`, noun: 'instrument' };
    problems.expectKnown(instrument, new Set(listings.instruments.keys()), place);
  }
  return {
    name: spec.name,
    count: spec.count,
    traits: spec.traits,
    leverageScale: spec.leverageScale ?? 1,
    leverageCap: spec.leverageCap ?? Number.MAX_VALUE,
    balances: shares.map(([asset, share]) => ({ asset, share: share / total })),
    instruments: weights.map(([instrument, weight]) => ({ instrument, weight })),
    perAccountMax: Math.min(spec.positions.perAccountMax ?? 1, weights.length),
    longShare: spec.positions.longShare ?? 0.5,
    isMixed: spec.positions.isMixed ?? false,
  };
}

/** The name of the account with this number, from 0, in a population. */
export function memberName(population: string, number: number): string {
  return `${population}/${number}`;
}

/** Every account that a scenario names, listed ones and members of populations. */
export interface AccountNames {
  has(name: string): boolean;
  readonly listed: readonly string[];
}

function accountNames(
  accounts: readonly ScenarioAccount[],
  populations: readonly ScenarioPopulation[],
): AccountNames {
  const listed = new Set(accounts.map((account) => account.name));
  const counts = new Map(populations.map((one) => [one.name, one.count]));
  return {
    listed: [...listed, ...[...counts.keys()].map((name) => memberName(name, 0))],
    has(name: string): boolean {
      if (listed.has(name)) return true;
      const parts = /^(.*)\/(0|[1-9][0-9]*)$/.exec(name);
      return parts !== null && Number(parts[2]) < (counts.get(parts[1] ?? '') ?? 0);
    },
  };
}

/** Accounts and populations, with what they own in units of the machine. */
export function resolveAccounts(
  file: ScenarioFile,
  listings: Listings,
  problems: Problems,
): {
  readonly accounts: ScenarioAccount[];
  readonly populations: ScenarioPopulation[];
  readonly names: AccountNames;
} {
  const specs = file.accounts ?? [];
  const crowds = file.populations ?? [];
  problems.expectUnique(
    [...specs.map((spec) => spec.name), ...crowds.map((spec) => spec.name)],
    (at) => (at < specs.length ? `/accounts/${at}/name` : `/populations/${at - specs.length}/name`),
  );
  const accounts = specs.map((spec, index): ScenarioAccount => {
    const at = { path: `/accounts/${index}`, listings };
    problems.expect(
      spec.name !== OPERATOR && !spec.name.includes('/'),
      `${at.path}/name`,
      `must not be "${OPERATOR}" and must not contain "/"`,
    );
    return {
      name: spec.name,
      owner: spec.owner ?? spec.name,
      balances: resolveBalances(spec, at, problems),
      positions: resolvePositions(spec, at, problems),
    };
  });
  const populations = crowds.map((spec, index) =>
    resolvePopulation(spec, { path: `/populations/${index}`, listings }, problems),
  );
  return { accounts, populations, names: accountNames(accounts, populations) };
}
