import {
  type ClientMessage,
  type CommandAnswer,
  type CommandJson,
  encodeSubmitFrame,
  type PriceJson,
  type ServerMessage,
  STREAM_PATH,
} from '@plimsoll/api/wire';
import { encodeJsonAction, encodeJsonObservation } from '@plimsoll/core/schema';
import { WebSocket } from '@plimsoll/node/webSocket';
import { commandAnswerName, messageName } from './answers.ts';
import type { Sealed, SealedPrices } from './lawful.ts';

export interface LineOptions {
  readonly port: number;
  /** The address that it comes from. */
  readonly from: string;
  /** Answers the node's pings; true unless said. */
  readonly answersPings?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is not answered by then is not answered. */
const ANSWER_MS = 30_000;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A WebSocket of somebody hostile: sends what it is told, and says how each of it was answered. */
export class Line {
  readonly socket: WebSocket;
  /** How it ended: `close 4002`. */
  readonly closed: Promise<string>;
  readonly welcomed: Promise<boolean>;
  readonly #waiting = new Map<string, (answer: string, message?: ServerMessage) => void>();
  readonly #unnamed: ((answer: string) => void)[] = [];
  #end: string | undefined;
  #nextId = 1;

  constructor(options: LineOptions) {
    const { port, from, answersPings = true, headers = {} } = options;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${STREAM_PATH}`, {
      localAddress: from,
      autoPong: answersPings,
      perMessageDeflate: false,
      headers,
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code) => resolve(this.#finish(`close ${code}`)));
    });
    this.welcomed = new Promise((resolve) => {
      this.socket.once('message', () => resolve(true));
      this.socket.once('close', () => resolve(false));
    });
    this.socket.on('message', (data) => this.#read(JSON.parse(String(data)) as ServerMessage));
  }

  /** A line that was welcomed. */
  static async open(options: LineOptions): Promise<Line> {
    const line = new Line(options);
    if (await line.welcomed) return line;
    throw new Error(`no stream for ${options.from}`);
  }

  /** What a request is answered with. */
  ask(request: Without<ClientMessage, 'id'>): Promise<string> {
    const id = this.#nextId++;
    return this.#expect(`${id}`, () => this.socket.send(JSON.stringify({ ...request, id })));
  }

  /** As `ask`, with the message itself; undefined when the line ended before. */
  request(request: Without<ClientMessage, 'id'>): Promise<ServerMessage | undefined> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(`${id}`, (_, message) => resolve(message));
      this.#send(() => this.socket.send(JSON.stringify({ ...request, id })));
    });
  }

  /** What a text is answered with that has no id that could be read. */
  tell(text: string | Uint8Array, isBinary = false): Promise<string> {
    return new Promise((resolve) => {
      this.#unnamed.push(resolve);
      this.#send(() => this.socket.send(text, { binary: isBinary }));
    });
  }

  submitJson(sealed: Sealed): Promise<string> {
    const id = this.#nextId++;
    const text = JSON.stringify({ op: 'submit', id, commands: [commandJson(sealed)] });
    return this.#expect(`${id}.0`, () => this.socket.send(text));
  }

  submitBinary(sealed: Sealed): Promise<string> {
    const id = this.#nextId++;
    const frame = encodeSubmitFrame({ id, withEvents: false, commands: [sealed] });
    return this.#expect(`${id}.0`, () => this.socket.send(frame));
  }

  /** One frame with many; how each of them was answered. */
  submitMany(commands: readonly Sealed[]): Promise<string[]> {
    const id = this.#nextId++;
    const frame = encodeSubmitFrame({ id, withEvents: false, commands });
    const answers = commands.map((_, at) => this.#expect(`${id}.${at}`, () => {}));
    this.#send(() => this.socket.send(frame));
    return Promise.all(answers);
  }

  publish({ prices, signature }: SealedPrices): Promise<string> {
    return this.ask({ op: 'publish', prices: prices.map(priceJson), signature: hex(signature) });
  }

  #expect(name: string, send: () => void): Promise<string> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(name, 'no answer'), ANSWER_MS);
      this.#waiting.set(name, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#send(send);
    });
  }

  #send(send: () => void): void {
    if (this.#end !== undefined) this.#finish(this.#end);
    else send();
  }

  #read(message: ServerMessage): void {
    if (message.type === 'receipts') {
      for (const result of message.results) this.#answerCommand(result);
    } else if ('id' in message && message.id !== null) {
      this.#settle(`${message.id}`, messageName(message), message);
    } else if (message.type === 'problem') {
      this.#unnamed.shift()?.(messageName(message));
    }
  }

  #answerCommand(result: CommandAnswer): void {
    this.#settle(`${result.id}.${result.at}`, commandAnswerName(result));
  }

  #settle(name: string, answer: string, message?: ServerMessage): void {
    const resolve = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (resolve !== undefined) resolve(answer, message);
    else if (!this.#settleAll(`${name}.`, answer)) this.#unnamed.shift()?.(answer);
  }

  /** What cannot be read as a whole is answered once for all of its commands. */
  #settleAll(prefix: string, answer: string): boolean {
    const names = [...this.#waiting.keys()].filter((each) => each.startsWith(prefix));
    for (const name of names) this.#settle(name, answer);
    return names.length > 0;
  }

  /** What was not answered is answered by the end. */
  #finish(end: string): string {
    this.#end = end;
    for (const resolve of this.#waiting.values()) resolve(end);
    this.#waiting.clear();
    for (const resolve of this.#unnamed.splice(0)) resolve(end);
    return end;
  }
}

export function hex(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

export function commandJson({ command, signature }: Sealed): CommandJson {
  if (command === undefined) throw new Error('bytes without a command have no JSON');
  const { account, nonce, expiresMs, actions } = command;
  return {
    account,
    nonce,
    expiresMs,
    actions: actions.map(encodeJsonAction),
    signature: hex(signature),
  };
}

const NOBODY = '0x0000000000000000000000000000000000000000';

export function priceJson(price: SealedPrices['prices'][number]): PriceJson {
  const json = encodeJsonObservation({ ...price, publisher: NOBODY }) as { publisher?: string };
  const { publisher: _, ...rest } = json;
  return rest as unknown as PriceJson;
}
