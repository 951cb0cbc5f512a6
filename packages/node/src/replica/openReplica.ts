import { join } from 'node:path';
import type { HashPairs, Machine } from '@plimsoll/core/machine';
import type { FeedBuilder } from '../feeds/index.ts';
import { History } from '../history/index.ts';
import { networkOf } from '../network.ts';
import type { FeedMessage, Recovered, Store } from '../parts.ts';
import { MissingBlocksError } from '../store/index.ts';
import { type AnswerQuestion, chainTextOf, ReplicaCore } from './replicaCore.ts';

export interface OpenReplicaOptions {
  /** Opened for reading beside the writer, and for writing snapshots. */
  readonly store: Store;
  readonly recover: (
    store: Store,
    options: { readonly hashPairs: HashPairs; readonly atMost: number },
  ) => Recovered;
  readonly hashPairs: HashPairs;
  readonly answer: AnswerQuestion;
  readonly createFeeds: (machine: Machine, history: History) => FeedBuilder;
  readonly waitMs: number;
  /** How far it has caught up, now and then. */
  readonly onProgress?: (height: number, head: number) => void;
}

/** Blocks applied before others get their turn. */
const TURN_BLOCKS = 256;

/**
 * Brings a replica up: the history says how far it goes, the machine is recovered to there, and the
 * blocks after it are applied to both. A history that is missing, of another chain or ahead of the
 * blocks begins anew from the genesis. Spec: replica 4.
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
    const machine = await recoverTo(history, options);
    place.machine = machine;
    const core = new ReplicaCore({
      machine,
      history,
      network: store.network,
      snapshotHeight: store.snapshots()[0] ?? 0,
      readRecord: (height) => store.read(height),
      writeSnapshot: (height, bytes) => store.writeSnapshot(height, bytes),
      answer: options.answer,
      createFeeds: (of) => options.createFeeds(of, history),
      mismatchDirectory: join(store.directory, 'mismatch'),
      hashPairs,
      waitMs: options.waitMs,
    });
    await catchUp(core, { ...options, history });
    core.startFeeds();
    return core;
  } catch (error) {
    await history.close();
    throw error;
  }
}

async function recoverTo(history: History, options: OpenReplicaOptions): Promise<Machine> {
  const { store, recover, hashPairs } = options;
  const { height, chainHash } = history.mark;
  if (height > 0 && height <= store.head) {
    const { machine } = recover(store, { hashPairs, atMost: height });
    if (chainTextOf(machine) === chainHash) return machine;
  }
  if (height > 0) await history.reset();
  return recover(store, { hashPairs, atMost: 0 }).machine;
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
