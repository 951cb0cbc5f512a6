import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { networkOf } from '@plimsoll/node';
import { attacks as allAttacks } from './attacks/index.ts';
import { networkFile } from './cast.ts';
import { type History, readHistory } from './history.ts';
import { HonestClient } from './honestClient.ts';
import type { HonestReport } from './honestMessages.ts';
import {
  type AttackOutcome,
  attackFaults,
  historyFaults,
  honestFaults,
  type MemoryBounds,
  memoryFaults,
  nodeFaults,
  victimFaults,
} from './judge.ts';
import { Lawful, Seals } from './lawful.ts';
import { NodeProcess } from './nodeProcess.ts';
import type { Scrape } from './scrape.ts';
import { setUp, victimOf } from './setUp.ts';
import { type Attack, eventually, Stage, sleep } from './stage.ts';
import { Tally } from './tally.ts';

export interface HostileOptions {
  /** A tenth of everything, without what waits for timeouts of the node. */
  readonly isShort: boolean;
  /** Only attacks whose name has this in it. */
  readonly only?: string | undefined;
  readonly ratePerSecond: number;
  /** Between two attacks the honest client is alone for so long. */
  readonly calmMs: number;
  /** An attack is watched for at least so long. */
  readonly attackMsMin: number;
  readonly say: (line: string) => void;
}

export interface HostileResult {
  readonly outcomes: readonly AttackOutcome[];
  readonly honest: HonestReport;
  readonly history: Pick<History, 'blocks'> & {
    readonly commands: number;
    readonly prices: number;
  };
  readonly start: Scrape;
  /** When it had time to collect its garbage. */
  readonly end: Scrape;
  /** What did not hold; none: everything did. */
  readonly faults: readonly string[];
}

/**
 * Above the beginning. At any time: garbage of three threads that nobody collected yet (each heap
 * is bounded, see HEAP_MIB_MAX), and what limits let others make it hold: 40 lines of 4 MiB
 * unread, 4,096 connections, the ring of 32 MiB. The heap at the end, when it had time to collect:
 * answers to recent commands.
 */
export const MEMORY_BOUNDS: MemoryBounds = { privateBytes: 768 << 20, heapBytes: 128 << 20 };
/** Between two collections of a node that does little. */
const SETTLE_MS = 120_000;
/** What an attack may take, with all that its node makes it wait for. */
const ATTACK_MS_MAX = 180_000;
const SCRAPE_MS = 500;
const READY_MS = 60_000;
const SETTLED_BYTES = 16 << 20;

const launcher = fileURLToPath(new URL('../../../packages/cli/bin/plimsoll.js', import.meta.url));

/** One node, one honest client, and one attack after another. */
export async function runHostile(options: HostileOptions): Promise<HostileResult> {
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-hostile-'));
  const file = networkFile();
  const network = networkOf(file);
  const lawful = new Lawful();
  const seals = new Seals(network, lawful);
  const node = await NodeProcess.start({ directory, network: file, flags: [] });
  let honest: HonestClient | undefined;
  try {
    await setUp(node, seals);
    const told = { port: node.port, ratePerSecond: options.ratePerSecond };
    honest = await HonestClient.start(told, lawful);
    const director = new Director({ node, honest, seals, options });
    const made = await director.run();
    const victimAfter = await victimOf(node);
    const report = await honest.stop();
    const exit = node.exit;
    const stopCode = exit === undefined ? await node.stop() : undefined;
    const history = await readHistory(node.data, network);
    const verifyCode = await verify(node.data);
    const { complaints } = node;
    const faults = [
      ...made.outcomes.flatMap(attackFaults),
      ...historyFaults(history, lawful),
      ...honestFaults(report, history),
      ...victimFaults(made.victim, victimAfter),
      ...memoryFaults(made, MEMORY_BOUNDS),
      ...nodeFaults({ exit, stopCode, complaints, verifyCode }),
    ];
    const { outcomes, start, end } = made;
    const { blocks, commands, prices } = history;
    const counts = { blocks, commands: commands.length, prices: prices.length };
    return { outcomes, honest: report, history: counts, start, end, faults };
  } finally {
    honest?.kill();
    if (node.exit === undefined) await node.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Parts {
  readonly node: NodeProcess;
  readonly honest: HonestClient;
  readonly seals: Seals;
  readonly options: HostileOptions;
}

class Director {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<{
    readonly outcomes: readonly AttackOutcome[];
    readonly start: Scrape;
    readonly end: Scrape;
    readonly victim: string;
  }> {
    const { node, honest, options } = this.#parts;
    // Caches fill and code is compiled before anything is measured.
    honest.phase('warm-up');
    await sleep(options.isShort ? 1_000 : 10_000);
    const victim = await victimOf(node);
    const start = await node.scrape();
    honest.phase('calm 0');
    await sleep(options.calmMs);
    const chosen = allAttacks.filter(
      ({ name, isSlow = false }) =>
        !(options.isShort && isSlow) && (options.only === undefined || name.includes(options.only)),
    );
    const outcomes: AttackOutcome[] = [];
    for (const [i, attack] of chosen.entries()) {
      outcomes.push(await this.#attack(attack, i + 1));
      if (node.exit !== undefined) break;
    }
    const end = node.exit === undefined ? await this.#settled(start) : start;
    return { outcomes, start, end, victim };
  }

  /** Waits for a collection: the least heap that is seen, once it is near to the beginning's. */
  async #settled(start: Scrape): Promise<Scrape> {
    const { node, options } = this.#parts;
    const deadline = Date.now() + (options.isShort ? 0 : SETTLE_MS);
    let least = await node.scrape();
    while (least.heapBytes > start.heapBytes + SETTLED_BYTES && Date.now() < deadline) {
      await sleep(SCRAPE_MS);
      const seen = await node.scrape();
      if (seen.heapBytes < least.heapBytes) least = seen;
    }
    return least;
  }

  async #attack(attack: Attack, place: number): Promise<AttackOutcome> {
    const { node, honest, seals, options } = this.#parts;
    const tally = new Tally();
    const stage = new Stage({ node, seals, isShort: options.isShort, network: 0, place });
    const from = await heightOf(node);
    const memory = new MemoryWatch(node);
    await memory.look();
    const before = memory.peak;
    honest.phase(`attack ${place}`);
    const startMs = performance.now();
    const failure = await failureOf(attack, stage, tally);
    const seconds = (performance.now() - startMs) / 1000;
    const rest = options.attackMsMin - seconds * 1000;
    if (rest > 0) await sleep(rest);
    stage.close();
    honest.phase(`calm ${place}`);
    await sleep(options.calmMs);
    const peak = await memory.stop();
    const { privateBytes: after } = await node.scrape();
    // A loop that was late under the attack is given a moment.
    const isReady = await eventually(() => node.isReady(), READY_MS);
    const outcome: AttackOutcome = {
      name: attack.name,
      expects: attack.expects,
      allows: attack.allows ?? [],
      attempts: tally.attempts,
      answers: tally.answers,
      failure,
      isReady,
      heights: [from, isReady ? await heightOf(node) : from],
      seconds,
      memory: { before, peak: Math.max(peak, after), after },
    };
    const faults = attackFaults(outcome);
    options.say(`${attack.name}: ${JSON.stringify(tally.answers)} ${seconds.toFixed(1)} s`);
    for (const fault of faults) options.say(`  FAULT ${fault}`);
    return outcome;
  }
}

/** Looks at the node's memory while something is done to it. */
class MemoryWatch {
  readonly #node: NodeProcess;
  readonly #timer: NodeJS.Timeout;
  peak = 0;

  constructor(node: NodeProcess) {
    this.#node = node;
    this.#timer = setInterval(() => void this.look(), SCRAPE_MS);
  }

  async look(): Promise<void> {
    const { privateBytes } = await this.#node.scrape();
    this.peak = Math.max(this.peak, privateBytes);
  }

  async stop(): Promise<number> {
    clearInterval(this.#timer);
    await this.look();
    return this.peak;
  }
}

async function failureOf(attack: Attack, stage: Stage, tally: Tally): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('it does not end'), ATTACK_MS_MAX);
  });
  const done = attack.run(stage, tally).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  const failure = await Promise.race([done, late]);
  clearTimeout(timer);
  return failure;
}

async function heightOf(node: NodeProcess): Promise<number> {
  return (await node.read<{ height: number }>('/v1/status')).height;
}

/** Replays the store and opens every signature in it, in a process of its own. */
function verify(data: string): Promise<number> {
  const args = [launcher, 'verify', data, '--signatures', '--quiet'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
