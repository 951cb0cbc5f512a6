import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const launcher = fileURLToPath(
  new URL('../../../packages/cli/bin/plimsoll.js', import.meta.url),
);

export interface NodeOptions {
  readonly directory: string;
  readonly networkPath: string;
  readonly port: number;
}

/** How far a node has come, as its log and its lock tell. */
export type Stage = 'starting' | 'recovering' | 'opening' | 'serving';

const LAST_LINES = 20;

/** `plimsoll node` in a process of its own, as an operator starts it. */
export class NodeProcess {
  readonly #child: ChildProcess;
  readonly #startedMs = performance.now();
  readonly #lines: string[] = [];
  readonly #locked: Promise<void>;
  #lockedMs = 0;
  #servedMs = 0;
  #stage: Stage = 'starting';
  #isKilled = false;
  /** Resolves when it serves; rejects when it ends before that without having been killed. */
  readonly served: Promise<void>;
  /** Resolves when it has ended, with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;

  constructor(options: NodeOptions) {
    const { directory, networkPath, port } = options;
    const args = [launcher, 'node', '--network', networkPath, '--data-directory', directory];
    // Snapshots and checkpoints as often as the settings allow: kills are to meet them.
    args.push('--http-port', String(port), '--snapshots-every-ms', '1000');
    args.push('--checkpoints-every-ms', '2000', '--limits-requests-per-second', '1000000');
    args.push('--limits-requests-burst', '1000000');
    this.#locked = this.#watchLock(directory);
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.served = new Promise((resolve, reject) => {
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        if (stream === null) continue;
        createInterface(stream).on('line', (line) => {
          if (this.#heard(line)) resolve();
        });
      }
      void this.ended.then(() => {
        if (!this.#isKilled && this.#stage !== 'serving') reject(this.#died());
      });
    });
    this.served.catch(() => {});
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** From the start of the process until it served, milliseconds. */
  get startMs(): number {
    return this.#servedMs - this.#startedMs;
  }

  /** From the lock on the store until it served, milliseconds. */
  get recoveryMs(): number {
    return this.#servedMs - this.#lockedMs;
  }

  /** Resolves when it holds the lock of its store. */
  get locked(): Promise<void> {
    return this.#locked;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it with SIGKILL; the stage in which it was hit. Throws if it had ended by itself. */
  async kill(): Promise<Stage> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw this.#died();
    this.#isKilled = true;
    const stage = this.#stage;
    this.#child.kill('SIGKILL');
    await this.ended;
    return stage;
  }

  /** Asks it to stop; its exit code. */
  async stop(): Promise<number | null> {
    this.#isKilled = true;
    this.#child.kill('SIGTERM');
    return await this.ended;
  }

  /** For the end of this process, where nothing can be waited for. */
  killNow(): void {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
  }

  /** Whether this line says that it serves. */
  #heard(line: string): boolean {
    this.#lines.push(line);
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    if (line.includes('"the machine is as the last block left it"')) this.#stage = 'opening';
    if (!line.includes('"the node serves"')) return false;
    this.#stage = 'serving';
    this.#servedMs = performance.now();
    return true;
  }

  /** The socket of the one before lies there until it is replaced. */
  #watchLock(directory: string): Promise<void> {
    return new Promise((resolve) => {
      if (!existsSync(directory)) {
        resolve();
        return;
      }
      const watcher = watch(directory, (_, name) => {
        if (name !== 'lock.sock' || !existsSync(join(directory, name))) return;
        watcher.close();
        this.#lockedMs = performance.now();
        if (this.#stage === 'starting') this.#stage = 'recovering';
        resolve();
      });
      // It may end before it gets there.
      setImmediate(() => void this.ended.then(() => watcher.close()));
    });
  }

  #died(): Error {
    const code = this.#child.exitCode ?? this.#child.signalCode;
    return new Error(`the node ended by itself with ${code}:\n${this.#lines.join('\n')}`);
  }
}
