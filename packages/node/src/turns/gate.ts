import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { FairQueue, type Source } from './fairQueue.ts';

export interface GateOptions {
  /** Questions that are under way at once. */
  readonly atOnce: number;
  /** Questions that wait, in all; a quarter of them of one source. Above it: overloaded. */
  readonly waitingMax: number;
}

/** Lets questions through one after the other. */
export interface Gate {
  /** @throws ProblemError `overloaded`, or what the question throws. */
  ask<T>(source: Source, question: () => Promise<T>): Promise<T>;
}

/**
 * A bound on what is asked of somebody slower, such as the replica: it has blocks to apply between
 * two questions. Sources take turns, so that a newcomer does not wait behind a flood.
 */
export function createGate({ atOnce, waitingMax }: GateOptions): Gate {
  const waiting = new FairQueue<() => void>();
  let underWay = 0;
  const begin = (source: Source): Promise<void> | undefined => {
    if (underWay < atOnce) {
      underWay += 1;
      return undefined;
    }
    if (waiting.size >= waitingMax || waiting.waiting(source) >= waitingMax / 4) throw tooMany();
    return new Promise((resolve) => waiting.push(source, resolve));
  };
  const end = (): void => {
    const [next] = waiting.take(1);
    // Who goes next takes the place over.
    if (next === undefined) underWay -= 1;
    else next();
  };
  return {
    async ask(source, question) {
      await begin(source);
      try {
        return await question();
      } finally {
        end();
      }
    },
  };
}

function tooMany(): ProblemError {
  return new ProblemError(nodeProblem('overloaded', 'too many earlier answers are looked up'));
}
