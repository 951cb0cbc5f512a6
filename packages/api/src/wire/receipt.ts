import type { Address } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';
import type { EventJson } from './eventJson.ts';
import type { Problem } from './problem.ts';

/**
 * What became of a command, sent when its block is on disk. `index` is its place in the block; the
 * command is named by `digest` for ever: sending it again gives the same receipt.
 */
export interface Receipt {
  readonly digest: Hex;
  readonly signer: Address;
  readonly height: number;
  readonly index: number;
  /** Block time, milliseconds since 1970. */
  readonly timeMs: number;
  /** Whether the envelope and every action were accepted. */
  readonly isAccepted: boolean;
  /** Why the envelope was refused in the block; absent when it held. */
  readonly refusal?: Problem;
  /** One per action: null when it was accepted, or why not. Empty when the envelope was refused. */
  readonly actions: readonly (Problem | null)[];
  /**
   * What the command did, in order; where it was asked for. Absent in a receipt
   * that is looked up later.
   */
  readonly events?: readonly EventJson[];
}

/** What became of signed prices: one per price, null where it was taken. */
export interface PricesReceipt {
  readonly digest: Hex;
  readonly publisher: Address;
  readonly height: number;
  readonly timeMs: number;
  readonly prices: readonly (Problem | null)[];
}
