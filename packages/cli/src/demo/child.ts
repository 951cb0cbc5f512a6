import { type ChildProcess, fork } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Hex } from '@plimsoll/api';
import type { MarketClock } from './scenarioPrices.ts';

/** An account and the key that controls it, as a process is told. */
export interface ToldAccount {
  readonly name: string;
  readonly account: number;
  readonly privateKey: Hex;
}

/** What both processes are told first. */
interface ToldBoth {
  readonly url: string;
  readonly scenario: string;
  readonly clock: MarketClock;
}

export interface ToldPublishers extends ToldBoth {
  readonly keys: readonly { readonly source: string; readonly privateKey: Hex }[];
  /** What the network holds, by underlying. */
  readonly present: Readonly<Record<string, number>>;
}

export interface ToldCrowd extends ToldBoth {
  /** In the order of the scenario's depth. */
  readonly makers: readonly ToldAccount[];
  readonly traders: readonly ToldAccount[];
}

/** What a process says. */
export type ChildMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'news'; readonly text: string }
  | { readonly kind: 'poor'; readonly account: number };

/** A part of the demo in a process of its own. */
export interface Child {
  /** Resolves when it is ready, rejects when it ends before that. */
  readonly ready: Promise<void>;
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number>;
  /** Asks it to end, waits, and ends it after a while. */
  stop(): Promise<void>;
}

const STOP_MS = 5_000;

/** Starts one of the two, tells it what to do and hears what it says. */
export function startChild<T extends ToldBoth>(
  file: './publishersProcess.js' | './crowdProcess.js',
  told: T,
  onMessage: (message: ChildMessage) => void,
): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child: ChildProcess = fork(path, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') resolve();
      else onMessage(message);
    });
    void ended.then((code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
  });
  ready.catch(() => {});
  child.send(told);
  return {
    ready,
    ended,
    stop: async () => {
      if (child.connected) child.send({ kind: 'stop' });
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * The other end: runs `work` with what it is told until it is told to stop, or nobody is there to
 * tell it any more. Ctrl-C goes to all processes of a terminal: these wait for their parent's word.
 */
export function runAsChild<T>(work: (told: T, signal: AbortSignal) => Promise<void>): void {
  const stop = new AbortController();
  // Every member of a crowd waits for it.
  setMaxListeners(0, stop.signal);
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.once('disconnect', () => stop.abort());
  process.once('message', (told: T) => {
    process.on('message', () => stop.abort());
    work(told, stop.signal).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  });
}

/** Says something to the parent, if it is still there. */
export function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
