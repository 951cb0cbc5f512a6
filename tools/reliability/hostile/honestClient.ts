import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cast } from './cast.ts';
import type { FromHonest, HonestReport, ToHonest } from './honestMessages.ts';
import type { Lawful } from './lawful.ts';

const program = fileURLToPath(new URL('./honestProcess.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const START_MS = 60_000;

/** The honest client in its process. What it signs is lawful. */
export class HonestClient {
  readonly #child: ChildProcess;
  #onReady: () => void = () => {};
  #onDone: (report: HonestReport) => void = () => {};
  #onFailure: (error: Error) => void = () => {};
  readonly #failed: Promise<never>;

  private constructor(child: ChildProcess, lawful: Lawful) {
    this.#child = child;
    this.#failed = new Promise((_, reject) => {
      this.#onFailure = reject;
    });
    this.#failed.catch(() => {});
    child.on('exit', () => this.#onFailure(new Error('the honest client ended by itself')));
    child.on('message', (message: FromHonest) => this.#take(message, lawful));
  }

  static async start(
    told: { readonly port: number; readonly ratePerSecond: number },
    lawful: Lawful,
  ): Promise<HonestClient> {
    const child = fork(program, {
      cwd: root,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const client = new HonestClient(child, lawful);
    const ready = new Promise<void>((resolve) => {
      client.#onReady = resolve;
    });
    const late = setTimeout(() => client.#onFailure(new Error('it does not start')), START_MS);
    client.#send({ kind: 'start', ...told });
    await Promise.race([ready, client.#failed]).finally(() => clearTimeout(late));
    return client;
  }

  phase(name: string): void {
    this.#send({ kind: 'phase', name });
  }

  /** Stops trading; resolves when everything has its answer, or waited long enough. */
  async stop(): Promise<HonestReport> {
    const done = new Promise<HonestReport>((resolve) => {
      this.#onDone = resolve;
    });
    this.#send({ kind: 'stop' });
    return await Promise.race([done, this.#failed]);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToHonest): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #take(message: FromHonest, lawful: Lawful): void {
    switch (message.kind) {
      case 'ready':
        this.#onReady();
        return;
      case 'signed':
        for (const [digest, signer] of message.commands) lawful.allow(digest, signer);
        for (const digest of message.prices) lawful.allowPrices(digest, cast.publisher.address);
        return;
      case 'done':
        this.#onDone(message.report);
    }
  }
}
