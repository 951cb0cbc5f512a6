import type { OpenedSignature } from '@plimsoll/api';
import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { Opener } from '../parts.ts';
import {
  type BatchAnswers,
  decodeAnswers,
  encodeRequests,
  isProblem,
  type OpenAnswer,
  type OpenRequest,
  SIGNED,
} from './batch.ts';
import { FairQueue, type Source } from './fairQueue.ts';
import { encodePrices } from './prices.ts';

/** How a batch went, for metrics. */
export interface OpenedBatch {
  readonly size: number;
  /** From the first request of the batch being sent to its answers. */
  readonly seconds: number;
  readonly problems: number;
}

export interface GatheringOptions {
  /** How many batches may be on their way at once: one per thread. */
  readonly lanes: number;
  readonly send: (requests: Uint8Array) => Promise<BatchAnswers>;
  readonly close: () => Promise<void>;
  readonly onBatch?: ((batch: OpenedBatch) => void) | undefined;
  /** Signatures that may wait; above it: overloaded. A quarter of it for one source. */
  readonly waitingMax?: number | undefined;
}

interface Waiting extends OpenRequest {
  readonly answer: (answer: OpenAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** Some 5 ms of a thread: the first of a batch waits for its last. */
const BATCH_MAX = 96;
/** About two seconds of one thread. */
const WAITING_MAX = 32_768;

/**
 * Requests of one turn of the event loop go together, and what arrives while all lanes are busy
 * gathers for the next: batches are as large as the load makes them, and nobody waits for a timer.
 * Recovery is the dearest thing that a stranger can ask for, so what waits is bounded, in all and
 * by source, and sources take turns.
 */
export function createGatheringOpener(options: GatheringOptions): Opener {
  const { lanes, send, onBatch, waitingMax = WAITING_MAX } = options;
  const gathered = new FairQueue<Waiting>();
  let busy = 0;
  let isScheduled = false;
  let isClosed = false;
  let whenIdle: (() => void) | undefined;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      sendGathered();
    });
  }

  function sendGathered(): void {
    while (busy < lanes && gathered.size > 0) {
      const share = Math.ceil(gathered.size / (lanes - busy));
      void run(gathered.take(Math.min(share, BATCH_MAX)));
    }
    if (busy === 0 && gathered.size === 0) whenIdle?.();
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    busy++;
    const start = process.hrtime.bigint();
    try {
      const answers = await send(encodeRequests(batch));
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      onBatch?.({ size: batch.length, seconds, problems: answers.problems.length });
      const decoded = decodeAnswers(answers);
      batch.forEach((waiting, i) => {
        waiting.answer(decoded[i] as OpenAnswer);
      });
    } catch (error) {
      const failure = failed(error);
      for (const waiting of batch) waiting.fail(failure);
    } finally {
      busy--;
      sendGathered();
    }
  }

  function open(request: OpenRequest, source: Source): Promise<OpenedSignature> {
    const problem = isClosed ? STOPPING : overload(gathered, source, waitingMax);
    if (problem !== undefined) return Promise.reject(new ProblemError(problem));
    return new Promise((resolve, reject) => {
      gathered.push(source, {
        ...request,
        answer: (answer) => {
          if (isProblem(answer)) reject(new ProblemError(answer));
          else resolve(answer);
        },
        fail: reject,
      });
      if (busy < lanes) schedule();
    });
  }

  return {
    openCommand: (body, signature, source) =>
      open({ signed: SIGNED.command, body, signature }, source),
    openPrices: async (prices, signature, source) =>
      open({ signed: SIGNED.prices, body: encodePrices(prices), signature }, source),
    async close() {
      isClosed = true;
      if (busy > 0 || gathered.size > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
      await options.close();
    },
  };
}

const STOPPING: Problem = nodeProblem('notReady', 'the node is stopping');

/** Why there is no room for one more of this source; undefined when there is. */
function overload(
  gathered: FairQueue<Waiting>,
  source: Source,
  waitingMax: number,
): Problem | undefined {
  const mostOfOne = Math.ceil(waitingMax / 4);
  const mine = gathered.waiting(source);
  if (gathered.size < waitingMax && mine < mostOfOne) return undefined;
  const figures = { waiting: gathered.size, most: waitingMax, waitingOfYou: mine, mostOfOne };
  return nodeProblem('overloaded', 'too many signatures wait to be opened', figures);
}

/** A thread died, or is wrong: nobody learns more than that, the operator has the cause. */
function failed(cause: unknown): ProblemError {
  const error = new ProblemError(nodeProblem('internal', 'the signature could not be opened'));
  error.cause = cause;
  return error;
}
