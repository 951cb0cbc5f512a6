import {
  CLOSE,
  decodeSubmitFrame,
  MalformedFrameError,
  nodeProblem,
  type Problem,
  ProblemError,
  type ServerMessage,
  submitFrameId,
} from '@plimsoll/api/wire';
import type { RawData, WebSocket } from 'ws';
import type { Deposits } from '../deposits/index.ts';
import { problemOf } from '../http/problemOf.ts';
import type { ArrivedCommand } from '../parts.ts';
import { Answers, type CommandPlace } from './answers.ts';
import { Bucket } from './bucket.ts';
import type { Listener } from './hub.ts';
import { isUnread, type Message, readMessage } from './readMessage.ts';
import type { SessionContext, SessionOptions } from './sessionOptions.ts';
import { Subscriptions } from './subscriptions.ts';

type DropReason = Exclude<keyof typeof CLOSE, 'normal'>;

/** Pings and pongs of a client that nobody asked for. */
const CONTROL_FRAMES = { perSecond: 20, burst: 60 };
/** Of any message, however short: it may have to be answered. */
const MESSAGE_COST = 128;
/** Reading a frame is so much cheaper than reading text. */
const FRAME_BYTES_PER_CHARACTER = 16;
/** Requests that wait for the one before them. */
const WAITING_MAX = 64;
/** A dropped client has so long to read why. */
const CUT_MS = 2_000;
/** A node that stops waits so long for the receipts of what it took. */
const DRAIN_MS = 2_000;

/**
 * One connection: what it sends is read, limited and passed on; what becomes of it goes back.
 * Everything it can make the node hold is bounded. Spec: stream 8, 9.
 */
export class Session implements Listener {
  readonly #context: SessionContext;
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #answers: Answers;
  readonly #deposits: Deposits;
  readonly #subscriptions: Subscriptions;
  readonly #requestBucket: Bucket;
  readonly #refusalBucket: Bucket;
  readonly #controlBucket = new Bucket(CONTROL_FRAMES);
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #inFlight = 0;
  /** Messages that came and wait for their turn. */
  #unread = 0;
  #badSignatures = 0;
  #silentBeats = 0;
  #isPaused = false;
  /** As much is under way as may be, and not half of it is answered yet. */
  #isFull = false;
  #isOpen = true;
  #isStopping = false;
  #sentBytes = 0;
  #receivedBytes = 0;
  /** Resolves when the connection is gone and its deposits have their answers. */
  readonly ended: Promise<void>;

  constructor(context: SessionContext, options: SessionOptions) {
    const { socket } = options;
    const { hub, limits } = context;
    this.#context = context;
    this.#options = options;
    this.#socket = socket;
    this.#answers = new Answers({ send: (text) => this.#send(text) });
    this.#deposits = context.deposits.connection(options.address);
    this.#subscriptions = new Subscriptions({
      hub,
      listener: this,
      subscriptionsMax: limits.subscriptionsMax,
      bytesMax: context.sendBufferBytesMax,
      send: (message) => this.#tell(message),
    });
    const allowance = { perSecond: limits.messagesPerSecond, burst: 2 * limits.messagesPerSecond };
    this.#requestBucket = new Bucket(allowance);
    this.#refusalBucket = new Bucket(allowance);
    socket.on('message', (data, isBinary) => this.#read(data, isBinary));
    socket.on('ping', (data) => this.#control() && socket.pong(data));
    socket.on('pong', () => this.#control());
    socket.on('error', (error) => this.#failed(error));
    this.ended = new Promise((resolve) => {
      socket.on('close', () => this.#end().then(resolve));
    });
    const { network, heartbeatMs } = context;
    const { height } = hub;
    this.#tell({ type: 'welcome', network, height, timeMs: context.timeMs(), heartbeatMs, limits });
  }

  deliver(bytes: Uint8Array): void {
    this.#send(bytes);
  }

  hold(): void {
    this.#options.wire.cork();
  }

  release(): void {
    this.#options.wire.uncork();
  }

  /** Once a heartbeat: asks for a sign of life, and gives up who gave none to the last two. */
  beat(): void {
    this.#measure();
    if (!this.#isOpen) return;
    if (!this.#isPaused) this.#silentBeats += 1;
    if (this.#silentBeats > 2) this.#drop('silent', 'no sign of life for two heartbeats');
    else this.#socket.ping();
  }

  /** The node stops: takes nothing more, waits for what it took, and says goodbye. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#pause();
    const deadline = Date.now() + DRAIN_MS;
    while (this.#inFlight > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#answers.flush();
    this.#close(CLOSE.goingAway, 'the node stops');
    await this.ended;
  }

  #read(data: RawData, isBinary: boolean): void {
    this.#silentBeats = 0;
    if (!this.#isOpen || !(data instanceof Buffer)) return;
    this.#receivedBytes += data.length;
    this.#unread += 1;
    const { turns } = this.#context;
    const cost = isBinary ? data.length / FRAME_BYTES_PER_CHARACTER : data.length;
    const take = () => this.#readInTurn(data, isBinary);
    turns.take(this.#options.address, MESSAGE_COST + cost, take);
    // One message waits, and not all that the client has.
    if (this.#unread > 0) this.#pause();
  }

  #readInTurn(data: Buffer, isBinary: boolean): void {
    this.#unread -= 1;
    if (!this.#isOpen || this.#isStopping) return;
    if (isBinary) this.#readFrame(data);
    else this.#readText(data.toString());
    this.#readOn();
  }

  /** The fast way in: lengths are all that is parsed here. */
  #readFrame(bytes: Buffer): void {
    try {
      const { id, withEvents, commands } = decodeSubmitFrame(bytes);
      const { commandsPerMessageMax } = this.#context.limits;
      if (commands.length < 1 || commands.length > commandsPerMessageMax) {
        const figures = { commands: commands.length, commandsPerMessageMax };
        throw new ProblemError(nodeProblem('tooLarge', 'Too few or too many commands.', figures));
      }
      commands.forEach((command, at) => {
        this.#submit({ id, at }, { ...command, withEvents });
      });
    } catch (error) {
      this.#refuse(submitFrameId(bytes), error);
    }
  }

  #readText(text: string): void {
    const { commandsPerMessageMax, subscriptionsMax: topicsPerMessageMax } = this.#context.limits;
    const read = readMessage(text, { commandsPerMessageMax, topicsPerMessageMax });
    if (isUnread(read)) this.#refuse(read.id, read.error);
    else if (read.op === 'submit') {
      read.commands.forEach((command, at) => {
        this.#submit({ id: read.id, at }, command);
      });
    } else if (this.#requestBucket.take()) this.#request(read);
    else this.#drop('flood', 'more messages than one connection may send');
  }

  #request(message: Exclude<Message, { readonly op: 'submit' }>): void {
    const { id } = message;
    switch (message.op) {
      case 'ping': {
        const { hub, timeMs } = this.#context;
        this.#tell({ type: 'pong', id, height: hub.height, timeMs: timeMs() });
        return;
      }
      case 'publish':
        this.#publish(message);
        return;
      case 'subscribe':
        this.#enqueue(id, () => this.#subscriptions.subscribe(id, message.topics));
        return;
      case 'unsubscribe':
        this.#enqueue(id, async () => {
          this.#subscriptions.unsubscribe(message.topics);
          this.#tell({ type: 'done', id });
        });
        return;
      case 'cancelOnDisconnect':
        this.#enqueue(id, () => this.#deposit(id, message.command));
    }
  }

  /** One request after the other, in the order they came. */
  #enqueue(id: number, work: () => Promise<void>): void {
    if (this.#waiting >= WAITING_MAX) {
      this.#drop('flood', 'too many requests wait for the one before them');
      return;
    }
    this.#waiting += 1;
    this.#queue = this.#queue
      .then(work)
      .catch((error) => this.#refuse(id, error))
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  async #deposit(id: number, command: ArrivedCommand | null): Promise<void> {
    if (command === null) {
      await this.#deposits.clear();
      this.#tell({ type: 'done', id });
      return;
    }
    const signer = await this.#deposits.put(command);
    this.#tell({ type: 'done', id, signer });
  }

  #submit(place: CommandPlace, command: ArrivedCommand): void {
    this.#took();
    const { address: source } = this.#options;
    this.#context.ingress.submit({ ...command, source }).then(
      (receipt) => {
        this.#answers.receipt(place, receipt);
        this.#gave();
      },
      (error) => {
        const problem = this.#problemOf(error);
        this.#answers.problem(place, problem);
        this.#gave();
        this.#countRefusal(problem);
      },
    );
  }

  #publish({ id, prices, signature }: Extract<Message, { readonly op: 'publish' }>): void {
    this.#took();
    this.#context.ingress
      .publish(prices, signature, this.#options.address)
      .then(
        (receipt) => this.#tell({ type: 'published', id, receipt }),
        (error) => this.#refuse(id, error),
      )
      .finally(() => this.#gave());
  }

  /** With so much under way nothing more is read: the sender waits, and nobody's memory grows. */
  #took(): void {
    this.#inFlight += 1;
    if (this.#inFlight < this.#context.limits.inFlightMax) return;
    this.#isFull = true;
    this.#pause();
  }

  #gave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight <= this.#context.limits.inFlightMax / 2) this.#isFull = false;
    this.#readOn();
  }

  #readOn(): void {
    if (!this.#isPaused || !this.#isOpen || this.#isStopping) return;
    if (this.#isFull || this.#unread > 0) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #refuse(id: number | null, error: unknown): void {
    const problem = this.#problemOf(error);
    this.#tell({ type: 'problem', id, problem });
    this.#countRefusal(problem);
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof MalformedFrameError) return nodeProblem('malformed', error.message);
    const { problem, isOurs } = problemOf(error);
    if (isOurs) this.#context.logger.error({ err: error }, 'a message of the stream failed');
    return problem;
  }

  /** Being refused costs the node nearly as much as being served: it is limited too. */
  #countRefusal(problem: Problem): void {
    if (problem.name === 'signatureInvalid') {
      this.#badSignatures += 1;
      if (this.#badSignatures > this.#context.limits.badSignaturesMax) {
        this.#drop('badSignatures', 'too many signatures that do not open');
      }
    }
    if (problem.isRetryable || this.#refusalBucket.take()) return;
    if (problem.name === 'malformed') this.#drop('protocol', 'too much that is malformed');
    else this.#drop('flood', 'too much that is refused');
  }

  /** A ping or a pong came; whether it is to be answered. */
  #control(): boolean {
    this.#silentBeats = 0;
    if (!this.#controlBucket.take()) this.#drop('flood', 'too many pings');
    return this.#isOpen;
  }

  #tell(message: ServerMessage): void {
    this.#send(JSON.stringify(message));
  }

  #send(message: string | Uint8Array): void {
    if (!this.#isOpen) return;
    this.#sentBytes += message.length;
    this.#socket.send(message, { binary: false, compress: false });
    if (this.#socket.bufferedAmount > this.#context.sendBufferBytesMax) {
      this.#drop('slowReader', 'reads slower than it is sent to');
    }
  }

  #drop(reason: DropReason, words: string): void {
    if (!this.#isOpen) return;
    // What has been decided goes out before the goodbye, but to a client that does not read.
    if (reason !== 'slowReader') this.#answers.flush();
    if (!this.#isOpen) return;
    this.#context.metrics.clientsDropped.inc({ reason });
    this.#close(CLOSE[reason], words);
  }

  #close(code: number, words: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#subscriptions.close();
    this.#socket.close(code, words);
    // Reads again, or the answer to the goodbye would never be seen.
    this.#socket.resume();
    setTimeout(() => this.#socket.terminate(), CUT_MS).unref();
  }

  /** What the protocol itself forbids has been answered with a code by the socket. */
  #failed(error: Error & { readonly code?: string }): void {
    const reason = FAULTS[error.code ?? ''];
    if (reason !== undefined) this.#context.metrics.clientsDropped.inc({ reason });
    this.#context.logger.debug({ err: error }, 'a connection of the stream failed');
  }

  async #end(): Promise<void> {
    this.#isOpen = false;
    this.#subscriptions.close();
    this.#measure();
    this.#options.onEnd();
    await this.#deposits.end();
  }

  #measure(): void {
    const { sentBytes, receivedBytes } = this.#context.metrics;
    sentBytes.inc({ kind: 'stream' }, this.#sentBytes);
    receivedBytes.inc({ kind: 'stream' }, this.#receivedBytes);
    this.#sentBytes = 0;
    this.#receivedBytes = 0;
  }
}

const FAULTS: { readonly [code: string]: DropReason } = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'messageTooBig',
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'messageTooBig',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'flood',
  WS_ERR_INVALID_UTF8: 'invalidUtf8',
};
