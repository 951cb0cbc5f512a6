import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { NetworkFile } from '@plimsoll/node';
import { HttpDoor } from './httpDoor.ts';
import { type Scrape, scrapeOf } from './scrape.ts';

const launcher = fileURLToPath(new URL('../../../packages/cli/bin/plimsoll.js', import.meta.url));
/** What each of its threads may keep: one that keeps more for attackers dies of it. */
export const HEAP_MIB_MAX = 384;
const START_MS = 60_000;
const STOP_MS = 30_000;

export interface NodeProcessOptions {
  /** For its store and its log. */
  readonly directory: string;
  readonly network: NetworkFile;
  /** Flags beside those of a node of its own. */
  readonly flags: readonly string[];
}

interface LogLine {
  readonly level?: string;
  readonly msg?: string;
  readonly url?: string;
  readonly err?: { readonly message?: string };
}

/** A node as an operator starts it: the built command in a process of its own. */
export class NodeProcess {
  readonly data: string;
  readonly port: number;
  /** Lines of its log that tell of a fault of its own. */
  readonly complaints: string[];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number>;
  readonly #operator: HttpDoor;
  #exit: number | undefined;

  private constructor(
    child: ChildProcess,
    made: { readonly data: string; readonly port: number; readonly complaints: string[] },
  ) {
    this.#child = child;
    this.data = made.data;
    this.port = made.port;
    this.complaints = made.complaints;
    this.#exited = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
    this.#exited.then((code) => {
      this.#exit = code;
    });
    this.#operator = new HttpDoor({ port: made.port, from: '127.0.0.1', socketsMax: 1 });
  }

  static async start({ directory, network, flags }: NodeProcessOptions): Promise<NodeProcess> {
    const data = join(directory, 'data');
    const networkPath = join(directory, 'network.json');
    await writeFile(networkPath, JSON.stringify(network));
    const own = ['--network', networkPath, '--data-directory', data, '--http-port', '0'];
    const heap = `--max-old-space-size=${HEAP_MIB_MAX}`;
    const child = spawn(process.execPath, [heap, launcher, 'node', ...own, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const complaints: string[] = [];
    const url = await urlOf(child, join(directory, 'node.log'), complaints);
    return new NodeProcess(child, { data, port: Number(new URL(url).port), complaints });
  }

  /** Its exit code when it has ended. */
  get exit(): number | undefined {
    return this.#exit;
  }

  async isReady(): Promise<boolean> {
    return (await this.#operator.ask({ path: '/readyz' })).status === 200;
  }

  async read<T>(path: string): Promise<T> {
    const { status, text } = await this.#operator.ask({ path });
    if (status !== 200) throw new Error(`${path} was answered with ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  async scrape(): Promise<Scrape> {
    return scrapeOf((await this.#operator.ask({ path: '/metrics' })).text);
  }

  /** As an operator ends it; the exit code. */
  async stop(): Promise<number> {
    this.#operator.close();
    this.#child.kill('SIGTERM');
    const cut = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    const code = await this.#exited;
    clearTimeout(cut);
    return code;
  }
}

/** Reads the log until the node serves, and on, for what it complains of. */
function urlOf(child: ChildProcess, logPath: string, complaints: string[]): Promise<string> {
  const log = createWriteStream(logPath);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('the node does not serve'));
    }, START_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      log.end();
      reject(new Error(`the node ended with ${code}; its log is ${logPath}`));
    });
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (text) => {
      if (!log.writableEnded) log.write(`${text}\n`);
      const line = lineOf(text);
      if (line.level === 'error' || line.level === 'fatal') {
        complaints.push(`${line.msg}: ${line.err?.message ?? ''}`);
      }
      if (line.msg !== 'the node serves' || line.url === undefined) return;
      clearTimeout(timer);
      resolve(line.url);
    });
  });
}

function lineOf(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: 'error', msg: text };
  }
}
