import {
  type ClientMessage,
  type ServerMessage,
  STREAM_PATH,
  type WelcomeMessage,
} from '../../wire/index.ts';
import { type Backoff, waitBefore } from '../backoff.ts';
import {
  type ClientError,
  ClosedError,
  ConnectionError,
  errorOf,
  ProtocolError,
} from '../errors.ts';

/**
 * The part of a WebSocket that is used. Browsers and Node from 22 on have it built in; for Node 20
 * there is the package `ws`.
 */
export interface Socket {
  onmessage: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}
export type SocketClass = new (url: string) => Socket;

export interface ConnectionOptions {
  /** Of the node, as for HTTP. */
  readonly url: string;
  readonly WebSocket: SocketClass;
  readonly backoff: Backoff;
  /** How long an attempt may take, milliseconds. */
  readonly timeoutMs: number;
}

/** Who wants to know what becomes of the connection. */
export interface ConnectionListener {
  /** Open, for the first time or again: everything that was asked for is to be asked again. */
  onOpen?(): void;
  onMessage?(message: ServerMessage): void;
  /** Gone. What is sent now is lost; another attempt is under way. */
  onDown?(error: ConnectionError): void;
  /** The client was closed. */
  onClose?(): void;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: ClientError) => void;
}

/** A message, as one that answers a request with its id. */
type Answer = Extract<ServerMessage, { readonly id: number | null }>;

const CLOSE_NORMAL = 1000;
/** Pings in a row that may go without a word from the node. */
const SILENT_BEATS_MAX = 2;
const ID_LIMIT = 2 ** 32;

/**
 * One WebSocket to the node that comes back by itself: doubling waits with jitter, until `close`.
 * It is open when the node has said welcome. A line on which nothing arrives for two heartbeats,
 * though the node was asked to answer, is given up as dead.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners: ConnectionListener[] = [];
  readonly #answers: Map<number, Waiting<Answer>> = new Map();
  #openers: Waiting<WelcomeMessage>[] = [];
  #socket: Socket | undefined;
  #welcome: WelcomeMessage | undefined;
  #attempt = 0;
  #isClosed = false;
  #lastId = 0;
  #silentBeats = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #openTimer: ReturnType<typeof setTimeout> | undefined;
  #beatTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  listen(listener: ConnectionListener): void {
    this.#listeners.push(listener);
  }

  /** What the node said at the start; undefined while there is no open connection. */
  get welcome(): WelcomeMessage | undefined {
    return this.#welcome;
  }

  /** An id that no request of this client had. */
  nextId(): number {
    this.#lastId = (this.#lastId + 1) % ID_LIMIT;
    return this.#lastId;
  }

  /** Connects if need be. Rejects when the attempt that is under way fails; others follow. */
  open(): Promise<WelcomeMessage> {
    if (this.#isClosed) return Promise.reject(new ClosedError());
    if (this.#welcome !== undefined) return Promise.resolve(this.#welcome);
    const opened = new Promise<WelcomeMessage>((resolve, reject) => {
      this.#openers.push({ resolve, reject });
    });
    if (this.#socket === undefined && this.#retryTimer === undefined) this.#connect();
    return opened;
  }

  /** Whether it was handed to an open connection; that is no promise that it arrives. */
  send(message: ClientMessage | Uint8Array<ArrayBuffer>): boolean {
    if (this.#welcome === undefined) return false;
    this.#socket?.send(message instanceof Uint8Array ? message : JSON.stringify(message));
    return true;
  }

  /** A message and the answer with its id. Rejects with what the node found wrong. */
  request(message: ClientMessage): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#answers.set(message.id, { resolve, reject });
      if (this.send(message)) return;
      this.#answers.delete(message.id);
      reject(lost(this.#options.url, 'there is no connection'));
    });
  }

  /** For good. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#drop(new ClosedError());
    for (const { reject } of this.#openers.splice(0)) reject(new ClosedError());
    for (const listener of this.#listeners) listener.onClose?.();
  }

  #connect(): void {
    this.#retryTimer = undefined;
    this.#attempt += 1;
    let socket: Socket;
    try {
      socket = new this.#options.WebSocket(streamUrl(this.#options.url));
    } catch (cause) {
      // A constructor throws on an address that it cannot read: an attempt more would not help.
      const error = unusable(this.#options.url, cause);
      for (const { reject } of this.#openers.splice(0)) reject(error);
      return;
    }
    this.#socket = socket;
    this.#openTimer = setTimeout(
      () => this.#fail(socket, 'it did not say welcome in time'),
      this.#options.timeoutMs,
    );
    socket.onmessage = (event: { readonly data: unknown }) => this.#heard(socket, event.data);
    let fault = '';
    // Browsers do not say what went wrong; `ws` does.
    socket.onerror = (event: { readonly message?: string }) => {
      fault = event.message ?? '';
    };
    socket.onclose = (event: { readonly code?: number; readonly reason?: string }) => {
      const said = event.reason || fault;
      const reason = said === '' ? '' : `: ${said}`;
      this.#fail(socket, `it was closed with ${event.code ?? 1006}${reason}`);
    };
  }

  #heard(socket: Socket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#silentBeats = 0;
    const message = parseMessage(data);
    if (message === undefined) {
      this.#fail(socket, 'it sent something that is not a message of this protocol');
      return;
    }
    if (message.type === 'welcome') {
      this.#opened(message);
      return;
    }
    if ('id' in message && message.id !== null) this.#answered(message);
    for (const listener of this.#listeners) listener.onMessage?.(message);
  }

  #answered(message: Answer): void {
    const waiting = this.#answers.get(message.id ?? -1);
    if (waiting === undefined) return;
    this.#answers.delete(message.id ?? -1);
    if (message.type === 'problem') waiting.reject(errorOf(message.problem));
    else waiting.resolve(message);
  }

  #opened(welcome: WelcomeMessage): void {
    clearTimeout(this.#openTimer);
    this.#welcome = welcome;
    this.#silentBeats = 0;
    this.#beatTimer = setInterval(() => this.#beat(), welcome.heartbeatMs);
    for (const { resolve } of this.#openers.splice(0)) resolve(welcome);
    for (const listener of this.#listeners) listener.onOpen?.();
  }

  /** Beats are counted, not time: a program that was asleep was told nothing meanwhile. */
  #beat(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (this.#silentBeats === SILENT_BEATS_MAX) {
      this.#fail(socket, 'it fell silent');
      return;
    }
    this.#silentBeats += 1;
    // Its own ping: what a browser answers to the pings of a node no program gets to see.
    this.send({ op: 'ping', id: this.nextId() });
    // Only a line that lasts counts as made: one that is closed again and again is waited for.
    this.#attempt = 0;
  }

  #fail(socket: Socket, why: string): void {
    if (socket !== this.#socket) return;
    const error = lost(this.#options.url, why);
    this.#drop(error);
    for (const { reject } of this.#openers.splice(0)) reject(error);
    if (this.#isClosed) return;
    const waitMs = waitBefore(Math.max(1, this.#attempt), this.#options.backoff, Math.random());
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
    for (const listener of this.#listeners) listener.onDown?.(error);
  }

  #drop(error: ClientError): void {
    clearTimeout(this.#openTimer);
    clearInterval(this.#beatTimer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#welcome = undefined;
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
    socket?.close(CLOSE_NORMAL);
  }
}

function streamUrl(url: string): string {
  return `${url.replace(/^http/, 'ws')}${STREAM_PATH}`;
}

function parseMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message = JSON.parse(data) as ServerMessage;
    return typeof message?.type === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function lost(url: string, why: string): ConnectionError {
  return new ConnectionError({
    code: 'CONNECTION_LOST',
    message: `no connection to ${url}: ${why}`,
    remedy: 'nothing: it is tried again until the client is closed',
  });
}

function unusable(url: string, cause: unknown): ProtocolError {
  return new ProtocolError({
    code: 'ADDRESS_UNUSABLE',
    message: `no WebSocket can be made to ${url}`,
    remedy: 'give the address of a node, such as http://127.0.0.1:7420',
    cause,
  });
}
