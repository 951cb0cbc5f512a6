import { closeSync, fsyncSync, openSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of a store lie. Spec: nodeStore 1. */
export interface StoreLayout {
  readonly directory: string;
  readonly blocks: string;
  readonly blockFile: string;
  readonly snapshots: string;
}

/** The directory must exist: links in its path are followed, so that one store has one name. */
export function layoutOf(directory: string): StoreLayout {
  const real = realpathSync(directory);
  const blocks = join(real, 'blocks');
  return {
    directory: real,
    blocks,
    blockFile: join(blocks, 'data.mdb'),
    snapshots: join(real, 'snapshots'),
  };
}

/** Names that were made, renamed or removed in a directory outlive a loss of power after this. */
export function syncDirectory(directory: string): void {
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
