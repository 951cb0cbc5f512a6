import { setTimeout as sleep } from 'node:timers/promises';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import type { Machine } from '@plimsoll/core/machine';
import type { History, HistoryReader } from '../history/index.ts';
import type { Store } from '../parts.ts';
import { readRecord } from '../store/readRecord.ts';
import { replayRecord } from '../store/replayRecord.ts';

/** How far a history is that is built again, before the replica serves or beside it. */
export interface HistoryProgress {
  readonly height: number;
  readonly head: number;
  /** Why it is built; said at the beginning. */
  readonly reason?: string;
  readonly isComplete: boolean;
}

export interface HistoryRebuildOptions {
  readonly store: Store;
  /** At the genesis, and of no other use. */
  readonly machine: Machine;
  /** May have a part already: blocks that are in it are applied and not appended. */
  readonly history: History;
  readonly onProgress?: (progress: HistoryProgress) => void;
}

/** It works so long, and then leaves the thread to others for as long. */
const SLICE_MS = 20;
/** Blocks that are not on disk yet: memory stays bounded. */
const LAG_MAX = 1_024;

/**
 * Builds a history from the genesis with a machine of its own, in slices between which the replica
 * applies blocks and answers. What is asked of the history meanwhile is the problem `behind`, with
 * how far it is. Spec: replica 4.4.
 */
export class HistoryRebuild {
  readonly #options: HistoryRebuildOptions;
  #head: () => number = () => 0;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();
  /** Answers nothing. */
  readonly reader: HistoryReader;

  constructor(options: HistoryRebuildOptions) {
    this.#options = options;
    this.reader = this.#refusing();
  }

  /** The blocks up to here are done. */
  get height(): number {
    return this.#options.machine.state.machine.height.get(0);
  }

  problem(): ProblemError {
    const { height } = this;
    const head = this.#head();
    const detail = `The history is built again, and is at block ${height} of ${head}.`;
    return new ProblemError(nodeProblem('behind', detail, { height, head }));
  }

  /**
   * Begins. `complete` is called when the history has every block up to `head`, in the same turn in
   * which that was so; `failed` when a stored block is not what it should be: then it stays behind.
   */
  start(
    head: () => number,
    then: { readonly complete: () => void; readonly failed: (error: Error) => void },
  ): void {
    this.#head = head;
    this.#running = this.#run(then.complete).catch(then.failed);
  }

  /** Resolves when nothing is done any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(complete: () => void): Promise<void> {
    const { history, onProgress } = this.#options;
    while (!this.#isStopped) {
      const untilMs = performance.now() + SLICE_MS;
      while (this.height < this.#head() && performance.now() < untilMs) this.#next();
      const { height } = this;
      const isComplete = height === this.#head();
      if (isComplete) complete();
      onProgress?.({ height, head: this.#head(), isComplete });
      if (isComplete) return;
      if (history.lag > LAG_MAX) await history.flush();
      await sleep(SLICE_MS);
    }
  }

  #next(): void {
    const { store, machine, history } = this.#options;
    const height = this.height + 1;
    const record = readRecord(store, height);
    const { events, eventSpans } = replayRecord(machine, record);
    if (height <= history.height) return;
    const { timeMs } = record.block;
    // The store's bytes last for a turn; these stay in the history's memory for longer.
    const digests = Uint8Array.from(record.digests);
    const chainHash = Uint8Array.from(record.chainHash);
    history.append({ height, timeMs, events, eventSpans, digests, chainHash });
  }

  #refusing(): HistoryReader {
    const refuse = (): never => {
      throw this.problem();
    };
    const height = (): number => this.height;
    return {
      get height() {
        return height();
      },
      accountEvents: refuse,
      trades: refuse,
      fills: refuse,
      fundingRates: refuse,
      fundingPaid: refuse,
      liquidations: refuse,
      governance: refuse,
      events: refuse,
      blockEvents: refuse,
      candles: refuse,
      receiptOf: refuse,
    };
  }
}
