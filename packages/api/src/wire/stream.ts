import type { Address, JsonValue, UnsignedObservation } from '@plimsoll/core/schema';
import type { Hex, Network } from '../network.ts';
import type { Problem } from './problem.ts';
import type { PricesReceipt, Receipt } from './receipt.ts';
import type { Update } from './updates.ts';

// The WebSocket of a node, `/v1/stream`: every message both ways. Text messages are JSON objects;
// what a client sends has `op`, what it gets has `type`. Spec: stream.

/** Where the WebSocket is. */
export const STREAM_PATH = '/v1/stream';
/** The subprotocol that a node answers with when a client asks for it. */
export const STREAM_PROTOCOL = 'plimsoll.v1';

/** What can be subscribed to, with what its key is. Spec: stream 4. */
export const CHANNELS = {
  book: 'instrument',
  trades: 'instrument',
  prices: 'instrument',
  candles: 'instrument/interval',
  account: 'account',
  liquidations: '',
  blocks: '',
} as const;
export type Channel = keyof typeof CHANNELS;

/** Why a node closes a connection. Spec: stream 9. */
export const CLOSE = {
  normal: 1000,
  /** The node stops; come again later. */
  goingAway: 1001,
  invalidUtf8: 1007,
  messageTooBig: 1009,
  /** Too much that is not what this protocol says. */
  protocol: 4000,
  /** No sign of life between two heartbeats. */
  silent: 4001,
  /** More messages, pings or subscriptions than one connection may send. */
  flood: 4002,
  /** Too many signatures that do not open. */
  badSignatures: 4003,
  /** The client does not read as fast as it is sent to. */
  slowReader: 4008,
} as const;

/**
 * A command as JSON: amounts are decimal strings of units, as in `encodeJsonAction` of the core.
 */
export interface CommandJson {
  readonly account: number;
  readonly nonce: number;
  readonly expiresMs: number;
  readonly actions: readonly JsonValue[];
  readonly signature: Hex;
}

/** A price as JSON: price and confidence are decimal strings of price units. */
export type PriceJson = {
  readonly [F in keyof UnsignedObservation]: UnsignedObservation[F] extends bigint
    ? string
    : UnsignedObservation[F];
};

/** One channel of one key; `key` is left out where a channel has none. */
export interface TopicName {
  readonly channel: Channel;
  readonly key?: string;
}

/** A subscription; `from`: the height up to which the client has everything of it. */
export interface TopicRequest extends TopicName {
  readonly from?: number;
}

/** What a client sends as text. `id` is the client's own, 0 … 2^32 − 1, and comes back. */
export type ClientMessage =
  | SubmitMessage
  | PublishMessage
  | SubscribeMessage
  | UnsubscribeMessage
  | CancelOnDisconnectMessage
  | PingMessage;

/** Commands, each its own; they are judged in this order. Binary form: binary.ts. */
export interface SubmitMessage {
  readonly op: 'submit';
  readonly id: number;
  readonly commands: readonly CommandJson[];
  /** Receipts with what each command did; default false. */
  readonly withEvents?: boolean;
}

export interface PublishMessage {
  readonly op: 'publish';
  readonly id: number;
  readonly prices: readonly PriceJson[];
  readonly signature: Hex;
}

export interface SubscribeMessage {
  readonly op: 'subscribe';
  readonly id: number;
  readonly topics: readonly TopicRequest[];
}

export interface UnsubscribeMessage {
  readonly op: 'unsubscribe';
  readonly id: number;
  readonly topics: readonly TopicName[];
}

/**
 * Deposits a signed command that holds nothing but cancelOrder and cancelAll: the node submits it
 * when the connection ends for whatever reason. A later deposit for the same account takes the
 * place of the one before; `command` null withdraws all. Spec: stream 7.
 */
export interface CancelOnDisconnectMessage {
  readonly op: 'cancelOnDisconnect';
  readonly id: number;
  readonly command: CommandJson | null;
}

export interface PingMessage {
  readonly op: 'ping';
  readonly id: number;
}

/** What a node sends. */
export type ServerMessage =
  | WelcomeMessage
  | ReceiptsMessage
  | PublishedMessage
  | SubscribedMessage
  | DoneMessage
  | PongMessage
  | ProblemMessage
  | Update;

/** The first message of a connection. */
export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly network: Network;
  readonly height: number;
  readonly timeMs: number;
  /** The node pings this often; a client that is silent for twice as long is closed. */
  readonly heartbeatMs: number;
  readonly limits: StreamLimits;
}

export interface StreamLimits {
  readonly messageBytesMax: number;
  /** Commands of one submit. */
  readonly commandsPerMessageMax: number;
  /** Commands of this connection that have no receipt yet. */
  readonly inFlightMax: number;
  readonly subscriptionsMax: number;
  /** Messages a second, on average; a burst of as many is allowed. */
  readonly messagesPerSecond: number;
  readonly badSignaturesMax: number;
}

/**
 * What became of commands: all of this connection that one block decided in one message. `at` is
 * the place of the command in the submit with that `id`.
 */
export interface ReceiptsMessage {
  readonly type: 'receipts';
  readonly results: readonly CommandAnswer[];
}

export type CommandAnswer =
  | { readonly id: number; readonly at: number; readonly receipt: Receipt }
  | { readonly id: number; readonly at: number; readonly problem: Problem };

export interface PublishedMessage {
  readonly type: 'published';
  readonly id: number;
  readonly receipt: PricesReceipt;
}

/** How each topic of a subscribe begins, in its order; what fails says why. */
export interface SubscribedMessage {
  readonly type: 'subscribed';
  readonly id: number;
  readonly topics: readonly SubscribedTopic[];
}

export interface SubscribedTopic {
  readonly channel: Channel;
  readonly key: string;
  /**
   * 'resumed': what followed `from` comes next, nothing is missing. 'replayed': the same, read back
   * from the history in one message, an update of trades or a snapshot with the events since
   * `from`. 'snapshot': a snapshot comes first. 'refused': nothing comes.
   */
  readonly start: 'resumed' | 'replayed' | 'snapshot' | 'refused';
  readonly problem?: Problem;
}

/** A request without an answer of its own was done. */
export interface DoneMessage {
  readonly type: 'done';
  readonly id: number;
  /** Who signed the deposited command, of cancelOnDisconnect. */
  readonly signer?: Address;
}

export interface PongMessage {
  readonly type: 'pong';
  readonly id: number;
  readonly height: number;
  readonly timeMs: number;
}

/** A request failed as a whole; `id` is null when it could not be read. */
export interface ProblemMessage {
  readonly type: 'problem';
  readonly id: number | null;
  readonly problem: Problem;
}
