import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, open, type RootDatabase } from 'lmdb';
import { makeFolder } from '../files/index.ts';
import { type PageRules, pageProblem } from '../store/pages.ts';

/** How far the history goes, and of which chain. */
export interface HistoryMark {
  readonly format: number;
  readonly genesisHash: string;
  readonly height: number;
  readonly timeMs: number;
  /** The machine's chained hash after that block, hex. */
  readonly chainHash: string;
}

export const HISTORY_FORMAT = 1;
const MARK = Buffer.from('mark');

export type Table = Database<Buffer, Buffer>;

/**
 * The tables of the history's LMDB environment.
 *
 * | table | key | value |
 * | blocks | height u32 | the block's events (blockRow.ts) |
 * | topics | topic u8, id u32, first height u32, first index u32 | places, 8 bytes each |
 * | digests | first 16 bytes of a digest | height u32, index u32 |
 * | candles | instrument u32, interval u8, start u32 seconds | the candle (candles.ts) |
 * | meta | 'mark' | HistoryMark as JSON |
 *
 * Numbers in keys are big-endian, so that order of bytes is order of numbers.
 */
export interface HistoryTables {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly blocks: Table;
  readonly topics: Table;
  readonly digests: Table;
  readonly candles: Table;
  readonly meta: Table;
  /** What was wrong with the ones that were there; they are empty now. */
  readonly damage?: string;
}

export function openHistoryTables(directory: string): HistoryTables {
  makeFolder(directory);
  const damage = removeDamaged(directory);
  // Synced while later writes go on: it may lose its newest part, never its order, and what is
  // lost is written again from the blocks.
  const root = open<Buffer, Buffer>({ path: directory, maxDbs: 8, noMemInit: true, ...BINARY });
  const table = (name: string): Table => root.openDB<Buffer, Buffer>({ name, ...BINARY });
  return {
    root,
    blocks: table('blocks'),
    topics: table('topics'),
    digests: table('digests'),
    candles: table('candles'),
    meta: table('meta'),
    ...(damage === undefined ? {} : { damage }),
  };
}

/**
 * LMDB ends the process by a signal on pages that do not hang together: so they are walked first.
 * What is removed is built again from the blocks.
 */
function removeDamaged(directory: string): string | undefined {
  const file = join(directory, 'data.mdb');
  if (!existsSync(file)) return undefined;
  const problem = pageProblem(file, PAGE_RULES);
  if (problem === undefined) return undefined;
  for (const name of ['data.mdb', 'lock.mdb']) rmSync(join(directory, name), { force: true });
  return problem.message;
}

/**
 * Keys of free pages are integers (8), memory is not cleared (0x1000). Which commit is the last is
 * not asked: the mark says how far this one goes.
 */
const PAGE_RULES: PageRules = {
  flags: 0x1008,
  tables: { blocks: 0, topics: 0, digests: 0, candles: 0, meta: 0 },
  isLastNeeded: false,
};
const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** Undefined when there is none that this program can read. */
export function readMark(tables: HistoryTables): HistoryMark | undefined {
  const bytes = tables.meta.get(MARK);
  if (bytes === undefined) return undefined;
  const mark = JSON.parse(bytes.toString()) as HistoryMark;
  return mark.format === HISTORY_FORMAT ? mark : undefined;
}

/** Inside a batch. */
export function putMark(tables: HistoryTables, mark: HistoryMark): void {
  tables.meta.put(MARK, Buffer.from(JSON.stringify(mark)));
}

export function clearTables(tables: HistoryTables): void {
  const { blocks, topics, digests, candles, meta } = tables;
  for (const table of [meta, blocks, topics, digests, candles]) table.clearSync();
}

export function heightKey(height: number): Buffer {
  const key = Buffer.allocUnsafe(4);
  key.writeUInt32BE(height);
  return key;
}
