import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../files/index.ts';
import { StoreWriteError } from './errors.ts';
import { syncDirectory } from './layout.ts';

const NAME = /^([1-9][0-9]{0,15})\.snapshot$/;
const UNFINISHED = /\.snapshot\.[0-9]+$/;
const WRITE_BYTES = 1 << 24;

/** Heights of the snapshots in a folder, newest first. */
export function snapshotHeights(folder: string): number[] {
  return namesIn(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match === null ? [] : [Number(match[1])];
    })
    .sort((a, b) => b - a);
}

export function snapshotPath(folder: string, height: number): string {
  return join(folder, `${height}.snapshot`);
}

export function readSnapshotFile(folder: string, height: number): Uint8Array {
  return readFileSync(snapshotPath(folder, height));
}

/**
 * Writes beside, syncs, renames, syncs the folder; only then older ones go. A snapshot of this name
 * is whole, or there is none. Spec: nodeStore 5.
 *
 * @throws StoreWriteError when the disk does not take it; the snapshots before it are still there.
 */
export function writeSnapshotFile(
  folder: string,
  snapshot: { readonly height: number; readonly bytes: Uint8Array },
  kept: number,
): void {
  const path = snapshotPath(folder, snapshot.height);
  const unfinished = `${path}.${process.pid}`;
  try {
    makeFolder(folder);
    writeWhole(unfinished, snapshot.bytes);
    renameSync(unfinished, path);
    syncDirectory(folder);
    for (const height of snapshotHeights(folder).slice(Math.max(1, kept))) {
      rmSync(snapshotPath(folder, height), { force: true });
    }
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new StoreWriteError({
      code: 'STORE_WRITE_FAILED',
      message: 'a snapshot could not be written; make room on the disk, blocks are not affected',
      facts: { height: snapshot.height, bytes: snapshot.bytes.length, reason: String(error) },
      cause: error,
    });
  }
}

/** Removes what a process that died was writing. */
export function clearUnfinished(folder: string): void {
  for (const name of namesIn(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A write may take less than it is given, above all near the end of a disk. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(file, bytes, at, Math.min(WRITE_BYTES, bytes.length - at));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
