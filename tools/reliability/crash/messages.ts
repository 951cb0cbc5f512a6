// What the conductor of the crash test and its client processes say to each other.
import type { Hex } from '@plimsoll/api';
import type { PricesReceipt, Receipt } from '@plimsoll/api/wire';

export interface ClientPlan {
  readonly url: string;
  readonly seed: number;
  /** Which client process: the first also reports deposits and publishes prices. */
  readonly place: number;
  readonly clients: number;
  /** Accounts that nobody trades with, so that snapshots have some size. */
  readonly fillers: number;
  /** Commands a second of this process. */
  readonly rate: number;
}

export type ToClient =
  | { readonly kind: 'plan'; readonly plan: ClientPlan }
  | { readonly kind: 'setUp' }
  | { readonly kind: 'load' }
  | { readonly kind: 'pause' }
  /** The node is back; `head` is the last block that it had when it was killed. */
  | { readonly kind: 'settle'; readonly head: number };

/** What became of what was sent, since the last report. */
export interface LoadReport {
  readonly sent: number;
  /** Each of them was an acknowledgment. */
  readonly receipts: readonly Receipt[];
  readonly prices: readonly PricesReceipt[];
  /** Answered with a problem at the door: in no block. */
  readonly refused: readonly RefusedCommand[];
  /** No answer. */
  readonly doubts: readonly Hex[];
  /** Two answers to the same command that differ. */
  readonly contradictions: readonly string[];
}

export interface RefusedCommand {
  readonly digest: Hex;
  readonly name: string;
}

/** A command without an answer, and what was found out about it when the node was back. */
export interface Doubt {
  readonly digest: Hex;
  /** What its digest told before it was sent again; null: it is in no block. */
  readonly before: Receipt | null;
  /** What sending it again was answered with, once each time; none: it was let be. */
  readonly answers: readonly (Receipt | RefusedCommand)[];
  /** What its digest told after that. */
  readonly after: Receipt | null;
}

export interface SettleReport extends LoadReport {
  readonly settled: readonly Doubt[];
}

export type FromClient =
  | { readonly kind: 'done' }
  | { readonly kind: 'report'; readonly report: LoadReport }
  | { readonly kind: 'settled'; readonly report: SettleReport }
  | { readonly kind: 'failed'; readonly message: string };

export function isReceipt(answer: Receipt | RefusedCommand): answer is Receipt {
  return 'height' in answer;
}
