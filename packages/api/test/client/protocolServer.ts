// A server that speaks the protocol of a node's stream and does what a test says: it loses lines,
// repeats and leaves out messages. It executes a command once, by its digest, as a node does.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Network, type SignedCommand, typedDataTarget } from '@plimsoll/api';
import { commandDigest, hexOfBytes, recoverSigner } from '@plimsoll/api/signing';
import {
  type ClientMessage,
  type CommandJson,
  decodeSubmitFrame,
  type Receipt,
  type ServerMessage,
  type SubmitFrame,
  type SubscribeMessage,
} from '@plimsoll/api/wire';
import {
  type Action,
  decodeCommandBody,
  decodeJsonAction,
  isJsonProblem,
  isMalformed,
} from '@plimsoll/core/schema';
import { type WebSocket, WebSocketServer } from 'ws';

export const network: Network = {
  name: 'test',
  chainId: 31_337,
  genesisHash: `0x${'11'.repeat(32)}`,
};

/** One connection of a client. */
export interface Line {
  readonly messages: ClientMessage[];
  readonly frames: SubmitFrame[];
  send(message: ServerMessage): void;
  /** As a line breaks: without a word. */
  cut(): void;
}

export interface Executed {
  readonly command: Omit<SignedCommand, 'signature'>;
  readonly receipt: Receipt;
}

export class ProtocolServer {
  readonly lines: Line[] = [];
  /** What was executed, by digest. */
  readonly executed: Map<string, Executed> = new Map();
  /** Requests over HTTP, as `METHOD /path`. */
  readonly requests: string[] = [];
  heartbeatMs = 10_000;
  commandsPerMessageMax = 100;
  messageBytesMax = 262_144;
  isStreaming = true;
  /** Answers of routes by path, without the query. */
  answers: Record<string, unknown> = {
    '/v1/network': { network, height: 1, timeMs: 1_000 },
    '/v1/parameters': {
      parameters: [{ name: 'commandLifetimeMs', value: 86_400_000 }],
      height: 1,
      timeMs: 1_000,
    },
  };
  onFrame: (line: Line, frame: SubmitFrame) => void = (line, frame) => this.execute(line, frame);
  onMessage: (line: Line, message: ClientMessage) => void = () => {};
  onPost: (commands: readonly CommandJson[]) => unknown = (commands) => ({
    receipts: commands.map((each) => this.#run(commandOf(each), bytesOf(each.signature))),
  });
  readonly #http: Server;
  readonly #sockets: WebSocketServer = new WebSocketServer({ noServer: true });

  constructor() {
    this.#http = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        this.requests.push(`${request.method} ${request.url}`);
        const path = (request.url ?? '').split('?')[0] as string;
        const isPost = path === '/v1/commands';
        const answer = isPost ? this.onPost(JSON.parse(body).commands) : this.answers[path];
        if (answer === undefined) request.socket.destroy();
        else response.end(JSON.stringify(answer));
      });
    });
    this.#http.on('upgrade', (request, socket, head) => {
      if (!this.isStreaming) socket.destroy();
      else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#greet(opened));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The newest connection. */
  get line(): Line {
    return this.lines.at(-1) as Line;
  }

  async close(): Promise<void> {
    for (const line of this.lines) line.cut();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Executes what was not executed before, and answers all. */
  execute(line: Line, frame: SubmitFrame): void {
    const results = frame.commands.map(({ body, signature }, at) => {
      const command = decodeCommandBody(body);
      if (isMalformed(command)) throw new Error(command.malformed);
      return { id: frame.id, at, receipt: this.#run(command, signature) };
    });
    line.send({ type: 'receipts', results });
  }

  #run(command: Omit<SignedCommand, 'signature'>, signature: Uint8Array): Receipt {
    const digest = commandDigest(command, typedDataTarget(network));
    const known = this.executed.get(hexOfBytes(digest));
    if (known !== undefined) return known.receipt;
    const receipt: Receipt = {
      digest: hexOfBytes(digest),
      signer: recoverSigner(digest, signature),
      height: this.executed.size + 2,
      index: 0,
      timeMs: Date.now(),
      isAccepted: true,
      actions: command.actions.map(() => null),
    };
    this.executed.set(receipt.digest, { command, receipt });
    return receipt;
  }

  #greet(socket: WebSocket): void {
    const line: Line = {
      messages: [],
      frames: [],
      send: (message) => socket.send(JSON.stringify(message)),
      cut: () => socket.terminate(),
    };
    this.lines.push(line);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        const frame = decodeSubmitFrame(data);
        line.frames.push(frame);
        this.onFrame(line, frame);
        return;
      }
      const message = JSON.parse(data.toString()) as ClientMessage;
      line.messages.push(message);
      this.onMessage(line, message);
    });
    line.send({
      type: 'welcome',
      network,
      height: 1,
      timeMs: 1_000,
      heartbeatMs: this.heartbeatMs,
      limits: {
        messageBytesMax: this.messageBytesMax,
        commandsPerMessageMax: this.commandsPerMessageMax,
        inFlightMax: 4_096,
        subscriptionsMax: 256,
        messagesPerSecond: 1_000,
        badSignaturesMax: 32,
      },
    });
  }
}

/** Answers a subscription as a node that begins with snapshots, or goes on. */
export function subscribed(
  message: SubscribeMessage,
  start: 'snapshot' | 'resumed' = 'snapshot',
): ServerMessage {
  const topics = message.topics.map(({ channel, key = '' }) => ({ channel, key, start }));
  return { type: 'subscribed', id: message.id, topics };
}

/** Waits until something holds that a test waits for. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

function commandOf({ account, nonce, expiresMs, actions }: CommandJson): Executed['command'] {
  return {
    account,
    nonce,
    expiresMs,
    actions: actions.map((each): Action => {
      const action = decodeJsonAction(each);
      if (isJsonProblem(action)) throw new Error(action.message);
      return action;
    }),
  };
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
}
