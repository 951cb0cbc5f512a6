import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClientPlan, FromClient, LoadReport, SettleReport, ToClient } from './messages.ts';

const program = fileURLToPath(new URL('./clientProcess.ts', import.meta.url));

/** The client processes, asked all at once. They outlive the node. */
export class Clients {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static async start(plans: readonly ClientPlan[]): Promise<Clients> {
    const children = plans.map(() =>
      fork(program, { execArgv: ['--import', 'tsx'], serialization: 'advanced' }),
    );
    const clients = new Clients(children);
    const ready = plans.map((plan, i) => clients.#ask(children[i], { kind: 'plan', plan }));
    await Promise.all(ready);
    return clients;
  }

  async setUp(): Promise<void> {
    await this.#askAll({ kind: 'setUp' });
  }

  /** Resolves when commands are on their way. */
  async load(): Promise<void> {
    await this.#askAll({ kind: 'load' });
  }

  /** Resolves when everything sent is answered, or can no more be. */
  async pause(): Promise<LoadReport> {
    const answers = await this.#askAll({ kind: 'pause' });
    return joined(answers.flatMap((each) => (each.kind === 'report' ? [each.report] : [])));
  }

  async settle(head: number): Promise<SettleReport> {
    const answers = await this.#askAll({ kind: 'settle', head });
    const reports = answers.flatMap((each) => (each.kind === 'settled' ? [each.report] : []));
    return { ...joined(reports), settled: reports.flatMap(({ settled }) => settled) };
  }

  end(): void {
    for (const child of this.#children) if (child.connected) child.disconnect();
  }

  #askAll(message: ToClient): Promise<FromClient[]> {
    return Promise.all(this.#children.map((child) => this.#ask(child, message)));
  }

  #ask(child: ChildProcess | undefined, message: ToClient): Promise<FromClient> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`a client process ended with ${code}`));
      child?.once('exit', onExit);
      child?.once('message', (answer: FromClient) => {
        child.off('exit', onExit);
        if (answer.kind === 'failed') reject(new Error(`a client failed: ${answer.message}`));
        else resolve(answer);
      });
      child?.send(message, (error) => error !== null && reject(error));
    });
  }
}

function joined(reports: readonly LoadReport[]): LoadReport {
  return {
    sent: reports.reduce((sum, { sent }) => sum + sent, 0),
    receipts: reports.flatMap(({ receipts }) => receipts),
    prices: reports.flatMap(({ prices }) => prices),
    refused: reports.flatMap(({ refused }) => refused),
    doubts: reports.flatMap(({ doubts }) => doubts),
    contradictions: reports.flatMap(({ contradictions }) => contradictions),
  };
}
