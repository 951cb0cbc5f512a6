import { assert } from '@plimsoll/core/math';
import type { NetworkFile } from '../network.ts';
import type { Store } from '../parts.ts';
import { type BlockDatabase, lastHeight, readBlock } from './blockDatabase.ts';
import { StoreWriteError } from './errors.ts';
import type { StoreLayout } from './layout.ts';
import type { StoreLock } from './lock.ts';
import { readSnapshotFile, snapshotHeights, writeSnapshotFile } from './snapshotFiles.ts';

export interface BlockStoreParts {
  readonly layout: StoreLayout;
  readonly network: NetworkFile;
  readonly database: BlockDatabase;
  /** Absent: opened for reading. */
  readonly lock: StoreLock | undefined;
  /** 0: snapshots are not written through this store. */
  readonly snapshotsKept: number;
}

interface Waiting {
  readonly height: number;
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Blocks that are synced together at most. */
const TOGETHER_MAX = 64;
const HEIGHT_MAX = 4_294_967_295;

/**
 * An open store. One transaction is on its way to disk at a time, and takes all that waited for the
 * one before: so that a block is never stored when the one before it was not. After a failed write
 * nothing is taken any more: the machine in memory is ahead of the disk.
 */
export class BlockStore implements Store {
  readonly #parts: BlockStoreParts;
  #head: number;
  #last: number;
  #waiting: Waiting[] = [];
  #flight: Promise<void> | undefined;
  #failure: StoreWriteError | undefined;
  #isClosed = false;

  constructor(parts: BlockStoreParts) {
    this.#parts = parts;
    this.#head = lastHeight(parts.database.blocks);
    this.#last = this.#head;
  }

  get directory(): string {
    return this.#parts.layout.directory;
  }

  get network(): NetworkFile {
    return this.#parts.network;
  }

  /** What is on disk; of a store opened for reading, what another process has stored by now. */
  get head(): number {
    if (this.#parts.lock === undefined && !this.#isClosed) {
      this.#parts.database.blocks.resetReadTxn();
      this.#head = lastHeight(this.#parts.database.blocks);
    }
    return this.#head;
  }

  append(height: number, record: Uint8Array): Promise<void> {
    assert(this.#parts.lock !== undefined, 'a store opened for reading is not appended to');
    assert(!this.#isClosed, 'a closed store is not appended to', { height });
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    assert(height === this.#last + 1 && height <= HEIGHT_MAX, 'heights follow each other', {
      height,
      last: this.#last,
    });
    this.#last = height;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ height, record, resolve, reject });
      this.#flight ??= this.#fly();
    });
  }

  read(height: number): Uint8Array | undefined {
    const { blocks } = this.#parts.database;
    const record = readBlock(blocks, height);
    if (record !== undefined || this.#parts.lock !== undefined) return record;
    // A reading transaction sees what there was when it began.
    blocks.resetReadTxn();
    return readBlock(blocks, height);
  }

  snapshots(): readonly number[] {
    return snapshotHeights(this.#parts.layout.snapshots);
  }

  readSnapshot(height: number): Uint8Array {
    return readSnapshotFile(this.#parts.layout.snapshots, height);
  }

  writeSnapshot(height: number, bytes: Uint8Array): void {
    const { layout, snapshotsKept } = this.#parts;
    assert(snapshotsKept > 0, 'snapshots are written through a store that keeps some', { height });
    writeSnapshotFile(layout.snapshots, { height, bytes }, snapshotsKept);
  }

  /**
   * Copies the blocks as they are at one moment into a folder: what one reading transaction sees,
   * page by page, without those that are free.
   */
  async copyBlocks(folder: string): Promise<void> {
    await this.#parts.database.environment.backup(folder, true);
  }

  /** What was appended is brought to disk first. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#flight;
    await this.#parts.database.environment.close();
    await this.#parts.lock?.release();
  }

  async #fly(): Promise<void> {
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, TOGETHER_MAX);
      try {
        await this.#write(together);
      } catch (error) {
        await this.#refuseAll(error, together);
        break;
      }
      this.#head += together.length;
      for (const { resolve } of together) resolve();
    }
    this.#flight = undefined;
  }

  async #write(together: readonly Waiting[]): Promise<void> {
    const { blocks } = this.#parts.database;
    const puts: Promise<boolean>[] = [];
    const committed = blocks.batch(() => {
      for (const { height, record } of together) {
        puts.push(putNew(blocks, height, record));
      }
    });
    const done = await Promise.all([committed, ...puts]);
    if (done.includes(false)) throw new Error('a block of this height is stored already');
  }

  async #refuseAll(error: unknown, together: readonly Waiting[]): Promise<void> {
    const reason = await reasonOf(error);
    const first = together[0]?.height ?? this.#head + 1;
    this.#failure = new StoreWriteError({
      code: 'STORE_WRITE_FAILED',
      message:
        `block ${first} could not be written to ${this.directory}: make room on the disk and ` +
        `start again; everything acknowledged, up to block ${this.#head}, is stored`,
      facts: { height: first, stored: this.#head, reason },
      cause: error,
    });
    for (const { reject } of [...together, ...this.#waiting]) reject(this.#failure);
    this.#waiting = [];
  }
}

/**
 * Not over another's: two processes that both hold the store would show here as false. lmdb takes
 * these options, its types know them of `putSync` only.
 */
function putNew(
  blocks: BlockDatabase['blocks'],
  height: number,
  record: Uint8Array,
): Promise<boolean> {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const options = { append: true, noOverwrite: true };
  return Reflect.apply(blocks.put, blocks, [height, bytes, options]) as Promise<boolean>;
}

/** The reason of the system stands in a promise beside the error that LMDB rejects with. */
async function reasonOf(error: unknown): Promise<string> {
  const { commitError } = error as { readonly commitError?: Promise<never> };
  const reason = await (commitError ?? Promise.resolve(error)).catch((cause: unknown) => cause);
  return reason instanceof Error ? reason.message : String(reason);
}
