import { dirname } from 'node:path';
import { type HashPairs, hex, rootNow } from '@plimsoll/core/machine';
import type { Observation, OpenedCommand } from '@plimsoll/core/schema';
import type { Agent } from '../agents/index.ts';
import type { Checker } from '../checkers/checker.ts';
import { type DataFolder, readTable, resolveDataFile } from '../dataFiles/index.ts';
import { MissingDataError } from '../errors.ts';
import { Market, startingPrices } from '../markets/index.ts';
import { judgeAssertions, type UnjudgedResult } from '../metrics.ts';
import {
  type AppliedBlock,
  Directory,
  genesisOf,
  Host,
  Opening,
  type SetUp,
  setUp,
} from '../opening/index.ts';
import { countText, type RunEvent } from '../reporting/index.ts';
import type { ResultRoots, ScenarioResult } from '../result.ts';
import type { Scenario } from '../scenarios/index.ts';
import { Seed } from '../seed.ts';
import { type ExpandedPopulation, expandPopulation, marketOptions } from '../setup/index.ts';
import { Agents } from './agents.ts';
import { blockTimes } from './blockTimes.ts';
import { Checking } from './checking.ts';
import { ReplayWriter } from './replayFile.ts';
import { Sampler } from './sampler.ts';
import { scenarioAgents } from './scenarioAgents.ts';
import { skippedResult } from './skippedResult.ts';
import { Halts, TimedActions } from './timedActions.ts';
import { Totals } from './totals.ts';

/** How far a run is. Blocks before time 0 are counted apart: their number is not known before. */
export interface RunProgress {
  /** 2 in the second run of a scenario that is repeated. */
  readonly run: 1 | 2;
  readonly phase: 'opening' | 'running';
  readonly blocksDone: number;
  /** 0 while it is not known. */
  readonly blockCount: number;
}

/** What a run is given beside its scenario. */
export interface RunOptions {
  /** The scenario's file: for messages, and `./` in it is relative to its folder. */
  readonly fileName: string;
  readonly data: DataFolder;
  /** A faster SHA-256 than the portable one. */
  readonly hashPairs?: HashPairs | undefined;
  readonly checkers?: readonly Checker[] | undefined;
  /** Checks every so many blocks; default: all, or as many as cost some seconds. */
  readonly checkEveryBlocks?: number | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
  /** Writes every block to this file, for `replayFile`. */
  readonly replayPath?: string | undefined;
  /** Runs a second time and compares the roots. */
  readonly isRepeated?: boolean | undefined;
}

/**
 * Runs a scenario from its genesis to its last block and judges what is claimed of it. Without its
 * data the result says `skipped`.
 *
 * @throws ScenarioFileError when the machine refuses what the file lists; RunError when it cannot
 * be
 * set up; MissingDataError when data is required.
 */
export function runScenario(scenario: Scenario, options: RunOptions): ScenarioResult {
  try {
    const result = new Run(scenario, options).result();
    if (options.isRepeated !== true) return judged(result, scenario, null);
    const again = new Run(scenario, {
      fileName: options.fileName,
      data: options.data,
      hashPairs: options.hashPairs,
      onProgress: (progress) => options.onProgress?.({ ...progress, run: 2 }),
    }).result();
    return judged(result, scenario, isSame(result.roots, again.roots));
  } catch (error) {
    if (!(error instanceof MissingDataError) || options.data.isRequired) throw error;
    return skippedResult(scenario, error.message);
  }
}

function isSame(one: ResultRoots, other: ResultRoots): boolean {
  return one.genesis === other.genesis && one.final === other.final && one.chain === other.chain;
}

function judged(
  result: UnjudgedResult,
  scenario: Scenario,
  isRepeated: boolean | null,
): ScenarioResult {
  const whole = { ...result, roots: { ...result.roots, isRepeated } };
  return { ...whole, assertions: judgeAssertions(whole, scenario.assertions) };
}

/** Accounts that are read for checks over a run when nobody says how often: about ten seconds. */
const READINGS_MAX = 500_000;

/** One run of a scenario. */
class Run {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #directory: Directory;
  readonly #host: Host;
  readonly #opening: Opening;
  readonly #market: Market;
  readonly #agents: readonly Agent[];
  readonly #populations: readonly ExpandedPopulation[];
  readonly #checking: Checking;
  readonly #checkEvery: number;
  readonly #totals = new Totals();
  readonly #replay: ReplayWriter | undefined;
  #openingBlocks = 0;
  #isRunning = false;

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const places = { data: options.data, scenarioFolder: dirname(options.fileName) };
    const resolveFile = (name: string): string => resolveDataFile(name, places);
    const market = marketOptions(scenario, (name) => readTable(resolveFile(name)));
    const prices = startingPrices(market);
    this.#market = new Market(market);
    const seed = new Seed(scenario.seed);
    const context = { scenario, prices, seed, resolveFile };
    this.#populations = scenario.populations.map((one) => expandPopulation(one, context));
    this.#agents = scenarioAgents(scenario);
    this.#directory = new Directory(scenario);
    const genesis = genesisOf(scenario, this.#accountCount());
    this.#host = new Host({
      genesis,
      hashPairs: options.hashPairs,
      onBlock: (applied) => this.#note(applied),
    });
    const { machine } = this.#host;
    const readings = this.#accountCount() * scenario.blockCount;
    this.#checkEvery = options.checkEveryBlocks ?? Math.ceil(readings / READINGS_MAX);
    this.#checking = new Checking({
      machine,
      checkers: options.checkers ?? [],
      everyBlocks: this.#checkEvery,
    });
    const { name } = scenario;
    const header = { name, seed: scenario.seed, genesisRoot: this.#host.genesisRoot, genesis };
    this.#replay =
      options.replayPath === undefined ? undefined : new ReplayWriter(options.replayPath, header);
    this.#opening = new Opening({
      host: this.#host,
      directory: this.#directory,
      scenario,
      fileName: options.fileName,
      prices,
    });
  }

  result(): UnjudgedResult {
    const { populations, agents } = { populations: this.#populations, agents: this.#agents };
    const stands = setUp(this.#opening, { populations, agents });
    const scenario = this.#scenario;
    const sampler = new Sampler(scenario, this.#directory, this.#host.machine.state);
    const at = {
      scenario,
      fileName: this.#options.fileName,
      host: this.#host,
      directory: this.#directory,
      custodian: this.#opening.custodian,
    };
    const actions = new TimedActions(at);
    const times = this.#play({ stands, sampler, actions, halts: new Halts(at) });
    this.#replay?.close();
    return {
      name: scenario.name,
      description: scenario.description,
      seed: scenario.seed,
      status: 'completed',
      skipped: [],
      notes: this.#notes(stands),
      startTimeMs: scenario.startTimeMs,
      intervalMs: scenario.intervalMs,
      blockCount: scenario.blockCount,
      accountCount: this.#directory.accountCount,
      settlement: { asset: scenario.settlement.name, decimals: scenario.settlement.decimals },
      series: sampler.series(),
      commands: this.#totals.commands(),
      liquidation: this.#totals.liquidation(sampler.unresolvedCount()),
      losses: this.#totals.losses(),
      blockTimes: blockTimes(times),
      roots: {
        genesis: this.#host.genesisRoot,
        final: hex(rootNow(this.#host.machine).root),
        chain: this.#host.chainHash(),
        isRepeated: null,
      },
      checks: this.#checking.totals(),
      actions: actions.outcomes(),
    };
  }

  /** The blocks from time 0 on; returns how long each took. */
  #play(parts: {
    readonly stands: SetUp;
    readonly sampler: Sampler;
    readonly actions: TimedActions;
    readonly halts: Halts;
  }): number[] {
    const { intervalMs, blockCount, startTimeMs, seed } = this.#scenario;
    const agents = new Agents({
      agents: this.#agents,
      accounts: parts.stands.agentAccounts,
      host: this.#host,
      directory: this.#directory,
      seed: new Seed(seed).fork('agents'),
    });
    const times: number[] = [];
    this.#isRunning = true;
    for (let count = 1; count <= blockCount; count++) {
      const sinceMs = count * intervalMs;
      this.#host.begin(startTimeMs + sinceMs);
      const due = parts.actions.due(sinceMs);
      const commands: OpenedCommand[] = [
        ...due,
        ...parts.halts.due(sinceMs),
        ...parts.stands.makers.flatMap((maker) => maker.act(sinceMs)),
        ...agents.act(),
      ];
      this.#checking.before();
      const applied = this.#host.apply({ observations: this.#observe(sinceMs), commands });
      this.#checking.after(applied.block, applied.outcome);
      parts.actions.judge(applied.results);
      agents.learn(applied.outcome.events);
      this.#totals.addResults(applied.results);
      const { state } = this.#host.machine;
      const closed = this.#totals.addEvents(applied.outcome.events, state);
      parts.sampler.sample({ timeMs: sinceMs, closed, blockMs: applied.tookMs });
      times.push(applied.tookMs);
      this.#options.onProgress?.({ run: 1, phase: 'running', blocksDone: count, blockCount });
    }
    return times;
  }

  /** What the sources published since the block before, as the machine takes it. */
  #observe(sinceMs: number): Observation[] {
    const until = this.#scenario.startTimeMs + sinceMs;
    return this.#market.takeUntil(until).map((observation) => {
      const source = this.#directory.source(observation.source);
      return {
        underlying: this.#directory.underlying(observation.underlying) as number,
        source,
        publisher: this.#directory.publishers[source] as `0x${string}`,
        price: BigInt(observation.price),
        confidence: BigInt(observation.confidence),
        timeMs: observation.timeMs,
      };
    });
  }

  /** Sees every block: the replay file and the sink of events have them all. */
  #note(applied: AppliedBlock): void {
    const { block, outcome } = applied;
    this.#replay?.add(block, outcome, this.#host.machine);
    const { onEvent } = this.#options;
    if (onEvent !== undefined) {
      const place = { height: block.height, timeMs: block.timeMs };
      for (const event of outcome.events) onEvent({ ...place, ...event });
    }
    if (this.#isRunning) return;
    this.#openingBlocks += 1;
    const blocksDone = this.#openingBlocks;
    this.#options.onProgress?.({ run: 1, phase: 'opening', blocksDone, blockCount: 0 });
  }

  #accountCount(): number {
    let count = this.#scenario.accounts.length;
    for (const population of this.#populations) count += population.accounts.length;
    for (const agent of this.#agents) count += agent.accounts?.length ?? 0;
    return count;
  }

  #notes(stands: SetUp): string[] {
    const notes: string[] = [];
    if (stands.shrunkCount > 0) {
      notes.push(
        `${countText(stands.shrunkCount)} positions were opened smaller than drawn: initial margin ` +
          'did not reach for all of them.',
      );
    }
    if (this.#checkEvery > 1 && (this.#options.checkers ?? []).length > 0) {
      notes.push(
        `Invariants were checked after one block in ${this.#checkEvery}, because reading all accounts ` +
          'takes longer than most blocks.',
      );
    }
    const dropped = this.#populations.reduce((sum, one) => sum + one.droppedRowCount, 0);
    if (dropped > 0) {
      notes.push(
        `${countText(dropped)} rows of the account files were left out: out of bounds or empty.`,
      );
    }
    return notes;
  }
}
