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
 * every outcome compared with what was stored. A snapshot that cannot be used is passed over, and
 * said; a block that cannot be used ends it. Synchronous: there is nothing to do meanwhile. Spec:
 * nodeStore 6.
 *
 * @throws MissingBlocksError, DamagedRecordError, RecoveryMismatchError naming the height.
 */
export function recover(store: Store, options: RecoverOptions): Recovered {
  const { head } = store;
  checkNothingLost(store, head);
  const target = Math.min(options.atMost ?? head, head);
  const skipped: { readonly height: number; readonly reason: string }[] = [];
  const { machine, height: snapshotHeight } = begin(store, target, { ...options, skipped });
  for (let height = snapshotHeight + 1; height <= target; height++) {
    replayRecord(machine, readRecord(store, height));
    if (height % REPORT_BLOCKS === 0) options.onProgress?.(height, target);
  }
  options.onProgress?.(target, target);
  return { machine, snapshotHeight, blocksReplayed: target - snapshotHeight, skipped };
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
  options: RecoverOptions & { readonly skipped: { height: number; reason: string }[] },
): Beginning {
  for (const height of store.snapshots()) {
    if (height > target) continue;
    try {
      return { machine: restoreSnapshot(store, height, options.hashPairs), height };
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
  const bytes = store.readSnapshot(height);
  const machine = restore(bytes, limitsFor(store.network.capacity), { hashPairs });
  const { state } = machine;
  const found = state.machine.height.get(0);
  if (found !== height) foreign('its height is not that of its name', { height, found });
  const record = readRecord(store, height);
  const chain = { stored: hex(record.chainHash), found: hex(chainHashOf(machine)) };
  if (chain.stored !== chain.found) foreign('its chained hash is not that of the block', chain);
  if (record.root === undefined) return machine;
  const root = { stored: hex(record.root), found: hex(rootNow(machine).root) };
  if (root.stored !== root.found) foreign('its root is not that of the block', root);
  return machine;
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
