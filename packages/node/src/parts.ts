// What the parts of a node promise each other. `main.ts` makes them and wires them together; nobody
// else knows who stands behind an interface. Life of a command: ws or http → Ingress → Opener →
// admit → BlockMaker → Store → receipt; and the stored block → Replica → reads and feeds.
import type { Network, OpenedSignature } from '@plimsoll/api';
import type { PricesReceipt, Receipt } from '@plimsoll/api/wire';
import type { Machine } from '@plimsoll/core/machine';
import type { Observation, OpenedCommand, UnsignedObservation } from '@plimsoll/core/schema';
import type { NetworkFile } from './network.ts';

/** Opens signatures in worker threads: bytes in, who signed out. */
export interface Opener {
  /**
   * @param body canonical bytes of the command (`encodeCommandBody`).
   * @param source the address that asks: where much waits, sources take turns.
   * @throws ProblemError `signatureInvalid`, with how the digest was formed; `overloaded`.
   */
  openCommand(body: Uint8Array, signature: Uint8Array, source?: string): Promise<OpenedSignature>;
  /** @throws ProblemError `signatureInvalid`, `malformed`, `overloaded`. */
  openPrices(
    prices: readonly UnsignedObservation[],
    signature: Uint8Array,
    source?: string,
  ): Promise<OpenedSignature>;
  close(): Promise<void>;
}

/** A command as it arrived: canonical bytes of its body, and the signature over it. */
export interface ArrivedCommand {
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  /** Whether the receipt says what the command did. */
  readonly withEvents: boolean;
  /** The address that it came from: where much waits, sources take turns. */
  readonly source?: string;
}

/** The door of everything signed. Rejects with ProblemError; resolves when the block is on disk. */
export interface Ingress {
  submit(command: ArrivedCommand): Promise<Receipt>;
  publish(
    prices: readonly UnsignedObservation[],
    signature: Uint8Array,
    source?: string,
  ): Promise<PricesReceipt>;
}

/** A command that was opened and admitted. */
export interface AdmittedCommand {
  readonly command: OpenedCommand;
  readonly signature: Uint8Array;
  readonly digest: Uint8Array;
  readonly withEvents: boolean;
}

/** Prices that were opened and admitted. */
export interface AdmittedPrices {
  readonly observations: readonly Observation[];
  readonly signature: Uint8Array;
  readonly digest: Uint8Array;
}

/** Blocks on disk, snapshots beside them. One process at a time. */
export interface Store {
  readonly directory: string;
  readonly network: NetworkFile;
  /** Height of the last stored block; 0 when there is none. */
  readonly head: number;
  /** Resolves when the record is on disk. Heights follow each other. */
  append(height: number, record: Uint8Array): Promise<void>;
  /** The bytes of a record; a view that is valid until the next event loop turn. */
  read(height: number): Uint8Array | undefined;
  /** Heights of the snapshots, newest first. */
  snapshots(): readonly number[];
  /** Bytes of a snapshot as written; what is damaged is found by `restore`. */
  readSnapshot(height: number): Uint8Array;
  /** Atomically: whole or not at all. Keeps the newest few. */
  writeSnapshot(height: number, bytes: Uint8Array): void;
  close(): Promise<void>;
}

/** A machine that was brought up from a store. */
export interface Recovered {
  readonly machine: Machine;
  /** The snapshot it began with; 0: the genesis. */
  readonly snapshotHeight: number;
  readonly blocksReplayed: number;
  /** Snapshots that could not be used, with the reason. */
  readonly skipped: readonly { readonly height: number; readonly reason: string }[];
}

/** One message of a channel, serialized once for all who listen. Spec: api 5. */
export interface FeedMessage {
  /** `book`, `trades`, … */
  readonly channel: string;
  /** Which of its kind: an instrument's name, an account's number, or ''. */
  readonly key: string;
  /** Height of this message's block: the sequence number. */
  readonly height: number;
  /** Height of the message before it of this channel and key; 0: none. */
  readonly previous: number;
  /** The whole message as JSON text. */
  readonly text: string;
}

/** A question to the replica: a route of the table in @plimsoll/api/routes with its arguments. */
export interface Question {
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** The answer is of this height or a later one; ProblemError `behind` if that takes too long. */
  readonly minHeight?: number;
}

export interface Answer {
  readonly height: number;
  readonly timeMs: number;
  /** The JSON text of the response body. */
  readonly text: string;
}

/** A second machine in a worker thread that follows the stored blocks and serves all reads. */
export interface Replica {
  /** The block is on disk. The bytes are copied. */
  apply(height: number, record: Uint8Array): void;
  /** Rejects with ProblemError. */
  ask(question: Question): Promise<Answer>;
  /** Which keys of a channel somebody listens to (accounts); public channels are always built. */
  watch(channel: string, key: string, isWatched: boolean): void;
  /** The present state of a channel as a message of kind `snapshot`. */
  snapshotOf(channel: string, key: string): Promise<FeedMessage>;
  onFeed(listener: (messages: readonly FeedMessage[]) => void): void;
  /** The replica disagrees or died: the node must stop. */
  onFailure(listener: (error: Error) => void): void;
  readonly status: ReplicaStatus;
  close(): Promise<void>;
}

export interface ReplicaStatus {
  readonly height: number;
  readonly timeMs: number;
  readonly snapshotHeight: number;
  readonly rootsCompared: number;
}

/** What the node says of itself: status route, metrics, the status line. */
export interface NodeStatus {
  readonly network: Network;
  readonly height: number;
  readonly timeMs: number;
  readonly replica: ReplicaStatus;
  readonly queueLength: number;
  readonly isReady: boolean;
  readonly accounts: number;
  readonly startedMs: number;
  readonly commandsAccepted: number;
  readonly commandsRefused: number;
}
