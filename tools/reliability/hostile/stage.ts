import type { HttpDoorOptions } from './httpDoor.ts';
import { HttpDoor } from './httpDoor.ts';
import type { Seals } from './lawful.ts';
import { Line, type LineOptions } from './line.ts';
import type { NodeProcess } from './nodeProcess.ts';
import { overRaw, type RawEnd, type RawOptions, type Sending } from './rawSocket.ts';
import type { Scrape } from './scrape.ts';
import type { Tally } from './tally.ts';

/** A thing to do to a node, and what it has to be met with. */
export interface Attack {
  readonly name: string;
  /** For people: what is done. */
  readonly what: string;
  /** Answers of which each has to be seen. */
  readonly expects: readonly string[];
  /** Answers that may be seen besides. Any other is a fault. */
  readonly allows?: readonly string[];
  /** It waits for timeouts of the node: not in the short run. */
  readonly isSlow?: boolean;
  run(stage: Stage, tally: Tally): Promise<void>;
}

export interface StageOptions {
  readonly node: NodeProcess;
  readonly seals: Seals;
  readonly isShort: boolean;
  /** Which of the attacker's networks it comes from; 0 first. */
  readonly network: number;
  /** Which attack it is: each comes from addresses of its own. */
  readonly place: number;
}

/**
 * What an attacker has: the node's port, keys, and addresses of its own, so that what the node
 * allows to an address is not shared with the honest client or with other attacks.
 */
export class Stage {
  readonly #options: StageOptions;
  readonly #open: { close(): void }[] = [];

  constructor(options: StageOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#options.node.port;
  }

  get seals(): Seals {
    return this.#options.seals;
  }

  get isShort(): boolean {
    return this.#options.isShort;
  }

  /** How often, in the short run a tenth of it. */
  times(count: number): number {
    return this.isShort ? Math.ceil(count / 10) : count;
  }

  /** The n-th address of this attack. */
  address(n = 0): string {
    return `127.${this.#options.network + 1}.${this.#options.place}.${1 + n}`;
  }

  /** The same attacker from other addresses. */
  elsewhere(): Stage {
    const stage = new Stage({ ...this.#options, network: this.#options.network + 1 });
    this.#open.push(stage);
    return stage;
  }

  at(n = 0): RawOptions {
    return { port: this.port, from: this.address(n) };
  }

  async line(options: Partial<LineOptions> = {}): Promise<Line> {
    const line = await Line.open({ ...this.at(), ...options });
    this.#open.push({ close: () => line.socket.terminate() });
    return line;
  }

  http(options: Partial<HttpDoorOptions> = {}): HttpDoor {
    const door = new HttpDoor({ ...this.at(), ...options });
    this.#open.push(door);
    return door;
  }

  raw(
    pieces: readonly (string | Uint8Array)[],
    sending: Sending & { readonly n?: number },
  ): Promise<RawEnd> {
    return overRaw(this.at(sending.n), pieces, sending);
  }

  scrape(): Promise<Scrape> {
    return this.#options.node.scrape();
  }

  /** What the operator reads of the state. */
  read<T>(path: string): Promise<T> {
    return this.#options.node.read<T>(path);
  }

  /** Everything that this attack opened. */
  close(): void {
    for (const each of this.#open.splice(0)) each.close();
  }
}

/** Waits until it is so, or too long. */
export async function eventually(isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
