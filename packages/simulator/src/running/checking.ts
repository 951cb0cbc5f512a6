import type { BlockOutcome, Machine } from '@plimsoll/core/machine';
import type { Block } from '@plimsoll/core/schema';
import type { Checker } from '../checkers/checker.ts';
import { type Reading, readRows } from '../checkers/reading.ts';
import type { CheckTotals, Violation } from '../result.ts';

/** Violations that are kept; one broken invariant often breaks in every block that follows. */
const VIOLATIONS_MAX = 1000;

export interface CheckingOptions {
  readonly machine: Machine;
  readonly checkers: readonly Checker[];
  /** Checks every so many blocks; reading 10,000 accounts twice costs more than most blocks. */
  readonly everyBlocks: number;
}

/** Invariants whose checkers follow something from block to block. */
const CONTINUOUS: readonly string[] = ['I11', 'I12', 'I13'];

/**
 * Runs checkers on blocks: each sees what all accounts held before and after. Where blocks are left
 * out, so are the checkers that need to see all of them.
 */
export class Checking {
  readonly #options: CheckingOptions;
  readonly #checkers: readonly Checker[];
  readonly #violations: Violation[] = [];
  #blocks = 0;
  #count = 0;
  #before: Reading | undefined;

  constructor(options: CheckingOptions) {
    this.#options = options;
    const { checkers, everyBlocks } = options;
    this.#checkers = checkers.filter(
      (checker) => everyBlocks === 1 || !CONTINUOUS.includes(checker.invariant),
    );
  }

  /** To be called before each block. */
  before(): void {
    if (!this.#isDue()) this.#before = undefined;
    else this.#before ??= readRows(this.#options.machine.state);
  }

  /** To be called after each block. */
  after(block: Block, outcome: BlockOutcome): void {
    const { machine } = this.#options;
    const before = this.#before;
    this.#blocks += 1;
    if (before === undefined) return;
    const after = readRows(machine.state);
    const { state } = machine;
    const context = { machine, state, block, outcome, events: outcome.events, before, after };
    for (const checker of this.#checkers) {
      this.#count += 1;
      for (const message of checker.check(context)) {
        if (this.#violations.length >= VIOLATIONS_MAX) break;
        this.#violations.push({ height: block.height, checker: checker.name, message });
      }
    }
    this.#before = after;
  }

  totals(): CheckTotals {
    return { count: this.#count, violations: this.#violations };
  }

  #isDue(): boolean {
    return this.#checkers.length > 0 && this.#blocks % this.#options.everyBlocks === 0;
  }
}
