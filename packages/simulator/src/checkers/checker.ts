import type { BlockOutcome, Machine } from '@plimsoll/core/machine';
import type { Block, Event } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { Reading } from './reading.ts';

/** What a checker may look at after a block. It reads; it never writes. */
export interface CheckContext {
  readonly machine: Machine;
  readonly state: State;
  readonly block: Block;
  readonly outcome: BlockOutcome;
  readonly events: readonly Event[];
  /** The rows of all accounts after the block before, and after this one. */
  readonly before: Reading;
  readonly after: Reading;
}

/** A claim that must hold after every block. What it remembers from block to block is its own. */
export interface Checker {
  readonly name: string;
  /** The invariant it stands for: "I1". */
  readonly invariant: string;
  /** What does not hold, as sentences with figures; empty when all does. */
  check(context: CheckContext): string[];
}

/** What a checker found. */
export interface Violation {
  readonly height: number;
  readonly checker: string;
  readonly invariant: string;
  readonly sentence: string;
}
