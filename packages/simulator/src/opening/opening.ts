import type { Action, CommandResult, Observation, OpenedCommand } from '@plimsoll/core/schema';
import { rejections } from '@plimsoll/core/schema';
import { RunError, ScenarioFileError } from '../errors.ts';
import type { Scenario } from '../scenarios/index.ts';
import { AUTHORITIES, type Directory } from './directory.ts';
import { OPENING_MS } from './genesis.ts';
import type { AppliedBlock, Host } from './host.ts';
import { closingSettings, listings } from './listMarkets.ts';
import { Custodian, inBlocks, type NewAccount } from './openAccounts.ts';

/** Time between the blocks in which things are set up. */
const STEP_MS = 50;
/** Time between the blocks in which books age and volatility settles, and how long that takes. */
const SETTLE_STEP_MS = 10_000;
const SETTLE_MS = 600_000;
/** As many aggregates as an underlying can be told to want before its first price. */
const AGGREGATES_MAX = 100;

/** What the opening of a run is made from. */
export interface OpeningOptions {
  readonly host: Host;
  readonly directory: Directory;
  readonly scenario: Scenario;
  readonly fileName: string;
  /** Starting price per underlying in price units; null where there is none. */
  readonly prices: ReadonlyMap<string, number | null>;
}

/**
 * Everything before time 0, in blocks like any others: all publishers say the starting prices, and
 * what is set up is set up by commands. Spec: scenario 10.
 */
export class Opening {
  readonly host: Host;
  readonly directory: Directory;
  readonly scenario: Scenario;
  readonly prices: ReadonlyMap<string, number | null>;
  readonly custodian: Custodian;
  readonly #fileName: string;
  readonly #startMs: number;
  #timeMs: number;

  constructor(options: OpeningOptions) {
    this.host = options.host;
    this.directory = options.directory;
    this.scenario = options.scenario;
    this.prices = options.prices;
    this.#fileName = options.fileName;
    this.custodian = new Custodian(options.host, options.directory);
    this.#startMs = options.scenario.startTimeMs;
    this.#timeMs = this.#startMs - OPENING_MS;
  }

  /** The starting price of an instrument in price units; 0 when there is none. */
  priceOf(instrument: number): number {
    return this.prices.get(this.directory.listing(instrument).underlying) ?? 0;
  }

  /** Applies a block with the starting prices and what `commands` makes for its time. */
  step(commands: () => readonly OpenedCommand[]): AppliedBlock {
    this.#timeMs = Math.min(this.#timeMs + STEP_MS, this.#startMs - SETTLE_MS);
    return this.#apply(commands);
  }

  /** A mistake in the file that only the machine could see. */
  fail(path: string, message: string): never {
    throw new ScenarioFileError(this.#fileName, [{ path, message }]);
  }

  /** Lists the markets and waits until every index has its first price. */
  list(): void {
    for (const { path, action } of listings(this.scenario, this.directory)) {
      const applied = this.step(() => [this.host.sign(AUTHORITIES.admin, 0, [action])]);
      const code = codeOf(applied.results[0]);
      if (code !== 0) this.fail(path, `the machine refuses the listing: ${refusalText(applied)}`);
    }
    for (let aggregates = 0; aggregates < AGGREGATES_MAX && !this.#isPriced(); aggregates++) {
      this.step(() => []);
    }
  }

  /** Opens accounts with their deposits. */
  open(accounts: readonly NewAccount[]): void {
    let rest = accounts;
    while (rest.length > 0) {
      const batch = rest.slice(0, 2000);
      rest = rest.slice(2000);
      this.send(() => this.custodian.open(batch));
    }
  }

  /** Opens an account of the runner's own, with settlement asset; returns its id. */
  openOwn(name: string, funds: bigint): number {
    const asset = this.scenario.settlement.name;
    this.open([{ name, owner: name, balances: [{ asset, amount: funds }] }]);
    return this.directory.account(name) as number;
  }

  /** Sends commands that must be accepted. */
  send(commands: () => readonly OpenedCommand[]): void {
    // Signed for the time of the first block; the commands of all blocks live long enough.
    this.host.begin(this.#timeMs);
    for (const block of inBlocks(commands())) {
      const applied = this.step(() => block);
      if (applied.results.some((result) => codeOf(result) !== 0)) {
        throw new RunError(`the opening was refused: ${refusalText(applied)}`);
      }
    }
  }

  /** Takes back what only the opening needed, and lets the books age. */
  close(intervalMs: number): void {
    const actions = closingSettings(this.scenario, this.directory);
    this.send(() => actions.map((action) => this.host.sign(AUTHORITIES.admin, 0, [action])));
    const endMs = this.#startMs - Math.min(1000, intervalMs);
    for (let timeMs = this.#startMs - SETTLE_MS; timeMs < endMs; timeMs += SETTLE_STEP_MS) {
      this.#timeMs = timeMs;
      this.#apply(() => []);
    }
    this.#timeMs = endMs;
    this.#apply(() => []);
  }

  #apply(commands: () => readonly OpenedCommand[]): AppliedBlock {
    this.host.begin(this.#timeMs);
    return this.host.apply({ observations: this.#observations(), commands: commands() });
  }

  #observations(): Observation[] {
    const observations: Observation[] = [];
    for (const { name } of this.scenario.underlyings) {
      const price = this.prices.get(name) ?? null;
      if (price === null || price <= 0) continue;
      this.scenario.publishers.forEach((publisher, source) => {
        observations.push({
          underlying: this.directory.underlying(name) as number,
          source: this.directory.source(publisher.name),
          publisher: this.directory.publishers[source] as `0x${string}`,
          price: BigInt(price),
          confidence: BigInt(Math.floor(price / 10_000)),
          timeMs: this.#timeMs,
        });
      });
    }
    return observations;
  }

  #isPriced(): boolean {
    const { index } = this.host.machine.state.underlyings;
    return this.scenario.underlyings.every(
      ({ name }) =>
        (this.prices.get(name) ?? null) === null ||
        index.get(this.directory.underlying(name) as number) > 0,
    );
  }
}

/** The envelope's code, or the first of an action that is not 0. */
export function codeOf(result: CommandResult | undefined): number {
  if (result === undefined || result.code !== 0) return result?.code ?? -1;
  return result.actions.find((code) => code !== 0) ?? 0;
}

/** The sentence of a rejection by its number. */
export function rejectionSentence(code: number): string {
  const found = Object.values(rejections).find((one) => one.code === code);
  return found?.sentence ?? 'unknown rejection';
}

function refusalText(applied: AppliedBlock): string {
  const first = applied.outcome.refusals[0];
  const code = first?.code ?? codeOf(applied.results.find((result) => codeOf(result) !== 0));
  const figures = Object.entries(first?.figures ?? {}).map(([name, value]) => `${name} ${value}`);
  const facts = figures.length === 0 ? '' : ` (${figures.join(', ')})`;
  return `${code}, ${rejectionSentence(code)}${facts}`;
}

/** A command of an account, signed by its owner. */
export function signed(
  opening: Pick<Opening, 'host' | 'directory'>,
  account: number,
  actions: readonly Action[],
): OpenedCommand {
  return opening.host.sign(opening.directory.owner(account), account, actions);
}
