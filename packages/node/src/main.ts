import { join } from 'node:path';
import type { Problem, Receipt } from '@plimsoll/api/wire';
import { ProblemError } from '@plimsoll/api/wire';
import type { OpenedCommand } from '@plimsoll/core/schema';
import { BlockClock, systemTime, type TimeSource } from './blockClock.ts';
import { BlockMaker, type BlockReport } from './blockMaker.ts';
import type { NodeConfig } from './config.ts';
import { DepositBox, judgeDeposit, openDepositJournal } from './deposits/index.ts';
import { hashPairsNative } from './hashing.ts';
import { createHttp } from './http/index.ts';
import { createIngress } from './ingress.ts';
import { createLogger, type Logger } from './logger.ts';
import { measureIngress } from './measureIngress.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type NetworkFile, networkOf } from './network.ts';
import { createOpener } from './opening/index.ts';
import type { Ingress, NodeStatus, Opener, Recovered, Replica, Store } from './parts.ts';
import {
  createReplica,
  type HistoryProgress,
  logProgress,
  type ReplicaThread,
} from './replica/index.ts';
import { openStore, recover } from './store/index.ts';
import { createGate, ingressByTurns, Turns } from './turns/index.ts';
import { createStream, type Stream } from './ws/index.ts';

export interface StartOptions {
  readonly config: NodeConfig;
  /** Needed where the store is new; a store that exists has its own and refuses another. */
  readonly network?: NetworkFile;
  readonly logger?: Logger;
  /** For tests of what clocks do. */
  readonly time?: TimeSource;
}

/** A node that serves. */
export interface RunningNode {
  readonly url: string;
  readonly metrics: Metrics;
  status(): NodeStatus;
  /** Stops taking, stores what waits, closes everything. */
  close(): Promise<void>;
  /** Resolves when the node cannot go on; it has stopped acknowledging and must be closed. */
  readonly failed: Promise<Error>;
}

const WATCH_MS = 1_000;
/** Deposits are judged at block time, which may lie so much behind the clock. */
const AGE_MS_MAX = 1_000;
/** Earlier answers that the replica looks up at once, and that wait for it. */
const LOOK_UPS = { atOnce: 32, waitingMax: 8_192 } as const;

/**
 * Brings a node up from its store and serves it: the only file that knows every part.
 *
 * @throws PlimsollError when the store, its blocks or its network are not what they should be.
 */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const { config } = options;
  const logger = options.logger ?? createLogger({ level: config.logLevel });
  const metrics = createMetrics();
  const startedMs = Date.now();
  const store = await openStore({
    directory: config.dataDirectory,
    snapshotsKept: config.snapshots.kept,
    ...(options.network === undefined ? {} : { network: options.network }),
  });
  try {
    const raised = await raise(store, { config, logger, metrics });
    metrics.recoverySeconds.set((Date.now() - startedMs) / 1000);
    logRecovery(logger, store, raised.recovered);
    const parts = { config, logger, metrics, store, ...raised, startedMs, turns: new Turns() };
    try {
      return await serve(parts, options.time ?? systemTime);
    } catch (error) {
      await raised.opener.close();
      await raised.replica.close();
      throw error;
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

type Raised = Pick<Parts, 'replica' | 'recovered' | 'opener'>;

/** Brings up what needs no other part, all at once; if one cannot, the others are closed again. */
async function raise(
  store: Store,
  { config, logger, metrics }: Pick<Parts, 'config' | 'logger' | 'metrics'>,
): Promise<Raised> {
  // The replica brings itself up from the same store, on the other core.
  const [replica, opener, recovered] = await Promise.allSettled([
    createReplica({
      directory: store.directory,
      snapshotEveryMs: config.snapshots.everyMs,
      snapshotsKept: config.snapshots.kept,
      checkpointEveryMs: config.checkpoints.everyMs,
      onProgress: logProgress((facts) => logger.info(facts, 'the replica catches up')),
      onHistory: logHistory(logger),
      onWarning: (error) => logger.warn({ err: error }, 'the replica goes on'),
    }),
    createOpener({
      network: networkOf(store.network),
      threads: config.opening.threads,
      onBatch: ({ size, seconds }) => {
        metrics.openingBatch.observe(size);
        metrics.openingSeconds.observe(seconds);
      },
      onFallback: (reason) => logger.warn({ reason }, 'signatures are opened in JavaScript'),
    }),
    // A microtask later, so that the threads start before this one is busy.
    Promise.resolve().then(() => {
      const onProgress = logProgress((facts) => logger.info(facts, 'the machine catches up'));
      return recover(store, { hashPairs: hashPairsNative, onProgress });
    }),
  ]);
  if (
    replica.status === 'fulfilled' &&
    opener.status === 'fulfilled' &&
    recovered.status === 'fulfilled'
  ) {
    return { replica: replica.value, opener: opener.value, recovered: recovered.value };
  }
  if (replica.status === 'fulfilled') await replica.value.close();
  if (opener.status === 'fulfilled') await opener.value.close();
  const failed = [recovered, replica, opener].find((each) => each.status === 'rejected');
  throw failed?.reason;
}

interface Parts {
  readonly config: NodeConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly replica: ReplicaThread;
  readonly opener: Opener;
  readonly recovered: Recovered;
  readonly startedMs: number;
  /** Of everything that comes in, over HTTP and the stream. */
  readonly turns: Turns;
}

/** Who writes: the door, the maker of blocks behind it, and what they say of themselves. */
interface Writer {
  readonly clock: BlockClock;
  readonly maker: BlockMaker;
  readonly ingress: Ingress;
  /** `isReady`: whether commands are taken at a time that nobody doubts. */
  status(): NodeStatus;
  /** From now on the node says that it is not ready. */
  leave(): void;
}

function createWriter(parts: Parts, time: TimeSource): Writer {
  const { config, metrics, store, replica, opener, startedMs, turns } = parts;
  const { machine } = parts.recovered;
  const network = networkOf(store.network);
  const totals = { accepted: 0, refused: 0 };
  const clock = new BlockClock(machine.state.machine.timeMs.get(0), time);
  const maker = new BlockMaker({
    machine,
    store,
    clock,
    config: config.blocks,
    onStored: (height, record) => replica.apply(height, record),
    onReport: (report) => {
      totals.accepted += report.commands - report.refused;
      totals.refused += report.refused;
      measureBlock(metrics, report);
    },
  });
  const { queueMax } = config.limits;
  const gate = createGate(LOOK_UPS);
  const look = (digest: string, source?: string): Promise<Receipt | undefined> =>
    gate.ask(source, () => lookUp(replica, digest));
  const door = createIngress({ network, machine, maker, clock, opener, queueMax, lookUp: look });
  let isHere = true;
  return {
    clock,
    maker,
    ingress: measureIngress(ingressByTurns(door, turns), metrics),
    leave: () => {
      isHere = false;
    },
    status: () => ({
      network,
      height: maker.height,
      timeMs: maker.timeMs,
      replica: replica.status,
      queueLength: maker.queueLength,
      isReady: isHere && !clock.isDoubted,
      accounts: machine.state.machine.accountCount.get(0),
      startedMs,
      commandsAccepted: totals.accepted,
      commandsRefused: totals.refused,
    }),
  };
}

/**
 * What lies here for the end of a connection. Those of before have ended with the process that had
 * them: their cancels come into a block before anybody can trade with what they left.
 */
async function openDeposits(parts: Parts, { maker, ingress }: Writer): Promise<DepositBox> {
  const { logger, store, opener, recovered } = parts;
  const path = join(store.directory, 'deposits.journal');
  const { journal, left, fault } = openDepositJournal({ path });
  if (fault !== undefined) {
    logger[fault.isTorn ? 'info' : 'error']({ left: left.size }, fault.message);
  }
  const judge = (command: OpenedCommand): Problem | undefined => {
    maker.freshen(AGE_MS_MAX);
    return judgeDeposit(recovered.machine, command);
  };
  const deposits = new DepositBox({ journal, ingress, opener, judge, logger });
  await deposits.fireLeft(left);
  return deposits;
}

async function serve(parts: Parts, time: TimeSource): Promise<RunningNode> {
  const { config, logger, metrics, store, replica, opener, turns } = parts;
  const writer = createWriter(parts, time);
  const { maker, ingress, status } = writer;
  const failed = failureOf(maker, replica, logger);
  const deposits = await openDeposits(parts, writer);
  let stream: Stream | undefined;
  const listening = createHttp({
    config,
    replica,
    ingress,
    status,
    metrics,
    logger,
    turns,
    attach: (server) => {
      const { network } = status();
      const door = { server, network, ingress, deposits, replica, turns };
      stream = createStream({ ...door, config, metrics, logger });
    },
  });
  const http = await listening.catch(async (error) => {
    await stream?.close();
    await deposits.close();
    await maker.stop();
    throw error;
  });
  const watch = setInterval(() => {
    watchNode(parts, status());
    metrics.deposits.set(deposits.count);
  }, WATCH_MS);
  maker.freshen(1_000);
  logger.info({ url: http.url, height: maker.height }, 'the node serves');
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    writer.leave();
    clearInterval(watch);
    // Answers what it took, and submits what lies here for the end of a connection: blocks go on.
    await inTurn([
      () => stream?.close(),
      () => deposits.close(),
      () => maker.stop(),
      () => http.close(),
      () => opener.close(),
      () => replica.close(),
      () => store.close(),
    ]);
    logger.info({ height: maker.height }, 'the node stopped; everything acknowledged is on disk');
  };
  return {
    url: http.url,
    metrics,
    status,
    failed,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** One after the other, and none left out because one before it failed. */
async function inTurn(steps: readonly (() => Promise<void> | undefined)[]): Promise<void> {
  let failure: unknown;
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

function failureOf(maker: BlockMaker, replica: Replica, logger: Logger): Promise<Error> {
  const replicaFailed = new Promise<Error>((resolve) => replica.onFailure(resolve));
  const failed = Promise.race([maker.failed, replicaFailed]);
  failed.then((error) => logger.fatal({ err: error }, 'the node cannot go on'));
  return failed;
}

/** The receipt of a command of long ago, from the history. */
async function lookUp(replica: Replica, digest: string): Promise<Receipt | undefined> {
  try {
    const question = { route: 'command', params: { digest }, query: {}, body: undefined };
    const { text } = await replica.ask(question);
    return (JSON.parse(text) as { readonly receipt: Receipt }).receipt;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.name === 'unknown') return undefined;
    throw error;
  }
}

function watchNode({ metrics, replica }: Parts, status: NodeStatus): void {
  metrics.height.set(status.height);
  metrics.queueLength.set(status.queueLength);
  metrics.accounts.set(status.accounts);
  metrics.replicaLagBlocks.set(Math.max(0, status.height - replica.status.height));
  metrics.historyLagBlocks.set(replica.status.historyLag);
  metrics.rootsCompared.set(replica.status.rootsCompared);
  metrics.snapshotHeight.set(replica.status.snapshotHeight);
}

function measureBlock(metrics: Metrics, report: BlockReport): void {
  metrics.blocks.inc();
  metrics.blockBytes.inc(report.bytes);
  metrics.blockCommands.observe(report.commands);
  metrics.commands.inc({ outcome: 'accepted' }, report.commands - report.refused);
  metrics.commands.inc({ outcome: 'refused' }, report.refused);
  for (const stage of ['collect', 'apply', 'encode', 'flush'] as const) {
    metrics.blockSeconds.observe({ stage }, report[`${stage}Ms`] / 1000);
  }
}

/** Says why the history is built again, how far it is now and then, and when it is complete. */
function logHistory(logger: Logger): (progress: HistoryProgress) => void {
  const now = logProgress((facts) => logger.info(facts, 'the history is built again'));
  return ({ height, head, reason, isComplete }) => {
    if (reason !== undefined) {
      const words =
        'the history is not complete and is built again; what asks it is answered later';
      logger.warn({ height, head, reason }, words);
    }
    now(height, head);
    if (isComplete) logger.info({ height }, 'the history is complete');
  };
}

function logRecovery(logger: Logger, store: Store, recovered: Recovered): void {
  for (const skipped of recovered.skipped) {
    logger.warn(skipped, 'a snapshot is damaged; the one before was taken');
  }
  const { snapshotHeight, blocksReplayed } = recovered;
  const facts = { directory: store.directory, snapshotHeight, blocksReplayed, head: store.head };
  logger.info(facts, 'the machine is as the last block left it');
}
