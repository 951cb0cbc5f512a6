import { join } from 'node:path';
import type { HashPairs, Machine } from '@plimsoll/core/machine';
import type { FeedBuilder } from '../feeds/index.ts';
import { History } from '../history/index.ts';
import { networkOf } from '../network.ts';
import type { FeedMessage, Recovered, Store } from '../parts.ts';
import { MissingBlocksError, readRecord } from '../store/index.ts';
import { type HistoryProgress, HistoryRebuild } from './historyRebuild.ts';
import { type AnswerQuestion, ReplicaCore } from './replicaCore.ts';

export interface OpenReplicaOptions {
  /** Opened for reading beside the writer, and for writing snapshots. */
  readonly store: Store;
  readonly recover: (
    store: Store,
    options: { readonly hashPairs: HashPairs; readonly atMost: number },
  ) => Recovered;
  readonly hashPairs: HashPairs;
  readonly answer: AnswerQuestion;
  readonly createFeeds: (machine: Machine, history: History | undefined) => FeedBuilder;
  readonly waitMs: number;
  /** How far it has caught up, now and then. */
  readonly onProgress?: (height: number, head: number) => void;
  /** How far a history is that is built beside the replica. */
  readonly onHistory?: (progress: HistoryProgress) => void;
  /** The history could not be built to the end; the replica goes on without. */
  readonly onWarning?: (error: Error) => void;
  /**
   * A history so many blocks behind what a snapshot makes dispensable is built beside the replica,
   * and not before it; 1,000 unless said.
   */
  readonly rebuildBlocksMin?: number;
}

/** Blocks applied before others get their turn. */
const TURN_BLOCKS = 256;
const REBUILD_BLOCKS_MIN = 1_000;

/**
 * Brings a replica up: the history says how far it goes, the machine is recovered to there, and the
 * blocks after it are applied to both. A history that is missing, damaged, of another chain or
 * ahead of the blocks begins anew from the genesis; where that takes long, beside a replica that
 * was recovered to the last block and serves. Spec: replica 4.
 */
export async function openReplica(options: OpenReplicaOptions): Promise<ReplicaCore> {
  const { store, hashPairs } = options;
  // The history asks for multipliers only when blocks are applied: the machine is there by then.
  const place: { machine: Machine | undefined } = { machine: undefined };
  const history = new History({
    directory: join(store.directory, 'history'),
    genesisHash: networkOf(store.network).genesisHash,
    multiplierOf: (instrument) => place.machine?.state.instruments.multiplier.get(instrument) ?? 0,
  });
  try {
    const isLong = await isBehind(history, options);
    const rebuild = isLong ? beside(history, options) : undefined;
    const until = isLong ? store.head : history.mark.height;
    const { machine } = options.recover(store, { hashPairs, atMost: until });
    place.machine = rebuild?.machine ?? machine;
    const core = new ReplicaCore({
      machine,
      history,
      ...(rebuild === undefined ? {} : { rebuild: rebuild.rebuild }),
      network: store.network,
      snapshotHeight: store.snapshots()[0] ?? 0,
      readRecord: (height) => store.read(height),
      writeSnapshot: (height, bytes) => store.writeSnapshot(height, bytes),
      answer: options.answer,
      createFeeds: options.createFeeds,
      mismatchDirectory: join(store.directory, 'mismatch'),
      hashPairs,
      waitMs: options.waitMs,
    });
    await catchUp(core, { ...options, history });
    core.startFeeds();
    if (rebuild === undefined) return core;
    rebuild.rebuild.start(() => core.height, {
      complete: () => {
        place.machine = machine;
        core.completeHistory();
      },
      failed: (error) => options.onWarning?.(error),
    });
    return core;
  } catch (error) {
    await history.close();
    throw error;
  }
}

/** Whether it takes long to complete the history. One of other blocks is emptied. */
async function isBehind(history: History, options: OpenReplicaOptions): Promise<boolean> {
  const { store, onHistory, rebuildBlocksMin = REBUILD_BLOCKS_MIN } = options;
  const { head } = store;
  const fault = faultOf(history, store);
  if (fault !== undefined && history.mark.height > 0) await history.reset();
  const { height } = history.mark;
  const isLong = missingBlocks(history, store) >= rebuildBlocksMin;
  const reason = fault ?? (isLong ? `it ends at block ${height}` : undefined);
  if (reason !== undefined && head > 0) onHistory?.({ height, head, reason, isComplete: false });
  return isLong;
}

/** Why the history is of no use. */
function faultOf(history: History, store: Store): string | undefined {
  const { height, chainHash } = history.mark;
  if (history.damage !== undefined) return `it was damaged: ${history.damage}`;
  if (height === 0) return 'there is none';
  if (height > store.head) return `it goes to block ${height}, the last one is ${store.head}`;
  const { chainHash: stored } = readRecord(store, height);
  return Buffer.from(stored).toString('hex') === chainHash ? undefined : 'it is of other blocks';
}

/** How many more blocks have to be applied for the history than for the machine alone. */
function missingBlocks(history: History, store: Store): number {
  const heights = store.snapshots();
  const [newest = 0] = heights;
  const usable = heights.find((height) => height <= history.mark.height) ?? 0;
  return newest - usable;
}

function beside(
  history: History,
  { store, recover, hashPairs, onHistory }: OpenReplicaOptions,
): { readonly machine: Machine; readonly rebuild: HistoryRebuild } {
  const { machine } = recover(store, { hashPairs, atMost: 0 });
  const onProgress = onHistory === undefined ? {} : { onProgress: onHistory };
  return { machine, rebuild: new HistoryRebuild({ store, machine, history, ...onProgress }) };
}

async function catchUp(
  core: ReplicaCore,
  options: OpenReplicaOptions & { readonly history: History },
): Promise<void> {
  const { store, history, onProgress } = options;
  for (let head = store.head; core.height < head; head = store.head) {
    const until = Math.min(head, core.height + TURN_BLOCKS);
    advanceTo(core, store, until);
    onProgress?.(core.height, head);
    // Memory stays bounded: the disk keeps up with what is replayed.
    if (history.lag > 4 * TURN_BLOCKS) await history.flush();
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * Applies what is stored up to a height, and returns the messages of those blocks.
 *
 * @throws MissingBlocksError when the store does not have them.
 */
export function advanceTo(
  core: ReplicaCore,
  store: Pick<Store, 'read' | 'directory'>,
  height: number,
): readonly FeedMessage[] {
  const messages: FeedMessage[] = [];
  while (core.height < height) {
    const next = core.height + 1;
    const bytes = store.read(next);
    if (bytes === undefined) {
      throw new MissingBlocksError({
        code: 'STORE_BLOCKS_MISSING',
        message: `block ${next} is missing in ${store.directory}; restore a backup`,
        facts: { height: next },
      });
    }
    // The store's bytes last for a turn; digests stay in the history's memory for longer.
    messages.push(...core.apply(next, Uint8Array.from(bytes)));
  }
  return messages;
}
