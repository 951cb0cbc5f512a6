import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../files/index.ts';
import { DirectoryNotEmptyError, StoreWriteError } from './errors.ts';
import { layoutOf, syncDirectory, syncFile } from './layout.ts';
import { openStore } from './openStore.ts';
import { readRecord } from './readRecord.ts';
import { snapshotHeights, snapshotPath } from './snapshotFiles.ts';

/** What a copy of a store holds. */
export interface CopyReport {
  readonly network: string;
  /** Height of the last block in the copy. */
  readonly head: number;
  /** Heights of the snapshots in the copy, newest first. */
  readonly snapshots: readonly number[];
  readonly bytes: number;
}

/**
 * Copies a store, also beside the node that writes to it: the blocks are those of one moment, the
 * snapshots are none of a later one. The copy is there as a whole or not at all. Spec: nodeStore 7.
 *
 * @throws DirectoryNotEmptyError when something is in the way.
 * @throws StoreMissingError when there is nothing to copy.
 * @throws StoreWriteError when the target's disk does not take it.
 */
export function backupStore(from: string, to: string): Promise<CopyReport> {
  return copyWhole(from, to, reportOf);
}

/**
 * Makes a store out of a backup, in a directory of its own: every block is read again and its
 * checksum compared before the copy takes its name.
 *
 * @throws as `backupStore`, and DamagedRecordError naming the height.
 */
export function restoreStore(from: string, to: string): Promise<CopyReport> {
  return copyWhole(from, to, async (copy) => {
    await checkRecords(copy);
    return reportOf(copy);
  });
}

/** Copies under another name, looks at the copy, and only then gives it its name. */
async function copyWhole(
  from: string,
  to: string,
  check: (copy: string) => Promise<CopyReport>,
): Promise<CopyReport> {
  const target = resolve(to);
  requireEmpty(target);
  const unfinished = `${target}.unfinished-${process.pid}`;
  try {
    await copyStore(from, unfinished);
    const report = await check(unfinished);
    renameSync(unfinished, target);
    syncDirectory(dirname(target));
    return report;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

function requireEmpty(target: string): void {
  if (!existsSync(target) || readdirSync(target).length === 0) return;
  throw new DirectoryNotEmptyError({
    code: 'STORE_NOT_EMPTY',
    message: `${target} is not empty; nothing is ever written over: give another directory`,
  });
}

async function copyStore(from: string, to: string): Promise<void> {
  const source = await openStore({ directory: from, isReadOnly: true });
  try {
    const layout = layoutOf(source.directory);
    const copied = { blocks: join(to, 'blocks'), snapshots: join(to, 'snapshots') };
    try {
      makeFolder(copied.blocks);
      makeFolder(copied.snapshots);
      // Snapshots first: the blocks that follow are then of a later moment than all of them.
      copySnapshots(layout.snapshots, copied.snapshots);
      await source.copyBlocks(copied.blocks);
      syncFile(join(copied.blocks, 'data.mdb'));
      for (const folder of [copied.blocks, copied.snapshots, to]) syncDirectory(folder);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StoreWriteError({
        code: 'STORE_WRITE_FAILED',
        message: `${from} could not be copied: ${reason}; what was copied is removed`,
        facts: { reason },
        cause: error,
      });
    }
  } finally {
    await source.close();
  }
}

/** The node may remove an old snapshot meanwhile. */
function copySnapshots(from: string, to: string): void {
  for (const height of snapshotHeights(from)) {
    const copy = snapshotPath(to, height);
    try {
      copyFileSync(snapshotPath(from, height), copy);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      continue;
    }
    syncFile(copy);
  }
}

async function reportOf(directory: string): Promise<CopyReport> {
  const store = await openStore({ directory, isReadOnly: true });
  try {
    const { head, network } = store;
    const snapshots = store.snapshots();
    if (head > 0) readRecord(store, head);
    const layout = layoutOf(directory);
    const files = [layout.blockFile, ...snapshots.map((h) => snapshotPath(layout.snapshots, h))];
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    return { network: network.network, head, snapshots, bytes };
  } finally {
    await store.close();
  }
}

async function checkRecords(directory: string): Promise<void> {
  const store = await openStore({ directory, isReadOnly: true });
  try {
    const { head } = store;
    for (let height = 1; height <= head; height++) readRecord(store, height);
  } finally {
    await store.close();
  }
}
