import type { Hex } from '@plimsoll/api';
import type { Address } from '@plimsoll/core/schema';

/** What the director tells the honest client. */
export type ToHonest =
  | { readonly kind: 'start'; readonly port: number; readonly ratePerSecond: number }
  /** What is due from now on is counted under this name. */
  | { readonly kind: 'phase'; readonly name: string }
  | { readonly kind: 'stop' };

/** Milliseconds from when a command was due to its receipt. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the honest client tells the director. */
export type FromHonest =
  | { readonly kind: 'ready' }
  /** Before they are sent. */
  | {
      readonly kind: 'signed';
      readonly commands: readonly (readonly [digest: Hex, signer: Address])[];
      readonly prices: readonly Hex[];
    }
  | { readonly kind: 'done'; readonly report: HonestReport };

export interface HonestReport {
  readonly sent: number;
  /** Where each acknowledged command stands: `<height>.<index>` by digest. */
  readonly places: Readonly<Record<Hex, string>>;
  /** Commands without a receipt, by what happened instead. */
  readonly lost: Readonly<Record<string, number>>;
  /** Commands in a block that did nothing, by why: the market's doing. */
  readonly idle: Readonly<Record<string, number>>;
  /** The longest that the client itself stood still: the machine gave it no time. */
  readonly stallMs: number;
  readonly pricesSent: number;
  /** Prices without a receipt, by what happened instead. */
  readonly pricesLost: Readonly<Record<string, number>>;
  readonly phases: Readonly<Record<string, Latency>>;
  /** From a receipt to the message of its block on the stream, by phase. */
  readonly told: Readonly<Record<string, Latency>>;
}
