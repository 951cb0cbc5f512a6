import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { type HashPairs, type Machine, snapshot } from '@plimsoll/core/machine';
import { assert } from '@plimsoll/core/math';
import { rollbackTo, savepoint } from '@plimsoll/core/state';
import type { FeedBuilder } from '../feeds/index.ts';
import { hashBetweenBlocks } from '../hashing.ts';
import type { History } from '../history/index.ts';
import type { NetworkFile } from '../network.ts';
import type { Answer, FeedMessage, Question, ReplicaStatus } from '../parts.ts';
import { decodeRecord } from '../store/record.ts';
import { replayRecord } from '../store/replayRecord.ts';
import type { ProofReader, ReadContext } from '../views/context.ts';
import type { HistoryRebuild } from './historyRebuild.ts';
import { type LiabilityCheckpoint, takeCheckpoint } from './liabilities/index.ts';
import { reportMismatch } from './mismatch.ts';
import { proofReader } from './proofs.ts';
import { HeightWaiters } from './waiting.ts';

/** A view of the route table: reads and gives the response body. Throws ProblemError. */
export type AnswerQuestion = (context: ReadContext, question: Question) => unknown;

export interface ReplicaCoreOptions {
  /** At the height that the history has reached, unless that is built again. */
  readonly machine: Machine;
  readonly history: History;
  /** Builds the history beside the core, until `completeHistory`. */
  readonly rebuild?: HistoryRebuild;
  readonly network: NetworkFile;
  /** The newest snapshot on disk; 0: none. */
  readonly snapshotHeight: number;
  readonly readRecord: (height: number) => Uint8Array | undefined;
  readonly writeSnapshot: (height: number, bytes: Uint8Array) => void;
  readonly answer: AnswerQuestion;
  /** Without a history feeds begin with the first trade that they see. */
  readonly createFeeds: (machine: Machine, history: History | undefined) => FeedBuilder;
  /** Where a mismatch is written down. */
  readonly mismatchDirectory: string;
  readonly hashPairs: HashPairs;
  /** How long a question waits for its height, milliseconds. */
  readonly waitMs: number;
}

const NO_MESSAGES: readonly FeedMessage[] = [];

/**
 * A second machine that follows the stored blocks: compares every outcome with the record, writes
 * the history, and answers questions. No clock and no thread: those are its host's. Spec: replica
 * 1.
 */
export class ReplicaCore {
  readonly #options: Omit<ReplicaCoreOptions, 'rebuild'>;
  readonly #machine: Machine;
  readonly #proofs: ProofReader;
  readonly #waiters: HeightWaiters;
  #rebuild: HistoryRebuild | undefined;
  /** Who listens, for feeds that are made anew when the history is complete. */
  readonly #watched = new Map<string, readonly [channel: string, key: string]>();
  #feeds: FeedBuilder | undefined;
  #checkpoint: LiabilityCheckpoint | undefined;
  #checkpointing: Promise<void> | undefined;
  #snapshotHeight: number;
  #rootsCompared = 0;
  #failure: Error | undefined;

  constructor({ rebuild, ...options }: ReplicaCoreOptions) {
    this.#options = options;
    this.#machine = options.machine;
    // Held here and nowhere else: it has a whole machine, which goes with it.
    this.#rebuild = rebuild;
    this.#snapshotHeight = options.snapshotHeight;
    this.#waiters = new HeightWaiters(options.waitMs);
    this.#waiters.reach(this.height);
    this.#proofs = proofReader(options.machine, () => this.#checkpoint);
    if (rebuild === undefined) this.#checkHistory();
  }

  #checkHistory(): void {
    const { history } = this.#options;
    assert(history.height === this.height, 'history and machine begin at one height', {
      history: history.height,
      machine: this.height,
    });
  }

  /** The history has every block now: from here on it is written with each. */
  completeHistory(): void {
    this.#checkHistory();
    this.#rebuild = undefined;
    if (this.#feeds === undefined) return;
    // Topics begin anew at the same height: nothing is missing between the two.
    this.#feeds = this.#options.createFeeds(this.#machine, this.#options.history);
    for (const [channel, key] of this.#watched.values()) this.#feeds.watch(channel, key, true);
    this.#watched.clear();
  }

  get height(): number {
    return this.#machine.state.machine.height.get(0);
  }

  get timeMs(): number {
    return this.#machine.state.machine.timeMs.get(0);
  }

  get status(): ReplicaStatus {
    return {
      height: this.height,
      timeMs: this.timeMs,
      snapshotHeight: this.#snapshotHeight,
      rootsCompared: this.#rootsCompared,
    };
  }

  /** Blocks of the history that are not on disk yet. */
  get historyLag(): number {
    if (this.#rebuild !== undefined) return this.height - this.#rebuild.height;
    return this.#options.history.lag;
  }

  /** From here on every block makes messages; before, blocks of the past are caught up with. */
  startFeeds(): void {
    const { history, createFeeds } = this.#options;
    const isWhole = this.#rebuild === undefined;
    this.#feeds ??= createFeeds(this.#machine, isWhole ? history : undefined);
  }

  /**
   * Applies the stored block of the next height. One that was applied before is passed over: after
   * a start the same blocks come from the store and from the writer.
   *
   * @throws ReplicaMismatchError when it does not come out as it is stored; nothing works after.
   */
  apply(height: number, bytes: Uint8Array): readonly FeedMessage[] {
    if (this.#failure !== undefined) throw this.#failure;
    if (height <= this.height) return NO_MESSAGES;
    assert(height === this.height + 1, 'blocks follow each other', { height, at: this.height });
    try {
      return this.#applyNext(height, bytes);
    } catch (error) {
      this.#failure = error as Error;
      this.#waiters.rejectAll(stopped());
      throw error;
    }
  }

  #applyNext(height: number, bytes: Uint8Array): readonly FeedMessage[] {
    const { record, outcome } = this.#replay(height, bytes);
    const { block, digests, chainHash } = record;
    const { timeMs } = block;
    const { events, eventSpans } = outcome;
    if (record.root !== undefined) this.#rootsCompared += 1;
    if (this.#rebuild === undefined) {
      this.#options.history.append({ height, timeMs, events, eventSpans, digests, chainHash });
    }
    const messages = this.#feeds?.onBlock({ block, outcome }) ?? NO_MESSAGES;
    this.#waiters.reach(height);
    hashBetweenBlocks(this.#machine);
    return messages;
  }

  #replay(
    height: number,
    bytes: Uint8Array,
  ): { record: ReturnType<typeof decodeRecord>; outcome: ReturnType<typeof replayRecord> } {
    const machine = this.#machine;
    try {
      const record = decodeRecord(bytes);
      return { record, outcome: replayRecord(machine, record) };
    } catch (error) {
      const directory = this.#options.mismatchDirectory;
      const cause = error as Error;
      throw reportMismatch({ height, record: bytes, machine, directory, cause });
    }
  }

  /** Rejects with ProblemError. */
  async ask(question: Question): Promise<Answer> {
    if (question.minHeight !== undefined) await this.#waiters.wait(question.minHeight);
    if (this.#failure !== undefined) throw stopped();
    const { height, timeMs } = this;
    return { height, timeMs, text: JSON.stringify(this.#answer(question)) };
  }

  /** A view that fails leaves the state as it was: what it tried out is undone. */
  #answer(question: Question): unknown {
    const { state } = this.#machine;
    const point = savepoint(state);
    try {
      return this.#options.answer(this.#context(), question);
    } catch (error) {
      rollbackTo(state, point);
      if (error instanceof ProblemError) throw error;
      const detail = `The view ${question.route} failed: ${(error as Error).message}`;
      throw new ProblemError(nodeProblem('internal', detail));
    }
  }

  #context(): ReadContext {
    const { network, readRecord } = this.#options;
    const history = this.#rebuild?.reader ?? this.#options.history;
    const { height, timeMs } = this;
    const proofs = this.#proofs;
    return { machine: this.#machine, history, network, readRecord, proofs, height, timeMs };
  }

  watch(channel: string, key: string, isWatched: boolean): void {
    this.#feeds?.watch(channel, key, isWatched);
    if (this.#rebuild === undefined) return;
    if (isWatched) this.#watched.set(`${channel} ${key}`, [channel, key]);
    else this.#watched.delete(`${channel} ${key}`);
  }

  /** @throws ProblemError `unknown`, `notReady` before `startFeeds`, `behind` without a history. */
  snapshotOf(channel: string, key: string): FeedMessage {
    if (this.#failure !== undefined || this.#feeds === undefined) throw stopped();
    // Of the candle that is open now only the history has the first trades.
    if (channel === 'candles' && this.#rebuild !== undefined) throw this.#rebuild.problem();
    return this.#feeds.snapshotOf(channel, key);
  }

  /**
   * Writes a snapshot of the present state, once the history is on disk up to it: so that a history
   * can always go on from a snapshot. Nothing when there is no new block.
   *
   * @throws StoreWriteError when the disk does not take it; blocks are not affected.
   */
  async takeSnapshot(): Promise<void> {
    const { height } = this;
    if (height === this.#snapshotHeight || this.#failure !== undefined) return;
    const bytes = snapshot(this.#machine);
    if (this.#rebuild === undefined) await this.#options.history.flush();
    this.#options.writeSnapshot(height, bytes);
    this.#snapshotHeight = height;
  }

  /** Builds the liability tree of the present state; a call while one is built waits for that. */
  checkpoint(pause: () => Promise<void>): Promise<void> {
    this.#checkpointing ??= this.#takeCheckpoint(pause).finally(() => {
      this.#checkpointing = undefined;
    });
    return this.#checkpointing;
  }

  async #takeCheckpoint(pause: () => Promise<void>): Promise<void> {
    if (this.#checkpoint?.published.height === this.height || this.#failure !== undefined) return;
    const { hashPairs } = this.#options;
    this.#checkpoint = await takeCheckpoint(this.#machine, { hashPairs, pause });
  }

  /** What was applied is in the history on disk; what waits is refused. */
  async close(): Promise<void> {
    this.#waiters.rejectAll(stopped());
    await this.#checkpointing;
    await this.#rebuild?.stop();
    await this.#options.history.close();
  }
}

function stopped(): ProblemError {
  return new ProblemError(nodeProblem('notReady', 'The replica has stopped or not started yet.'));
}
