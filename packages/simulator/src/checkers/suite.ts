import type { BlockOutcome, Machine } from '@plimsoll/core/machine';
import type { Block } from '@plimsoll/core/schema';
import { Seed } from '../seed.ts';
import type { Checker, Violation } from './checker.ts';
import { conservationChecker } from './conservation.ts';
import { onceOnlyChecker } from './custody/onceOnly.ts';
import { outflowChecker } from './custody/outflow.ts';
import { evidenceChecker } from './evidence.ts';
import { gateChecker } from './gate.ts';
import { liquidationsChecker, screenChecker } from './liquidations.ts';
import { closeOutsChecker } from './losses/closeOuts.ts';
import { deleveragingChecker } from './losses/deleveraging.ts';
import { lossOrderChecker } from './losses/lossOrder.ts';
import { principalChecker } from './losses/principal.ts';
import { type Reading, readRows } from './reading.ts';
import { reductionsChecker } from './reductions.ts';
import { type SameRootOptions, sameRootChecker } from './sameRoot.ts';
import { sizesChecker } from './sizes.ts';

/** Checkers of one machine, with what they remember. */
export class Checkers {
  readonly #machine: Machine;
  readonly #checkers: readonly Checker[];
  #before: Reading;

  constructor(machine: Machine, checkers: readonly Checker[]) {
    this.#machine = machine;
    this.#checkers = checkers;
    this.#before = readRows(machine.state);
  }

  /** Runs every checker on the block that was just applied. */
  check(block: Block, outcome: BlockOutcome): Violation[] {
    const { state } = this.#machine;
    const after = readRows(state);
    const context = {
      machine: this.#machine,
      state,
      block,
      outcome,
      events: outcome.events,
      before: this.#before,
      after,
    };
    this.#before = after;
    const violations: Violation[] = [];
    for (const checker of this.#checkers) {
      for (const sentence of checker.check(context)) {
        const { name, invariant } = checker;
        violations.push({ height: block.height, checker: name, invariant, sentence });
      }
    }
    return violations;
  }
}

const TWINS: SameRootOptions = { everyBlocks: 120, livesBlocks: 10 };

/** Every checker there is: I1 to I14; I15 is a property test of the core. */
export function allCheckers(random: Seed = new Seed(1), twins: SameRootOptions = TWINS): Checker[] {
  return [
    conservationChecker,
    sizesChecker,
    liquidationsChecker,
    gateChecker,
    closeOutsChecker,
    lossOrderChecker,
    principalChecker,
    deleveragingChecker,
    evidenceChecker,
    reductionsChecker,
    outflowChecker(),
    onceOnlyChecker(),
    sameRootChecker(random, twins),
    screenChecker,
  ];
}

/** All of them on a machine, from its state as it is now on. */
export function createCheckers(machine: Machine, random?: Seed): Checkers {
  return new Checkers(machine, allCheckers(random));
}
