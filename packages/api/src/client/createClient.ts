import { type Action, encodeJsonAction } from '@plimsoll/core/schema';
import type { Network, SignedCommand } from '../network.ts';
import type { RouteResponse } from '../routes/index.ts';
import type { Signer } from '../signing/index.ts';
import type { Channel, Receipt } from '../wire/index.ts';
import { type Asset, assetOf } from './asset.ts';
import { type Backoff, defaultBackoff } from './backoff.ts';
import { Clock } from './clock.ts';
import { type CommandMaker, makeCommand, nonceKey } from './commandMaker.ts';
import { ClientError, RefusedError } from './errors.ts';
import type { Fetch, Http } from './http.ts';
import { type Market, marketOf } from './market.ts';
import { networkRules } from './networkRules.ts';
import { createRead, type Read } from './read.ts';
import {
  type Book,
  BookKeeper,
  type CancelOnDisconnect,
  type CancelOnDisconnectOptions,
  Connection,
  keepCancelOnDisconnect,
  type Outcome,
  type SocketClass,
  Submissions,
  type Subscription,
  Subscriptions,
  type UpdateOf,
} from './stream/index.ts';
import { type Transport, transmit } from './transport.ts';

export interface ClientOptions {
  /** Of the node: `http://127.0.0.1:7420`. */
  readonly url: string;
  /** For which account commands are sent; 0, also when absent: for none, as authorities do. */
  readonly account?: number;
  /** Signs commands; without one the client only reads. */
  readonly signer?: Signer;
  /** Refuse to sign for any other network than this one. */
  readonly network?: Network;
  readonly fetch?: Fetch;
  /** Node 20 has none built in: give it that of the package `ws`. */
  readonly WebSocket?: SocketClass;
  /** How long to wait for an answer, milliseconds; 10 s. */
  readonly timeoutMs?: number;
  /** How long commands stay valid, milliseconds; a minute, or half of what the network allows. */
  readonly lifetimeMs?: number;
  /** Whether receipts say what commands did (ids of orders, fills); true. */
  readonly withEvents?: boolean;
  readonly backoff?: Backoff;
}

export interface CancelOnDisconnectRequest extends CancelOnDisconnectOptions {
  /**
   * Absent: the client's own. Then a cancel also makes void whatever the key signed before: an
   * order that was on its way when the line broke does not come to rest behind it. Another one has
   * to be a key that signs nothing else, such as an agent with the scope `cancel`.
   */
  readonly signer?: Signer;
  /** How long the deposit is valid, milliseconds; as long as allowed. It is renewed before. */
  readonly lifetimeMs?: number;
}

/** A connection to a node, for one account and one signer. Every rejection is a ClientError. */
export interface Client {
  readonly url: string;
  readonly account: number;
  /**
   * Asks a question of the table of routes: `client.read('market', { instrument: 'BTC-PERP' })`.
   * The answer has everything in it that this client's receipts were about.
   */
  readonly read: Read;
  /** The network that signatures are bound to. */
  network(): Promise<Network>;
  /** Orders of an instrument from decimals. */
  market(instrument: string): Promise<Market>;
  /** Amounts of an asset from decimals. */
  asset(asset: string): Promise<Asset>;
  /** What would become of actions if the account sent them now. */
  preview(actions: Action | readonly Action[]): Promise<RouteResponse<'previewCommand'>>;
  /**
   * Signs 1 to 32 actions as one command and sends it. Resolves when the block with it is on disk
   * and everything was accepted.
   *
   * @throws RefusedError when the command or one of its actions was refused; its receipt says what
   * took effect. TimeoutError, ConnectionError: the outcome may be unknown, see `resubmit`.
   */
  submit(actions: Action | readonly Action[]): Promise<Receipt>;
  /** Several commands in one message, each signed on its own; one outcome each, in order. */
  submitBatch(commands: readonly (readonly Action[])[]): Promise<readonly Outcome[]>;
  /**
   * Sends signed commands again that may or may not have arrived (`error.commands`). They are not
   * executed twice: the receipt of the first time comes back.
   */
  resubmit(commands: readonly SignedCommand[]): Promise<readonly Outcome[]>;
  /** Messages of a channel, with a listener or `for await`. Survives lost connections. */
  subscribe<C extends Channel>(
    topic: { readonly channel: C; readonly key?: string },
    listener?: (update: UpdateOf<C>) => void,
  ): Subscription<C>;
  /** A book that is kept up to date and checked against the node's checksums. */
  book(instrument: string, onChange?: (book: Book) => void): Book;
  /**
   * The node cancels the account's orders when this client is gone, or the node itself was killed.
   * Resolves when the signed cancel lies on the node's disk; it is kept from expiring.
   */
  cancelOnDisconnect(request?: CancelOnDisconnectRequest): Promise<CancelOnDisconnect>;
  /** Ends everything; what is under way rejects with ClosedError. */
  close(): void;
}

const TIMEOUT_MS = 10_000;
const LIFETIME_MS = 60_000;

/** A client of one node. Nothing is sent before the first question, command or subscription. */
export function createClient(options: ClientOptions): Client {
  const parts = partsOf(options);
  const { read, maker, transport, stream, note } = parts;
  const { signer, lifetimeMs = LIFETIME_MS } = options;
  const make = (actions: readonly Action[]): Promise<SignedCommand> =>
    makeCommand(maker, signer, { actions, lifetimeMs });
  const send = async (
    commands: readonly SignedCommand[],
    isResent = false,
  ): Promise<readonly Outcome[]> => {
    const outcomes = note(await transmit(transport, commands, isResent));
    // The key is ahead of this client's clock: another client used it, or a cancel that lay with
    // the node did.
    if (signer !== undefined) {
      const high = Math.max(0, ...outcomes.filter(isBehind).map(highOf));
      maker.clock.noteNonce(nonceKey(maker.account, signer), high);
    }
    return outcomes;
  };
  return {
    url: parts.http.url,
    account: maker.account,
    read,
    network: async () => (await maker.rules()).network,
    market: async (instrument) => marketOf((await read('market', { instrument })).market),
    asset: async (asset) => assetOf((await read('asset', { asset })).asset),
    preview: (actions) => {
      const { account } = maker;
      return read('previewCommand', { account, actions: listOf(actions).map(encodeJsonAction) });
    },
    submit: async (actions) => {
      const list = listOf(actions);
      let outcome = (await send([await make(list)]))[0] as Outcome;
      // What was refused at the door did nothing, so it can be signed anew.
      if (isBehind(outcome)) outcome = (await send([await make(list)]))[0] as Outcome;
      if (!outcome.isAccepted) throw outcome.error;
      return outcome.receipt;
    },
    submitBatch: async (lists) => {
      const commands: SignedCommand[] = [];
      // One after the other: nonces rise in the order of the list.
      for (const list of lists) commands.push(await make(list));
      return commands.length === 0 ? [] : send(commands);
    },
    resubmit: async (commands) => (commands.length === 0 ? [] : send(commands, true)),
    subscribe: (topic, listener) => streamOf(stream).subscriptions.subscribe(topic, listener),
    book: (instrument, onChange) =>
      new BookKeeper(streamOf(stream).subscriptions, instrument, onChange),
    cancelOnDisconnect: (request = {}) => {
      const { connection } = streamOf(stream);
      const { signer: by = signer, lifetimeMs: lastMs = Number.MAX_SAFE_INTEGER } = request;
      const isOwn = by !== undefined && by.address === signer?.address;
      return keepCancelOnDisconnect(
        {
          connection,
          clock: maker.clock,
          sign: (what) => makeCommand(maker, by, { ...what, lifetimeMs: lastMs }),
          noteHigh: (high) => {
            if (by !== undefined) maker.clock.noteNonce(nonceKey(maker.account, by), high);
          },
          ...(isOwn ? { tradingKey: nonceKey(maker.account, by) } : {}),
        },
        request,
      );
    },
    close: () => {
      stream?.submissions.close();
      stream?.subscriptions.close();
      stream?.connection.close();
    },
  };
}

interface Stream {
  readonly connection: Connection;
  readonly submissions: Submissions;
  readonly subscriptions: Subscriptions;
}

interface Parts {
  readonly http: Http;
  readonly read: Read;
  readonly maker: CommandMaker;
  readonly transport: Transport;
  readonly stream: Stream | undefined;
  /** Learns the height and the time of receipts. */
  readonly note: (outcomes: readonly Outcome[]) => readonly Outcome[];
}

function partsOf(options: ClientOptions): Parts {
  const { timeoutMs = TIMEOUT_MS, backoff = defaultBackoff, account = 0 } = options;
  const url = options.url.replace(/\/+$/, '');
  const http: Http = {
    url,
    timeoutMs,
    fetch: options.fetch ?? ((target, init) => globalThis.fetch(target, init)),
  };
  const clock = new Clock();
  let height = 0;
  const read = createRead(http, backoff, () => height);
  const stream = createStream(options, { url, timeoutMs, backoff });
  stream?.connection.listen({
    onMessage: (message) => {
      if ('timeMs' in message) clock.note(message.timeMs);
    },
  });
  return {
    http,
    read,
    maker: { clock, account, rules: networkRules(read, clock, options.network) },
    transport: { http, backoff, ...(stream === undefined ? {} : { stream }) },
    stream,
    note: (outcomes) => {
      for (const { receipt } of outcomes) {
        if (receipt === undefined) continue;
        height = Math.max(height, receipt.height);
        clock.note(receipt.timeMs);
      }
      return outcomes;
    },
  };
}

function createStream(
  options: ClientOptions,
  line: { readonly url: string; readonly timeoutMs: number; readonly backoff: Backoff },
): Stream | undefined {
  const native: SocketClass | undefined = globalThis.WebSocket;
  const WebSocket = options.WebSocket ?? native;
  if (WebSocket === undefined) return undefined;
  const connection = new Connection({ ...line, WebSocket });
  const { withEvents = true } = options;
  const submissions = new Submissions({ connection, timeoutMs: line.timeoutMs, withEvents });
  return { connection, submissions, subscriptions: new Subscriptions(connection) };
}

function streamOf(stream: Stream | undefined): Stream {
  if (stream !== undefined) return stream;
  throw new ClientError({
    code: 'WEBSOCKET_MISSING',
    message: 'subscriptions need a WebSocket, and there is none here',
    remedy: "give createClient that of the package ws: import { WebSocket } from 'ws'",
  });
}

function listOf(actions: Action | readonly Action[]): readonly Action[] {
  return 'kind' in actions ? [actions] : actions;
}

/** Refused at the door because the nonce lies below the window of its key. */
function isBehind(outcome: Outcome): boolean {
  if (outcome.isAccepted || outcome.receipt !== undefined) return false;
  return outcome.error instanceof RefusedError && outcome.error.reason === 'nonceUsed';
}

function highOf(outcome: Outcome): number {
  return outcome.isAccepted ? 0 : Number(outcome.error.figures.high ?? 0);
}
