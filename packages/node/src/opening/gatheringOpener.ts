import type { OpenedSignature } from '@plimsoll/api';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
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
}

interface Waiting extends OpenRequest {
  readonly answer: (answer: OpenAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** Some 5 ms of a thread: the first of a batch waits for its last. */
const BATCH_MAX = 96;

/**
 * Requests of one turn of the event loop go together, and what arrives while all lanes are busy
 * gathers for the next: batches are as large as the load makes them, and nobody waits for a timer.
 */
export function createGatheringOpener(options: GatheringOptions): Opener {
  const { lanes, send, onBatch } = options;
  const gathered: Waiting[] = [];
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
    while (busy < lanes && gathered.length > 0) {
      const share = Math.ceil(gathered.length / (lanes - busy));
      void run(gathered.splice(0, Math.min(share, BATCH_MAX)));
    }
    if (busy === 0 && gathered.length === 0) whenIdle?.();
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

  function open(request: OpenRequest): Promise<OpenedSignature> {
    if (isClosed)
      return Promise.reject(new ProblemError(nodeProblem('notReady', 'it is stopping')));
    return new Promise((resolve, reject) => {
      gathered.push({
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
    openCommand: (body, signature) => open({ signed: SIGNED.command, body, signature }),
    openPrices: async (prices, signature) =>
      open({ signed: SIGNED.prices, body: encodePrices(prices), signature }),
    async close() {
      isClosed = true;
      if (busy > 0 || gathered.length > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
      await options.close();
    },
  };
}

/** A thread died, or is wrong: nobody learns more than that, the operator has the cause. */
function failed(cause: unknown): ProblemError {
  const error = new ProblemError(nodeProblem('internal', 'the signature could not be opened'));
  error.cause = cause;
  return error;
}
