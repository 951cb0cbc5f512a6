import type { Hex } from '@plimsoll/api';
import { bytesOfHex } from '@plimsoll/api/signing';
import {
  type CommandJson,
  encodeSubmitFrame,
  type PricesReceipt,
  type Problem,
  type Receipt,
  type ServerMessage,
  STREAM_PATH,
} from '@plimsoll/api/wire';
import { encodeCommandBody, encodeJsonAction } from '@plimsoll/core/schema';
import { WebSocket } from '@plimsoll/node/webSocket';
import type { Named } from './ledger.ts';

/** One WebSocket that does not come back: what was not answered when it ended never will be. */
export class Line {
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, readonly Hex[]> = new Map();
  readonly #onAnswer: (digest: Hex, answer: Receipt | Problem) => void;
  readonly #onPrices: ((receipt: PricesReceipt) => void) | undefined;
  #nextId = 1;
  #unanswered = 0;
  /** Resolves when the line has ended. */
  readonly ended: Promise<void>;

  private constructor(socket: WebSocket, listeners: Pick<LineOptions, 'onAnswer' | 'onPrices'>) {
    this.#socket = socket;
    this.#onAnswer = listeners.onAnswer;
    this.#onPrices = listeners.onPrices;
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.on('message', (data) => this.#heard(JSON.parse(String(data)) as ServerMessage));
  }

  static async open(options: LineOptions): Promise<Line> {
    const socket = new WebSocket(`${options.url.replace('http', 'ws')}${STREAM_PATH}`);
    const line = new Line(socket, options);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return line;
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Commands in one message, as text or in binary; each is its own. */
  submit(commands: readonly Named[], isBinary: boolean): void {
    const id = this.#begin(commands.map(({ digest }) => digest));
    if (isBinary) {
      const bodies = commands.map(({ command: { signature, ...body } }) => ({
        body: encodeCommandBody(body),
        signature: bytesOfHex(signature),
      }));
      this.#socket.send(encodeSubmitFrame({ id, withEvents: false, commands: bodies }));
      return;
    }
    const texts = commands.map(commandJson);
    this.#socket.send(JSON.stringify({ op: 'submit', id, commands: texts }));
  }

  publish(body: object): void {
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ op: 'publish', id, ...body }));
  }

  close(): void {
    this.#socket.close();
  }

  #begin(digests: readonly Hex[]): number {
    const id = this.#nextId++;
    this.#waiting.set(id, digests);
    this.#unanswered += digests.length;
    return id;
  }

  #heard(message: ServerMessage): void {
    if (message.type === 'published') this.#onPrices?.(message.receipt);
    if (message.type === 'receipts') {
      for (const result of message.results) {
        const digest = this.#waiting.get(result.id)?.[result.at];
        if (digest === undefined) continue;
        this.#unanswered--;
        this.#onAnswer(digest, 'receipt' in result ? result.receipt : result.problem);
      }
    }
    if (message.type === 'problem' && message.id !== null) {
      for (const digest of this.#waiting.get(message.id) ?? []) {
        this.#unanswered--;
        this.#onAnswer(digest, message.problem);
      }
    }
  }
}

export interface LineOptions {
  readonly url: string;
  readonly onAnswer: (digest: Hex, answer: Receipt | Problem) => void;
  readonly onPrices?: (receipt: PricesReceipt) => void;
}

export function commandJson({ command }: Named): CommandJson {
  const { account, nonce, expiresMs, actions, signature } = command;
  return { account, nonce, expiresMs, actions: actions.map(encodeJsonAction), signature };
}
