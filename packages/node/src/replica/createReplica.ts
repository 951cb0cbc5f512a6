import { Worker } from 'node:worker_threads';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import type { Answer, FeedMessage, Question, Replica } from '../parts.ts';
import type { HistoryProgress } from './historyRebuild.ts';
import {
  errorOf,
  type FromReplica,
  type ReplicaReport,
  type ReplicaWorkerData,
  type ToReplica,
} from './messages.ts';

export interface CreateReplicaOptions {
  /** The store's directory; the writer has it open. */
  readonly directory: string;
  readonly snapshotEveryMs: number;
  /** Snapshots that stay; 3 unless said. */
  readonly snapshotsKept?: number;
  readonly checkpointEveryMs: number;
  /** How long a question waits for its height; 5,000 unless said. */
  readonly waitMs?: number;
  /** While it catches up with what is stored. */
  readonly onProgress?: (height: number, head: number) => void;
  /** The history is built again: before the replica is ready, or beside it. */
  readonly onHistory?: (progress: HistoryProgress) => void;
  /** A snapshot, a checkpoint or the history failed; the replica goes on. */
  readonly onWarning?: (error: Error) => void;
}

/** A replica in a thread, with what metrics and tests read besides. */
export interface ReplicaThread extends Replica {
  readonly status: ReplicaReport;
  /** Resolves when the liability tree of a present state is built. */
  checkpoint(): Promise<void>;
}

const SNAPSHOTS_KEPT = 3;
const WAIT_MS = 5_000;
/** Bytes on their way to the thread; what comes above it is read from the store there. */
const ON_THEIR_WAY_MAX = 64 << 20;

interface Asked {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the replica's thread. Resolves when it has caught up with the store; what is stored
 * meanwhile is applied next.
 *
 * @throws ReplicaFailedError when it cannot start, with the reason.
 */
export async function createReplica(options: CreateReplicaOptions): Promise<ReplicaThread> {
  const thread = new WorkerReplica(options);
  try {
    await thread.started;
  } catch (error) {
    await thread.close();
    throw error;
  }
  return thread;
}

class WorkerReplica implements ReplicaThread {
  readonly started: Promise<void>;
  readonly #options: CreateReplicaOptions;
  readonly #worker: Worker;
  readonly #asked: Map<number, Asked> = new Map();
  readonly #onTheirWay: { readonly height: number; readonly bytes: number }[] = [];
  #bytesOnTheirWay = 0;
  #nextId = 1;
  #report: ReplicaReport = {
    height: 0,
    timeMs: 0,
    snapshotHeight: 0,
    rootsCompared: 0,
    historyLag: 0,
  };
  #onReady: () => void = () => undefined;
  #onNotReady: (error: Error) => void = () => undefined;
  #onClosed: () => void = () => undefined;
  #feedListeners: ((messages: readonly FeedMessage[]) => void)[] = [];
  #failureListeners: ((error: Error) => void)[] = [];
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CreateReplicaOptions) {
    this.#options = options;
    const { directory, snapshotEveryMs, checkpointEveryMs } = options;
    const workerData: ReplicaWorkerData = {
      directory,
      snapshotEveryMs,
      checkpointEveryMs,
      snapshotsKept: options.snapshotsKept ?? SNAPSHOTS_KEPT,
      waitMs: options.waitMs ?? WAIT_MS,
    };
    // A thread runs the build, whatever loader or condition the process was started with.
    const url = new URL('./replicaWorker.js', import.meta.url);
    this.#worker = new Worker(url, { workerData, execArgv: [] });
    this.started = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onNotReady = reject;
    });
    this.#worker.on('message', (message: FromReplica) => this.#take(message));
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', (code) => this.#exit(code));
  }

  get status(): ReplicaReport {
    return this.#report;
  }

  apply(height: number, record: Uint8Array): void {
    if (this.#failure !== undefined) return;
    if (this.#bytesOnTheirWay > ON_THEIR_WAY_MAX) {
      this.#send({ kind: 'head', height });
      return;
    }
    const copy = Uint8Array.from(record);
    this.#bytesOnTheirWay += copy.length;
    this.#onTheirWay.push({ height, bytes: copy.length });
    this.#worker.postMessage({ kind: 'apply', height, record: copy } satisfies ToReplica, [
      copy.buffer,
    ]);
  }

  ask(question: Question): Promise<Answer> {
    return this.#ask((id) => ({ kind: 'ask', id, question }));
  }

  snapshotOf(channel: string, key: string): Promise<FeedMessage> {
    return this.#ask((id) => ({ kind: 'snapshotOf', id, channel, key }));
  }

  checkpoint(): Promise<void> {
    return this.#ask((id) => ({ kind: 'checkpoint', id }));
  }

  watch(channel: string, key: string, isWatched: boolean): void {
    this.#send({ kind: 'watch', channel, key, isWatched });
  }

  onFeed(listener: (messages: readonly FeedMessage[]) => void): void {
    this.#feedListeners.push(listener);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener);
    if (this.#failure !== undefined) listener(this.#failure);
  }

  /** Takes a last snapshot, brings the history to disk, ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#failure === undefined) {
      const closed = new Promise<void>((resolve) => {
        this.#onClosed = resolve;
      });
      this.#send({ kind: 'close' });
      await closed;
    }
    this.#refuseAll();
    await this.#worker.terminate();
  }

  #send(message: ToReplica): void {
    if (this.#failure === undefined) this.#worker.postMessage(message);
  }

  #ask<T>(message: (id: number) => ToReplica): Promise<T> {
    if (this.#failure !== undefined || this.#closing !== undefined) {
      return Promise.reject(stopped());
    }
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#send(message(id));
    });
  }

  #take(message: FromReplica): void {
    switch (message.kind) {
      case 'progress':
        this.#options.onProgress?.(message.height, message.head);
        return;
      case 'history':
        this.#heardOfHistory(message.progress);
        return;
      case 'ready':
        this.#report = message.report;
        this.#onReady();
        return;
      case 'applied':
        this.#applied(message.report);
        if (message.messages.length === 0) return;
        for (const listener of this.#feedListeners) listener(message.messages);
        return;
      case 'answered':
        this.#takeAsked(message.id)?.resolve(message.value as never);
        return;
      case 'refused':
        this.#takeAsked(message.id)?.reject(new ProblemError(message.problem));
        return;
      case 'warning':
        this.#options.onWarning?.(errorOf(message.error));
        return;
      case 'failed':
        this.#fail(errorOf(message.error));
        return;
      case 'closed':
        this.#onClosed();
    }
  }

  #heardOfHistory(progress: HistoryProgress): void {
    const historyLag = Math.max(0, progress.head - progress.height);
    this.#report = { ...this.#report, historyLag };
    this.#options.onHistory?.(progress);
  }

  #applied(report: ReplicaReport): void {
    this.#report = report;
    const arrived = this.#onTheirWay.findIndex(({ height }) => height > report.height);
    const count = arrived < 0 ? this.#onTheirWay.length : arrived;
    for (const { bytes } of this.#onTheirWay.splice(0, count)) this.#bytesOnTheirWay -= bytes;
  }

  #takeAsked(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#onNotReady(error);
    this.#onClosed();
    this.#refuseAll();
    for (const listener of this.#failureListeners) listener(error);
  }

  #exit(code: number): void {
    this.#onClosed();
    if (this.#closing !== undefined) return;
    this.#fail(
      errorOf({
        name: 'Error',
        code: 'REPLICA_EXITED',
        message: 'the thread of the replica ended; the node stops, start it again',
        facts: { exitCode: code },
      }),
    );
  }

  #refuseAll(): void {
    for (const { reject } of this.#asked.values()) reject(stopped());
    this.#asked.clear();
  }
}

function stopped(): ProblemError {
  return new ProblemError(nodeProblem('notReady', 'The replica has stopped.'));
}
