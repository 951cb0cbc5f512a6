// `npm run reliability -- --rounds 200`: a node process on one store, client processes that send
// signed commands, and SIGKILL at random moments. After every kill: is everything that was
// acknowledged there, once, with the same result; and does another process come to the same roots?
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Receipt } from '@plimsoll/api/wire';
import type { VerifyReport } from '@plimsoll/node/store';
import {
  checkAcknowledged,
  checkDoubt,
  checkHeights,
  checkLookUp,
  checkOnce,
  checkPrices,
  checkRefused,
  nothingStored,
} from './crash/checks.ts';
import { Clients } from './crash/clients.ts';
import { type PlannedKill, planRounds, type Round } from './crash/crashPlan.ts';
import { lookUp } from './crash/lookUp.ts';
import { networkFile } from './crash/market.ts';
import type { LoadReport } from './crash/messages.ts';
import { launcher, NodeProcess, type Stage } from './crash/nodeProcess.ts';
import { readStore } from './crash/readStore.ts';
import { type Hit, median, Tally } from './crash/tally.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '2' },
    /** Commands a second of one client process. */
    rate: { type: 'string', default: '150' },
    fillers: { type: 'string', default: '20000' },
    'verify-every': { type: 'string', default: '20' },
    /** A disk that lied: the blocks of the last round are put back to before it. */
    sabotage: { type: 'boolean', default: false },
    /** Leaves the store where it is. */
    keep: { type: 'boolean', default: false },
  },
});
const number = (name: 'rounds' | 'seed' | 'clients' | 'rate' | 'fillers' | 'verify-every') =>
  Number(options[name]);

const LOAD_MS = [50, 1_500] as const;
const IDLE_MS = 500;
const SNAPSHOT_WAIT_MS = 3_000;
const SNAPSHOT_MS = 6;
const UNFINISHED = /\.snapshot\.[0-9]+$/;
const HITS: Readonly<Record<Stage, Hit>> = {
  starting: 'start-up, before the store is open',
  recovering: 'start-up, while it recovers',
  opening: 'start-up, before it serves',
  serving: 'idle',
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** One store, and everything that happens to it. */
class CrashTest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-crash-'));
  readonly #directory = join(this.#folder, 'data');
  readonly #networkPath = join(this.#folder, 'network.json');
  readonly #port: number;
  readonly tally = new Tally();
  /** What the blocks hold, as far as they were read, without any node. */
  readonly #stored = nothingStored();
  /** Every acknowledgment of the run. */
  readonly #receipts: Receipt[] = [];
  /** Reports that were not compared with the blocks yet. */
  #unread: LoadReport[] = [];
  /** Acknowledged before a kill of this round, for the node to be asked about. */
  #told: Receipt[] = [];
  #node: NodeProcess;
  #clients: Clients | undefined;
  #head = 0;

  constructor(port: number) {
    this.#port = port;
    writeFileSync(this.#networkPath, JSON.stringify(networkFile(number('fillers'))));
    this.#node = this.#start();
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async setUp(): Promise<void> {
    const count = number('clients');
    const plan = { seed: number('seed'), clients: count, rate: number('rate') };
    const rest = { ...plan, url: this.#url, fillers: number('fillers') };
    const plans = Array.from({ length: count }, (_, place) => ({ ...rest, place }));
    [this.#clients] = await Promise.all([Clients.start(plans), this.#node.served]);
    await this.#clients.setUp();
    this.#take(await this.#clients.pause());
  }

  async round(round: Round, isLast: boolean): Promise<void> {
    const before = { ...this.tally, violations: this.tally.violations.length };
    const hits: Hit[] = [];
    const lied = join(this.#folder, 'lied');
    if (isLast && options.sabotage)
      cpSync(join(this.#directory, 'blocks'), lied, { recursive: true });
    for (const kill of round.kills) {
      const hit = await this.#kill(kill);
      hits.push(hit);
      this.tally.hit(hit);
      if (kill.aim === 'load' || kill.aim === 'snapshot') {
        this.#take(await this.#paused());
        if (existsSync(lied)) cpSync(lied, join(this.#directory, 'blocks'), { recursive: true });
      }
      await this.#readStore(round.number);
      if (kill === round.kills.at(-1)) await this.#maybeVerify(round.number);
      if (kill.fromGenesis) rmSync(join(this.#directory, 'snapshots'), { recursive: true });
      this.#node = this.#start();
      if (kill === round.kills.at(-1))
        await this.#serve(round.kills.some((each) => each.fromGenesis));
    }
    await this.#settle(round.number);
    this.tally.rounds += 1;
    const done = this.tally;
    const ok = done.violations.length === before.violations ? 'ok' : 'VIOLATED';
    say(
      `${String(round.number).padStart(4)}  ${ok}  ${hits.join('; ')}: ` +
        `${done.acknowledged - before.acknowledged} acknowledged, ` +
        `${done.doubts - before.doubts} without an answer, head ${this.#head}, ` +
        `up in ${(this.#node.startMs / 1_000).toFixed(2)} s`,
    );
    for (const each of done.violations.slice(before.violations)) say(`      ${each}`);
  }

  /** Stops the node as an operator does, and looks at everything once more. */
  async finish(): Promise<void> {
    const code = await this.#node.stop();
    if (code !== 0) this.tally.violated(0, [`the node stopped with ${code}`]);
    await this.#readStore(0);
    const whole = nothingStored();
    await readStore(this.#directory, whole);
    this.tally.violated(0, [
      ...checkHeights(whole),
      ...checkOnce(whole),
      ...checkAcknowledged(this.#receipts, whole),
    ]);
    await this.#verify(0);
  }

  /** For good, also when something failed. */
  end(): void {
    this.#node.killNow();
    this.#clients?.end();
    if (options.keep) say(`the store is in ${this.#directory}`);
    else rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Commands are sent until the node is killed; or it is killed as it starts. */
  async #kill({ aim, fraction }: PlannedKill): Promise<Hit> {
    if (aim === 'startUp') {
      await this.#orServed(sleep(fraction * median(this.tally.startMs)));
      return HITS[await this.#node.kill()];
    }
    if (aim === 'recovery') {
      await this.#orServed(this.#node.locked);
      await this.#orServed(sleep(fraction * median(this.tally.recoveryMs)));
      return HITS[await this.#node.kill()];
    }
    if (this.#node.stage !== 'serving') await this.#serve(false);
    await this.#clients?.load();
    if (aim === 'idle') {
      await sleep(LOAD_MS[1] * fraction);
      const report = await this.#paused();
      this.#take(report);
      await sleep(IDLE_MS * fraction);
      await this.#node.kill();
      return 'idle';
    }
    if (aim === 'snapshot') {
      await sleep(LOAD_MS[0]);
      await Promise.race([this.#snapshotBegins(), sleep(SNAPSHOT_WAIT_MS)]);
      await sleep(SNAPSHOT_MS * fraction);
    } else await sleep(LOAD_MS[0] + (LOAD_MS[1] - LOAD_MS[0]) * fraction);
    await this.#node.kill();
    const isHalf = readdirSync(join(this.#directory, 'snapshots')).some((name) =>
      UNFINISHED.test(name),
    );
    return isHalf ? 'under load, a snapshot half written' : 'under load';
  }

  /** Whoever serves before the moment has come is killed while it serves. */
  async #orServed(moment: Promise<void>): Promise<void> {
    await Promise.race([moment, this.#node.served]);
  }

  #snapshotBegins(): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(join(this.#directory, 'snapshots'), (_, name) => {
        if (name === null || !UNFINISHED.test(name)) return;
        watcher.close();
        resolve();
      });
      void this.#node.ended.then(() => watcher.close());
    });
  }

  #start(): NodeProcess {
    const { ...paths } = { directory: this.#directory, networkPath: this.#networkPath };
    return new NodeProcess({ ...paths, port: this.#port });
  }

  async #serve(isFromGenesis: boolean): Promise<void> {
    await this.#node.served;
    if (isFromGenesis) this.tally.replayMs.push(this.#node.recoveryMs);
    else {
      this.tally.startMs.push(this.#node.startMs);
      this.tally.recoveryMs.push(this.#node.recoveryMs);
    }
  }

  async #paused(): Promise<LoadReport> {
    const report = await this.#clients?.pause();
    if (report === undefined) throw new Error('there are no clients');
    return report;
  }

  /** What clients were told, to be compared with the blocks when they are read next. */
  #take(report: LoadReport): void {
    this.#unread.push(report);
    this.#receipts.push(...report.receipts);
    this.tally.acknowledged += report.receipts.length;
    this.tally.refusedInBlocks += report.receipts.filter((each) => !each.isAccepted).length;
    this.tally.pricesAcknowledged += report.prices.length;
    this.tally.refusedAtTheDoor += report.refused.length;
  }

  /** The blocks as they lie on the disk of a node that is dead. */
  async #readStore(round: number): Promise<void> {
    this.#head = await readStore(this.#directory, this.#stored);
    const stored = this.#stored;
    this.tally.violated(round, [...checkHeights(stored), ...checkOnce(stored)]);
    for (const report of this.#unread) {
      this.tally.violated(round, [
        ...checkAcknowledged(report.receipts, stored),
        ...checkPrices(report.prices, stored),
        ...checkRefused(report.refused, stored),
        ...report.contradictions,
      ]);
    }
    this.#told.push(...this.#unread.flatMap(({ receipts }) => receipts));
    this.#unread = [];
  }

  async #settle(round: number): Promise<void> {
    const head = this.#head;
    const digests = this.#told.map(({ digest }) => digest);
    const found = await lookUp(this.#url, digests, head);
    for (const receipt of this.#told) {
      this.tally.violated(round, checkLookUp(receipt, found.get(receipt.digest) ?? null));
    }
    this.tally.lookedUp += digests.length;
    this.#told = [];
    const report = await this.#clients?.settle(head);
    if (report === undefined) return;
    const { settled } = report;
    this.#take(report);
    this.tally.doubts += settled.length;
    for (const doubt of settled) {
      const { fate, violations } = checkDoubt(doubt, this.#stored);
      this.tally.fate(fate);
      this.tally.violated(round, violations);
    }
    // What was executed on being sent again is acknowledged too; what was not must never appear.
    const receipts = settled.flatMap(({ after }) => (after === null ? [] : [after]));
    const refused = settled.flatMap(({ digest, after }) =>
      after === null ? [{ digest, name: 'nothing' }] : [],
    );
    const empty = { sent: 0, prices: [], doubts: [], contradictions: [] };
    this.#unread.push({ ...empty, receipts, refused });
    this.#receipts.push(...receipts);
  }

  async #maybeVerify(round: number): Promise<void> {
    if (round % number('verify-every') === 0) await this.#verify(round);
  }

  /** Another process opens every signature and replays every block from the genesis. */
  async #verify(round: number): Promise<void> {
    const startMs = performance.now();
    const args = [launcher, 'verify', this.#directory, '--signatures', '--json', '--quiet'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    this.tally.verified += 1;
    if (code !== 0 && text === '') {
      this.tally.violated(round, [`verify ended with ${code}: ${errors}`]);
      return;
    }
    const report = JSON.parse(text) as VerifyReport;
    const { head, blocksReplayed, rootsCompared, signaturesOpened, problems } = report;
    const bad = problems.map(({ height, part, message }) => `block ${height}, ${part}: ${message}`);
    if (head !== this.#head) bad.push(`verify saw ${head} blocks, not ${this.#head}`);
    if (blocksReplayed !== head) bad.push(`verify replayed ${blocksReplayed} of ${head} blocks`);
    if (rootsCompared === 0) bad.push('verify compared no root');
    if (code !== 0) bad.push(`verify ended with ${code}`);
    this.tally.violated(round, bad);
    const counted = [`${blocksReplayed} blocks replayed`, `${rootsCompared} roots equal`];
    counted.push(`${signaturesOpened} signatures opened`, `${bad.length} problems`);
    this.tally.verifyText = counted.join(', ');
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    say(`      verify in another process: ${this.tally.verifyText}, ${seconds} s`);
  }
}

/**
 * A free port below those that systems give to outgoing connections: while the node is down, nobody
 * is given it.
 */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

const startMs = performance.now();
const rounds = planRounds(number('rounds'), number('seed'));
say(
  `seed ${number('seed')}: ${rounds.length} rounds, ${rounds.flatMap((each) => each.kills).length} kills`,
);
const crashTest = new CrashTest(await freePort());
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    say(`ended by ${signal}`);
    process.exit(code);
  });
}
process.once('exit', () => crashTest.end());
try {
  await crashTest.setUp();
  for (const round of rounds) await crashTest.round(round, round === rounds.at(-1));
  await crashTest.finish();
} catch (error) {
  crashTest.tally.violated(crashTest.tally.rounds + 1, [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ]);
}
const { tally } = crashTest;
say(`\n${tally.text()}\n`);
for (const violation of tally.violations) say(violation);
say(`seed ${number('seed')}, ${((performance.now() - startMs) / 60_000).toFixed(1)} minutes`);
process.exit(tally.violations.length > 0 ? 1 : 0);
