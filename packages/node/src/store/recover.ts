import {
  chainHashOf,
  createMachine,
  DamagedSnapshotError,
  type HashPairs,
  hex,
  limitsFor,
  type Machine,
  restore,
  rootNow,
} from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import { genesisOf } from '../network.ts';
import type { Recovered, Store } from '../parts.ts';
import { MissingBlocksError } from './errors.ts';
import { readRecord } from './readRecord.ts';
import { type BlockRecord, saysRoot } from './record.ts';
import { replayRecord } from './replayRecord.ts';

export interface RecoverOptions {
  readonly hashPairs: HashPairs;
  /** How far the replay is: now and then, and at the end. */
  readonly onProgress?: (height: number, head: number) => void;
  /** Brings the machine up as it was after this block; the last one unless said. */
  readonly atMost?: number;
}

/** Blocks between two reports of progress. */
const REPORT_BLOCKS = 256;

/**
 * The machine of a store: the newest snapshot that is good, and the blocks after it applied again,
 * every outcome compared with what was stored. Of the roots, only the last one is computed and
 * compared: it is of the whole state. If anything does not agree all of it is done again with
 * every root, so that what is said first is where it begins. A snapshot that cannot be used is
 * passed over, and said; a block that cannot be used ends it. Synchronous: there is nothing to do
 * meanwhile. Spec: nodeStore 6.
 *
 * @throws MissingBlocksError, DamagedRecordError, RecoveryMismatchError naming the height.
 */
export function recover(store: Store, options: RecoverOptions): Recovered {
  const { head } = store;
  checkNothingLost(store, head);
  const target = Math.min(options.atMost ?? head, head);
  try {
    return recoverTo(store, target, { ...options, roots: 'last' });
  } catch {
    // A state that is not what it was may fail in any way: only what every root says is told.
    return recoverTo(store, target, { ...options, roots: 'every' });
  }
}

interface ReplayOptions extends RecoverOptions {
  readonly roots: 'every' | 'last';
}

function recoverTo(store: Store, target: number, options: ReplayOptions): Recovered {
  const skipped: { readonly height: number; readonly reason: string }[] = [];
  const { machine, height: snapshotHeight } = begin(store, target, { ...options, skipped });
  const isEvery = options.roots === 'every';
  const last = isEvery ? 0 : lastRootHeight(store, { from: snapshotHeight, to: target });
  if (last > 0 && last === snapshotHeight) compareSnapshotRoot(machine, readRecord(store, last));
  for (let height = snapshotHeight + 1; height <= target; height++) {
    const roots = isEvery || height === last ? 'due' : 'later';
    replayRecord(machine, readRecord(store, height), { roots });
    if (height % REPORT_BLOCKS === 0) options.onProgress?.(height, target);
  }
  options.onProgress?.(target, target);
  return { machine, snapshotHeight, blocksReplayed: target - snapshotHeight, skipped };
}

/**
 * The last height with a root, or 0. The block's bytes are compared only when it is read: a flag
 * that was changed is found then.
 */
function lastRootHeight(
  store: Store,
  range: { readonly from: number; readonly to: number },
): number {
  for (let height = range.to; height >= Math.max(1, range.from); height--) {
    const bytes = store.read(height);
    if (bytes !== undefined && saysRoot(bytes)) return height;
  }
  return 0;
}

/** A snapshot is of blocks on disk: one ahead of them says that acknowledged blocks are gone. */
export function checkNothingLost(store: Store, head: number): void {
  const newest = store.snapshots()[0] ?? 0;
  if (newest <= head) return;
  // The writer may have stored both since the head was read.
  if (newest <= store.head) return;
  throw new MissingBlocksError({
    code: 'STORE_BLOCKS_MISSING',
    message:
      `blocks are missing in ${store.directory}: a snapshot was made at ${newest}, the last block ` +
      `is ${head}; blocks that were acknowledged are gone: restore the directory as a whole`,
    facts: { head, snapshot: newest },
  });
}

interface Beginning {
  readonly machine: Machine;
  readonly height: number;
}

function begin(
  store: Store,
  target: number,
  options: ReplayOptions & { readonly skipped: { height: number; reason: string }[] },
): Beginning {
  for (const height of store.snapshots()) {
    if (height > target) continue;
    try {
      const { machine, record } = readMachine(store, height, options.hashPairs);
      if (options.roots === 'every') compareSnapshotRoot(machine, record);
      return { machine, height };
    } catch (error) {
      if (!(error instanceof PlimsollError) && !isFileError(error)) throw error;
      options.skipped.push({ height, reason: error.message });
    }
  }
  const machine = createMachine(genesisOf(store.network), { hashPairs: options.hashPairs });
  return { machine, height: 0 };
}

/**
 * A machine from one snapshot, which is of this store: its height and its chained hash are those of
 * the block, and its root where the block has one.
 *
 * @throws DamagedSnapshotError with the reason.
 */
export function restoreSnapshot(store: Store, height: number, hashPairs: HashPairs): Machine {
  const { machine, record } = readMachine(store, height, hashPairs);
  compareSnapshotRoot(machine, record);
  return machine;
}

/** The same without its root, and the block that has it. */
function readMachine(
  store: Store,
  height: number,
  hashPairs: HashPairs,
): { readonly machine: Machine; readonly record: BlockRecord } {
  const bytes = store.readSnapshot(height);
  const machine = restore(bytes, limitsFor(store.network.capacity), { hashPairs });
  const { state } = machine;
  const found = state.machine.height.get(0);
  if (found !== height) foreign('its height is not that of its name', { height, found });
  const record = readRecord(store, height);
  const chain = { stored: hex(record.chainHash), found: hex(chainHashOf(machine)) };
  if (chain.stored !== chain.found) foreign('its chained hash is not that of the block', chain);
  return { machine, record };
}

function compareSnapshotRoot(machine: Machine, record: BlockRecord): void {
  if (record.root === undefined) return;
  const root = { stored: hex(record.root), found: hex(rootNow(machine).root) };
  if (root.stored !== root.found) foreign('its root is not that of the block', root);
}

function foreign(what: string, facts: { readonly [fact: string]: string | number }): never {
  throw new DamagedSnapshotError({
    code: 'SNAPSHOT_DAMAGED',
    message: `the snapshot does not belong here: ${what}`,
    facts,
  });
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
