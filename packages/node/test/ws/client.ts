// A bare client: sends what it is told, however wrong, and keeps everything that comes.
import type { ServerMessage, Update } from '@plimsoll/api/wire';
import { type ClientOptions, WebSocket } from 'ws';
import { closeLater } from './rig.ts';

type Message = ServerMessage;
type OfType<T extends Message['type']> = Extract<Message, { readonly type: T }>;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<Closed>;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
    closeLater({ close: async () => this.socket.terminate() });
  }

  send(message: object | string | Uint8Array): void {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /** The next message of a type that was not taken yet; others before it are passed over. */
  async next<T extends Message['type']>(type: T): Promise<OfType<T>> {
    for (;;) {
      while (this.#taken < this.messages.length) {
        const message = this.messages[this.#taken++] as Message;
        if (message.type === type) return message as OfType<T>;
      }
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before ${type}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when a message fits. */
  async until(fits: (message: Message) => boolean): Promise<void> {
    for (let at = 0; ; ) {
      while (at < this.messages.length) if (fits(this.messages[at++] as Message)) return;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('closed before it came');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  updates(channel: string): Update[] {
    return this.messages.filter(
      (each): each is Update =>
        (each.type === 'snapshot' || each.type === 'update') && each.channel === channel,
    );
  }
}

/** A client that has been welcomed. */
export async function connect(url: string, options: ClientOptions = {}): Promise<Client> {
  const client = new Client(url, options);
  await client.next('welcome');
  return client;
}
