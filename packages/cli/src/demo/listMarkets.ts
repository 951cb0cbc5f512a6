import type { Client } from '@plimsoll/api/client';
import { parseDecimal } from '@plimsoll/api/units';
import {
  type Action,
  type ActionOf,
  globalParameters,
  type ParameterSchema,
  underlyingParameters,
} from '@plimsoll/core/schema';
import type { KeyPair } from '@plimsoll/node/publish';
import { closingSettings, Directory, listings, type Scenario } from '@plimsoll/simulator';

/** Notice of changes once the markets stand: long enough to see, short enough to wait for. */
const NOTICE_MS = 60_000;
/**
 * A step of the index that is accepted at once, per √second. A market that is played ten times
 * faster moves ten times as far in a second: with the usual 1 % every crash would wait for proof.
 */
const STEP_PPM = 50_000;
const ACTIONS_PER_COMMAND = 32;

/**
 * Lists everything of the scenario that is not listed yet, by commands of the admin. A start that
 * was interrupted is taken up where it was.
 */
export async function listMarkets(
  admin: Client,
  scenario: Scenario,
  publishers: readonly KeyPair[],
): Promise<void> {
  const known = await knownNames(admin);
  const directory = new Directory(scenario);
  const wanted = listings(scenario, directory)
    .map(({ action }) => forDemo(action, scenario, publishers))
    .filter((action) => !known.has(nameOf(action)));
  await submitAll(admin, wanted);
}

/** Takes back what only the listing needed. */
export async function closeListing(admin: Client, scenario: Scenario): Promise<void> {
  const { parameters } = await admin.read('parameters', { scope: 'global' });
  if (parameters.find(({ name }) => name === 'noticeMs')?.value !== 0) return;
  const settings = closingSettings(scenario, new Directory(scenario)).filter(
    (action) => action.kind === 'setParameter' && action.scope !== 'global',
  );
  const notice = (parameter: ParameterSchema): Action => ({
    kind: 'setParameter',
    scope: 'global',
    target: 0,
    parameter: parameter.id,
    value: BigInt(NOTICE_MS),
  });
  const { listingNoticeMs, noticeMs } = globalParameters;
  await submitAll(admin, [...settings, notice(listingNoticeMs), notice(noticeMs)]);
}

/** With the keys of this demo, decimals for people, and steps as fast as it is played. */
function forDemo(action: Action, scenario: Scenario, publishers: readonly KeyPair[]): Action {
  if (action.kind === 'setPublisher') {
    return { ...action, publisher: (publishers[action.source] as KeyPair).address };
  }
  return action.kind === 'listUnderlying' ? withDecimals(action, scenario) : action;
}

function withDecimals(
  action: ActionOf<'listUnderlying'>,
  scenario: Scenario,
): ActionOf<'listUnderlying'> {
  const { priceDecimals, stepPpm } = underlyingParameters;
  const unit = scenario.underlyings.find(({ name }) => name === action.name)?.priceUnit ?? '1';
  const own = [
    { parameter: priceDecimals.id, value: BigInt(parseDecimal(unit).places) },
    { parameter: stepPpm.id, value: BigInt(STEP_PPM) },
  ];
  const others = action.parameters.filter(
    ({ parameter }) => !own.some((each) => each.parameter === parameter),
  );
  return { ...action, parameters: [...others, ...own] };
}

async function knownNames(admin: Client): Promise<ReadonlySet<string>> {
  const [{ underlyings }, { assets }, { markets }] = await Promise.all([
    admin.read('underlyings'),
    admin.read('assets'),
    admin.read('markets'),
  ]);
  const names = [
    ...underlyings.map(({ name }) => `underlying ${name}`),
    ...assets.map(({ name }) => `asset ${name}`),
    ...markets.map(({ name }) => `instrument ${name}`),
  ];
  for (const { id } of underlyings) {
    const { sources } = await admin.read('underlying', { underlying: String(id) });
    for (const { source, weight } of sources) if (weight > 0) names.push(`source ${id} ${source}`);
  }
  return new Set(names);
}

function nameOf(action: Action): string {
  switch (action.kind) {
    case 'listUnderlying':
      return `underlying ${action.name}`;
    case 'listAsset':
      return `asset ${action.name}`;
    case 'listInstrument':
      return `instrument ${action.name}`;
    case 'setPublisher':
      return `source ${action.underlying} ${action.source}`;
    default:
      return '';
  }
}

async function submitAll(client: Client, actions: readonly Action[]): Promise<void> {
  for (let at = 0; at < actions.length; at += ACTIONS_PER_COMMAND) {
    await client.submit(actions.slice(at, at + ACTIONS_PER_COMMAND));
  }
}
