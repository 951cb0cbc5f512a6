import type { BlockOutcome } from '@plimsoll/core/machine';
import type { Block } from '@plimsoll/core/schema';
import type { HistoryReader } from '../history/index.ts';
import type { FeedMessage } from '../parts.ts';

/** A block that the replica has just applied. */
export interface AppliedBlock {
  readonly block: Block;
  readonly outcome: BlockOutcome;
}

/**
 * Turns applied blocks into messages of the channels. It reads the machine that it was made with,
 * right after each block, its undo log included; what it does per block follows from what the block
 * touched, never from how much the machine holds. Spec: stream 4.
 */
export interface FeedBuilder {
  /**
   * The messages of a block, in order of channel. To be called for every block that the machine
   * applies, once, before the next.
   */
  onBlock(applied: AppliedBlock): FeedMessage[];
  /**
   * The present state of a topic as a message of type `snapshot`, of the machine's height.
   *
   * @throws ProblemError `unknown` when there is no such channel, instrument or account.
   */
  snapshotOf(channel: string, key: string): FeedMessage;
  /** Which accounts and candles somebody listens to; the other channels are always built. */
  watch(channel: string, key: string, isWatched: boolean): void;
}

export interface FeedOptions {
  /**
   * What was before: the latest trades and the open candles are read from it once, at the start.
   * Without it both begin with the first trade that is seen.
   */
  readonly history?: Pick<HistoryReader, 'candles' | 'trades'> | undefined;
}
