import { ScenarioFileError } from '../errors.ts';
import { FIXED_CHOICES, METRICS } from '../metrics.ts';
import { resolveAgents } from './checkAgents.ts';
import { checkParameters } from './checkParameters.ts';
import { Problems } from './problems.ts';
import { type AccountNames, resolveAccounts } from './resolveAccounts.ts';
import { expectAccount, resolveBooks } from './resolveBooks.ts';
import { type Listings, resolveListings } from './resolveListings.ts';
import { checkMarkets, expectInstant } from './resolveMarkets.ts';
import {
  OPERATOR,
  type Scenario,
  type ScenarioAction,
  type ScenarioPublisher,
} from './scenario.ts';
import type { AssertionSpec, PublisherSpec, ScenarioFile } from './scenarioFile.ts';

const INTERVAL_MS = 1000;
const DURATION_MS = 3_600_000;
const START = '2026-01-01T00:00:00Z';
/** Five, so that one may fall silent and another lie, and the quorum still stands. */
const PUBLISHERS = ['north', 'south', 'east', 'west', 'center'];

function resolvePublishers(file: ScenarioFile, problems: Problems): ScenarioPublisher[] {
  const specs: readonly PublisherSpec[] = file.publishers ?? PUBLISHERS.map((name) => ({ name }));
  problems.expectUnique(
    specs.map((spec) => spec.name),
    (at) => `/publishers/${at}/name`,
  );
  return specs.map((spec) => ({ name: spec.name, weight: spec.weight ?? 1 }));
}

/** How long the files that a scenario plays last, where both ends are given; 0 without any. */
function windowOfFiles(file: ScenarioFile): { readonly fromMs: number; readonly lengthMs: number } {
  let fromMs = Number.POSITIVE_INFINITY;
  let lengthMs = 0;
  for (const { path } of file.prices) {
    if (path.kind !== 'file' || path.from === undefined) continue;
    const start = Date.parse(path.from);
    fromMs = Math.min(fromMs, start);
    if (path.to === undefined) continue;
    lengthMs = Math.max(lengthMs, Math.floor((Date.parse(path.to) - start) / (path.speed ?? 1)));
  }
  return { fromMs, lengthMs };
}

function resolveActions(
  file: ScenarioFile,
  at: { readonly accounts: AccountNames; readonly durationMs: number },
  problems: Problems,
): ScenarioAction[] {
  const actions = (file.actions ?? []).map((spec, index): ScenarioAction => {
    const path = `/actions/${index}`;
    if (spec.account !== OPERATOR) {
      expectAccount(spec.account, { path: `${path}/account`, accounts: at.accounts }, problems);
    }
    problems.expect(
      spec.timeMs <= at.durationMs,
      `${path}/timeMs`,
      `must be within the scenario, which lasts ${at.durationMs} ms`,
    );
    const expect = spec.expect ?? 'accepted';
    return {
      index,
      timeMs: spec.timeMs,
      account: spec.account,
      command: spec.command,
      expectedCode: expect === 'accepted' ? 0 : expect.refused,
    };
  });
  return actions.sort((a, b) => a.timeMs - b.timeMs || a.index - b.index);
}

function choicesOf(
  kind: 'stage' | 'payer' | 'pool' | 'instrument',
  listings: Listings,
): readonly string[] {
  const instruments = [...listings.instruments.keys()];
  if (kind === 'instrument') return instruments;
  return kind === 'pool' ? ['shared', ...instruments] : FIXED_CHOICES[kind];
}

function checkAssertion(
  spec: AssertionSpec,
  at: { readonly path: string; readonly listings: Listings },
  problems: Problems,
): void {
  const { of: kind } = METRICS[spec.metric];
  const path = `${at.path}/of`;
  if (kind === 'none') {
    problems.expect(spec.of === undefined, path, `${spec.metric} has no parts; leave this out`);
  } else if (kind === 'code') {
    const isCode = spec.of === undefined || /^[1-9][0-9]*$/.test(spec.of);
    problems.expect(isCode, path, 'must be the number of a rejection as text, such as "501"');
  } else {
    const choices = choicesOf(kind, at.listings);
    problems.expect(
      spec.of !== undefined && choices.includes(spec.of),
      path,
      `must be one of ${choices.join(', ')}`,
    );
  }
}

/**
 * Turns a file that the schema allows into a scenario that can be run. Throws ScenarioFileError
 * with everything that is wrong: names that do not exist, figures that are not exact, times out of
 * order.
 */
export function resolveScenario(file: ScenarioFile, fileName: string): Scenario {
  const problems = new Problems();
  const listings = resolveListings(file, problems);
  checkParameters(file, problems);
  const publishers = resolvePublishers(file, problems);
  expectInstant(file.start, '/start', problems);
  const played = windowOfFiles(file);
  const intervalMs = file.blocks?.intervalMs ?? INTERVAL_MS;
  const durationMs = file.blocks?.durationMs ?? (played.lengthMs || DURATION_MS);
  const { accounts, populations, names } = resolveAccounts(file, listings, problems);
  const books = resolveBooks(file, { listings, accounts: names, durationMs }, problems);
  checkMarkets(file, { listings, publishers: publishers.map((one) => one.name) }, problems);
  const agents = resolveAgents(file.agents ?? [], listings, problems);
  const actions = resolveActions(file, { accounts: names, durationMs }, problems);
  const assertions = file.assertions ?? [];
  assertions.forEach((spec, index) => {
    checkAssertion(spec, { path: `/assertions/${index}`, listings }, problems);
  });
  if (problems.found.length > 0) throw new ScenarioFileError(fileName, problems.found);
  const faults = file.faults ?? [];
  return {
    name: file.name,
    description: file.description ?? '',
    seed: file.seed ?? 1,
    startTimeMs:
      file.start === undefined && Number.isFinite(played.fromMs)
        ? played.fromMs
        : Date.parse(file.start ?? START),
    intervalMs,
    blockCount: Math.ceil(durationMs / intervalMs),
    settlement: listings.settlement,
    assets: [...listings.assets.values()],
    underlyings: [...listings.underlyings.values()],
    instruments: [...listings.instruments.values()],
    parameters: file.parameters ?? {},
    publishers,
    accounts,
    populations,
    ...books,
    prices: file.prices,
    correlations: file.correlations ?? [],
    actions,
    priceFaults: faults.filter((fault) => fault.kind !== 'halt'),
    halts: faults.filter((fault) => fault.kind === 'halt'),
    agents,
    assertions,
  };
}
