import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvariantError } from '@plimsoll/core/math';
import type { Store } from '../parts.ts';
import {
  type FromReplica,
  plainError,
  problemOf,
  type ReplicaReport,
  type ReplicaWorkerData,
  type ToReplica,
} from './messages.ts';
import { advanceTo } from './openReplica.ts';
import type { ReplicaCore } from './replicaCore.ts';

export interface ReplicaHostOptions
  extends Pick<ReplicaWorkerData, 'snapshotEveryMs' | 'checkpointEveryMs'> {
  readonly core: ReplicaCore;
  readonly store: Store;
  readonly send: (message: FromReplica) => void;
}

/**
 * What a core is in its thread: takes messages, keeps the cadence of snapshots and checkpoints, and
 * says when it fails. It stops at the first failure of a block and when what is owed does not add
 * up; it goes on without a snapshot.
 */
export class ReplicaHost {
  readonly #options: ReplicaHostOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #isClosed = false;

  constructor(options: ReplicaHostOptions) {
    this.#options = options;
    const { snapshotEveryMs, checkpointEveryMs, core } = options;
    this.#every(snapshotEveryMs, () => core.takeSnapshot());
    this.#every(checkpointEveryMs, () => core.checkpoint(nextTurn));
    this.#try(() => core.checkpoint(nextTurn));
  }

  take(message: ToReplica): void {
    if (this.#isClosed) return;
    const { core, store } = this.#options;
    switch (message.kind) {
      case 'apply':
        this.#advance(message.height, () => {
          const messages = advanceTo(core, store, message.height - 1);
          return [...messages, ...core.apply(message.height, message.record)];
        });
        return;
      case 'head':
        this.#advance(message.height, () => advanceTo(core, store, message.height));
        return;
      case 'watch':
        core.watch(message.channel, message.key, message.isWatched);
        return;
      case 'ask':
        void this.#answer(message.id, () => core.ask(message.question));
        return;
      case 'snapshotOf':
        void this.#answer(message.id, () => core.snapshotOf(message.channel, message.key));
        return;
      case 'checkpoint':
        void this.#answer(message.id, () => core.checkpoint(nextTurn));
        return;
      case 'close':
        void this.#close();
    }
  }

  #advance(height: number, apply: () => ReturnType<ReplicaCore['apply']>): void {
    const { core, send } = this.#options;
    if (height <= core.height) return;
    try {
      const messages = apply();
      send({ kind: 'applied', report: reportOf(core), messages });
    } catch (error) {
      this.#stop();
      send({ kind: 'failed', error: plainError(error) });
    }
  }

  async #answer(
    id: number,
    ask: () => Extract<FromReplica, { kind: 'answered' }>['value'] | Promise<unknown>,
  ): Promise<void> {
    const { send } = this.#options;
    try {
      const value = (await ask()) as Extract<FromReplica, { kind: 'answered' }>['value'];
      send({ kind: 'answered', id, value });
    } catch (error) {
      send({ kind: 'refused', id, problem: problemOf(error) });
    }
  }

  #every(intervalMs: number, run: () => Promise<void>): void {
    const timer = setInterval(() => this.#try(run), intervalMs);
    this.#timers.push(timer.unref());
  }

  #try(run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      // Liabilities that do not add up are no missing snapshot: the machine itself is wrong.
      const isBroken = error instanceof InvariantError;
      if (isBroken) this.#stop();
      this.#options.send({ kind: isBroken ? 'failed' : 'warning', error: plainError(error) });
    });
  }

  #stop(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** A last snapshot, so that the next start has little to replay. */
  async #close(): Promise<void> {
    this.#stop();
    const { core, store, send } = this.#options;
    try {
      await core.takeSnapshot();
    } catch (error) {
      send({ kind: 'warning', error: plainError(error) });
    }
    try {
      await core.close();
      await store.close();
    } catch (error) {
      send({ kind: 'warning', error: plainError(error) });
    }
    send({ kind: 'closed' });
  }
}

export function reportOf(core: ReplicaCore): ReplicaReport {
  return { ...core.status, historyLag: core.historyLag };
}
