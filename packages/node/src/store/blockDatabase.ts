import { existsSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { makeFolder } from '../files/index.ts';
import { DamagedStoreError, MissingBlocksError, unwritable } from './errors.ts';
import type { StoreLayout } from './layout.ts';
import { type PageRules, pageProblem } from './pages.ts';
import { DamagedRecordError } from './record.ts';

/** The LMDB environment of a store. Values are bytes as they were given. */
export interface BlockDatabase {
  readonly environment: RootDatabase<Buffer, string>;
  readonly meta: Database<Buffer, string>;
  /** Keyed by height, u32. */
  readonly blocks: Database<Buffer, number>;
}

/** Keys of free pages and of blocks are integers (8). */
export const PAGE_RULES: PageRules = {
  flags: 8,
  tables: { meta: 0, blocks: 8 },
  isLastNeeded: true,
};

/**
 * Opens the blocks. A commit is on disk when its promise resolves: `overlappingSync`, which lmdb
 * turns on by itself, would resolve before the sync. Spec: nodeStore 4.
 */
export function openBlocks(layout: StoreLayout, isReadOnly: boolean): BlockDatabase {
  try {
    if (!isReadOnly) makeFolder(layout.blocks);
    checkFile(layout);
    const environment = open<Buffer, string>({
      path: layout.blocks,
      encoding: 'binary',
      maxDbs: 4,
      overlappingSync: false,
      eventTurnBatching: false,
      readOnly: isReadOnly,
    });
    const meta = environment.openDB<Buffer, string>({ name: 'meta', encoding: 'binary' });
    const blocks = environment.openDB<Buffer, number>({
      name: 'blocks',
      encoding: 'binary',
      keyEncoding: 'uint32',
    });
    if (meta === undefined || blocks === undefined) {
      void environment.close();
      throw damaged(layout, 'it has no tables');
    }
    return { environment, meta, blocks };
  } catch (error) {
    if (error instanceof DamagedStoreError) throw error;
    if (error instanceof Error && error.message.includes('MDB_')) {
      throw damaged(layout, error.message, error);
    }
    return unwritable(error, layout.directory);
  }
}

function checkFile(layout: StoreLayout): void {
  if (!existsSync(layout.blockFile)) return;
  const problem = pageProblem(layout.blockFile, PAGE_RULES);
  if (problem !== undefined) throw damaged(layout, problem.message);
}

/** Height of the last block; 0: none. */
export function lastHeight(blocks: Database<Buffer, number>): number {
  for (const height of blocks.getKeys({ reverse: true, limit: 1 })) return height;
  return 0;
}

/**
 * Heights are 1 … head without a gap; LMDB knows how many there are.
 *
 * @throws MissingBlocksError naming the first that is not there.
 */
export function checkNoGap(database: BlockDatabase, layout: StoreLayout): void {
  const { blocks } = database;
  const head = lastHeight(blocks);
  const { entryCount } = blocks.getStats() as { readonly entryCount: number };
  if (entryCount === head) return;
  let height = 1;
  for (const key of blocks.getKeys({})) {
    if (key !== height) break;
    height += 1;
  }
  throw new MissingBlocksError({
    code: 'STORE_BLOCKS_MISSING',
    message:
      `block ${height} is missing in ${layout.directory}: ${entryCount} blocks are stored, the ` +
      `last has height ${head}; restore a backup with plimsoll restore`,
    facts: { height, head, stored: entryCount },
  });
}

/** The bytes of a block, or undefined. A copy: its page may be reused. */
export function readBlock(
  blocks: Database<Buffer, number>,
  height: number,
): Uint8Array | undefined {
  try {
    return blocks.getBinary(height);
  } catch (error) {
    throw new DamagedRecordError({
      code: 'RECORD_DAMAGED',
      message: `block ${height} cannot be read: the database around it is damaged`,
      facts: { height, reason: error instanceof Error ? error.message : String(error) },
      cause: error,
    });
  }
}

function damaged(layout: StoreLayout, what: string, cause?: Error): DamagedStoreError {
  return new DamagedStoreError({
    code: 'STORE_DAMAGED',
    message:
      `the blocks in ${layout.blocks} cannot be opened: ${what}; restore a backup with ` +
      'plimsoll restore',
    ...(cause === undefined ? {} : { cause }),
  });
}
