import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { ArrivedCommand } from '../parts.ts';
import { syncDirectory } from '../store/layout.ts';
import {
  encodeHeader,
  encodePut,
  encodeRemove,
  HEADER_BYTES,
  type ReadJournal,
  readJournal,
} from './depositRecord.ts';

/** A journal, with what a process before this one left in it. */
export interface OpenedJournal {
  readonly journal: DepositJournal;
  readonly left: ReadonlyMap<number, ArrivedCommand>;
  /** What is wrong with the file; what stands before the fault is in `left`. */
  readonly fault?: { readonly message: string; readonly isTorn: boolean };
}

export interface DepositJournalOptions {
  readonly path: string;
  /** Bytes of all that lies there at most; 16 MiB unless said. The file is about twice that. */
  readonly liveBytesMax?: number;
  /** Writes are this far apart at least, milliseconds; 20 unless said. */
  readonly pauseMs?: number;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const LIVE_BYTES_MAX = 16 << 20;
/** Blocks share the disk with this file: it is synced so often and no more. */
const PAUSE_MS = 20;
/** A file of which so much and as much again is of the past is written anew. */
const SLACK_BYTES = 256 << 10;

/**
 * Opens the journal of a store, and never fails: one that is not as it was written is copied to
 * `<path>.damaged`, and what stands before the fault is kept.
 */
export function openDepositJournal(options: DepositJournalOptions): OpenedJournal {
  const { path } = options;
  const bytesMax = 4 * (options.liveBytesMax ?? LIVE_BYTES_MAX);
  const read = readAt(path, bytesMax);
  const left = read.deposits;
  const journal = new DepositJournal(options, left);
  if (read.fault === undefined) return { journal, left };
  const { reason, atByte, isTorn } = read.fault;
  const what = `the journal of deposits, ${path}, ends at byte ${atByte}: ${reason}`;
  const next = isTorn ? 'what is missing was not acknowledged' : setAside(path);
  return { journal, left, fault: { message: `${what}; ${next}`, isTorn } };
}

function readAt(path: string, bytesMax: number): ReadJournal {
  const none: ReadJournal = { deposits: new Map() };
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return none;
    if (found.size > bytesMax) {
      const reason = `it has ${found.size} bytes, more than are ever written`;
      return { ...none, fault: { reason, atByte: 0, isTorn: false } };
    }
    return readJournal(readFileSync(path));
  } catch (error) {
    return { ...none, fault: { reason: (error as Error).message, atByte: 0, isTorn: false } };
  }
}

function setAside(path: string): string {
  try {
    copyFileSync(path, `${path}.damaged`);
    return `deposits behind it are lost, the file was copied to ${path}.damaged`;
  } catch (error) {
    return `it could not be set aside: ${(error as Error).message}`;
  }
}

/**
 * Deposits on disk: records are added to a file, and what comes together is synced together. The
 * file is written anew, beside and with a rename, when most of it is of the past, at the first
 * write of a process, and after a write that failed. Spec: nodeStore 9.
 */
export class DepositJournal {
  readonly #path: string;
  readonly #liveBytesMax: number;
  readonly #pauseMs: number;
  /** The records of what lies there, by id. */
  readonly #live = new Map<number, Buffer>();
  #liveBytes = HEADER_BYTES;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #waiting: Waiting[] = [];
  #flight: Promise<void> | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(options: DepositJournalOptions, left: ReadonlyMap<number, ArrivedCommand>) {
    this.#path = options.path;
    this.#liveBytesMax = options.liveBytesMax ?? LIVE_BYTES_MAX;
    this.#pauseMs = options.pauseMs ?? PAUSE_MS;
    for (const [id, command] of left) {
      this.#set(id, encodePut({ id, command }));
      this.#lastId = Math.max(this.#lastId, id);
    }
  }

  /** How many lie there. */
  get count(): number {
    return this.#live.size;
  }

  /** An id that no deposit has. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * Resolves when the deposit is on disk; it takes the place of the one with its id.
   *
   * @throws ProblemError `overloaded` when too many lie there, or the disk does not take it,
   * `notReady` after `close`: then the one before is still there.
   */
  async put(id: number, command: ArrivedCommand): Promise<void> {
    if (this.#isClosed) throw new ProblemError(nodeProblem('notReady', 'The node is stopping.'));
    const bytes = encodePut({ id, command });
    const before = this.#live.get(id);
    const grown = this.#liveBytes + bytes.length - (before?.length ?? 0);
    if (grown > this.#liveBytesMax) throw new ProblemError(full(this.#liveBytesMax));
    this.#set(id, bytes);
    try {
      await this.#write(bytes);
    } catch (error) {
      if (this.#live.get(id) === bytes) this.#set(id, before);
      throw error;
    }
  }

  /**
   * Resolves when the deposit is gone from the disk; after `close` it stays there.
   *
   * @throws ProblemError `overloaded` when the disk does not take it; the next write tries again.
   */
  async remove(id: number): Promise<void> {
    if (this.#isClosed || !this.#live.has(id)) return;
    this.#set(id, undefined);
    await this.#write(encodeRemove(id));
  }

  /** What was begun is brought to disk first. Nothing after it: the file is the next process's. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flight;
    await this.#file?.close();
    this.#file = undefined;
  }

  #set(id: number, bytes: Buffer | undefined): void {
    this.#liveBytes += (bytes?.length ?? 0) - (this.#live.get(id)?.length ?? 0);
    if (bytes === undefined) this.#live.delete(id);
    else this.#live.set(id, bytes);
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      this.#flight ??= this.#fly();
    });
  }

  async #fly(): Promise<void> {
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0);
      try {
        await this.#bring(Buffer.concat(together.map(({ bytes }) => bytes)));
        for (const { resolve } of together) resolve();
      } catch (error) {
        await this.#lose();
        for (const { reject } of together) reject(new ProblemError(unwritten(error as Error)));
      }
      if (this.#waiting.length > 0) await sleep(this.#pauseMs);
    }
    this.#flight = undefined;
  }

  async #bring(bytes: Buffer): Promise<void> {
    const file = this.#file;
    const fileBytes = this.#fileBytes + bytes.length;
    if (file === undefined || fileBytes > 2 * this.#liveBytes + SLACK_BYTES) {
      await this.#rewrite();
      return;
    }
    await writeWhole(file, bytes, this.#fileBytes);
    await file.datasync();
    this.#fileBytes = fileBytes;
  }

  /** All that lies there now, under another name first. */
  async #rewrite(): Promise<void> {
    const unfinished = `${this.#path}.unfinished`;
    const bytes = Buffer.concat([encodeHeader(), ...this.#live.values()]);
    const file = await open(unfinished, 'w');
    try {
      await writeWhole(file, bytes, 0);
      await file.sync();
      await rename(unfinished, this.#path);
      syncDirectory(dirname(this.#path));
    } catch (error) {
      await file.close();
      await rm(unfinished, { force: true });
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#fileBytes = bytes.length;
  }

  /** Nobody knows how far a failed write came: the next one is of the whole. */
  async #lose(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

function full(bytesMax: number): Problem {
  const detail = 'As many deposits lie with the node as it keeps.';
  return nodeProblem('overloaded', detail, { bytesMax });
}

function unwritten(error: Error): Problem {
  return nodeProblem('overloaded', `The disk did not take the deposit: ${error.message}.`);
}
