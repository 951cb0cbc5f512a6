import type { OpenedSignature } from '@plimsoll/api';
import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { UnsignedObservation } from '@plimsoll/core/schema';
import type { Opener } from '../parts.ts';
import { FairQueue, type Source } from '../turns/index.ts';
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
  /** Signatures that may wait; above it: overloaded. A quarter of it for one source. */
  readonly waitingMax?: number | undefined;
}

interface Waiting extends OpenRequest {
  readonly resolve: (opened: OpenedSignature) => void;
  readonly reject: (error: Error) => void;
}

/** Some 5 ms of a thread: the first of a batch waits for its last. */
const BATCH_MAX = 96;
/**
 * Milliseconds between two batches, unless enough wait: a message to a thread and its answer cost
 * 0.2 ms of two cores, as much as four signatures. The first after a pause goes at once.
 */
const GATHER_MS = 2;
const ENOUGH = 24;
/** About two seconds of one thread. */
const WAITING_MAX = 32_768;

/** The opener over anything that opens batches: threads, or a plain function. */
export function createGatheringOpener(options: GatheringOptions): Opener {
  return new GatheringOpener(options);
}

/**
 * Requests of one turn of the event loop go together, and what arrives while all lanes are busy
 * gathers for the next: batches are as large as the load makes them.
 * Recovery is the dearest thing that a stranger can ask for, so what waits is bounded, in all and
 * by source, and sources take turns. Answers are given in the order in which batches were sent,
 * whichever lane is faster: of two commands of one sender the second never overtakes the first.
 */
class GatheringOpener implements Opener {
  readonly #options: GatheringOptions;
  readonly #waitingMax: number;
  readonly #gathered = new FairQueue<Waiting>();
  /** Batches with a lane; and those that are sent and not yet answered. */
  #busy = 0;
  #unanswered = 0;
  /** Resolves when all batches sent so far are answered. */
  #answered: Promise<void> = Promise.resolve();
  #isNext = false;
  #timer: NodeJS.Timeout | undefined;
  #sentMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: GatheringOptions) {
    this.#options = options;
    this.#waitingMax = options.waitingMax ?? WAITING_MAX;
  }

  openCommand(body: Uint8Array, signature: Uint8Array, source?: string): Promise<OpenedSignature> {
    return this.#open({ signed: SIGNED.command, body, signature }, source);
  }

  async openPrices(
    prices: readonly UnsignedObservation[],
    signature: Uint8Array,
    source?: string,
  ): Promise<OpenedSignature> {
    return this.#open({ signed: SIGNED.prices, body: encodePrices(prices), signature }, source);
  }

  /** Answers what was asked before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#unanswered > 0 || this.#gathered.size > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    await this.#options.close();
  }

  #open(request: OpenRequest, source: Source): Promise<OpenedSignature> {
    const problem = this.#isClosed ? STOPPING : overload(this.#gathered, source, this.#waitingMax);
    if (problem !== undefined) return Promise.reject(new ProblemError(problem));
    return new Promise((resolve, reject) => {
      this.#gathered.push(source, { ...request, resolve, reject });
      if (this.#busy < this.#options.lanes) this.#schedule();
    });
  }

  /** Many go with the end of this turn; few wait for more. */
  #schedule(): void {
    if (this.#isNext) return;
    const waitMs = this.#sentMs + GATHER_MS - performance.now();
    if (this.#gathered.size < ENOUGH && waitMs > 0) {
      this.#timer ??= setTimeout(() => this.#sendGathered(), waitMs);
      return;
    }
    this.#isNext = true;
    setImmediate(() => this.#sendGathered());
  }

  #sendGathered(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isNext = false;
    const { lanes } = this.#options;
    while (this.#busy < lanes && this.#gathered.size > 0) {
      const share = Math.ceil(this.#gathered.size / (lanes - this.#busy));
      const batch = this.#gathered.take(Math.min(share, BATCH_MAX));
      this.#unanswered++;
      this.#sentMs = performance.now();
      this.#answered = this.#run(batch, this.#answered);
    }
  }

  async #run(batch: readonly Waiting[], before: Promise<void>): Promise<void> {
    this.#busy++;
    const outcome = await this.#outcomeOf(batch);
    this.#busy--;
    if (this.#gathered.size >= ENOUGH) this.#sendGathered();
    else if (this.#gathered.size > 0) this.#schedule();
    await before;
    batch.forEach(({ resolve, reject }, i) => {
      const answer = outcome instanceof Error ? outcome : (outcome[i] as OpenAnswer);
      if (answer instanceof Error) reject(answer);
      else if (isProblem(answer)) reject(new ProblemError(answer));
      else resolve(answer);
    });
    this.#unanswered--;
    if (this.#unanswered === 0 && this.#gathered.size === 0) this.#whenIdle?.();
  }

  async #outcomeOf(batch: readonly Waiting[]): Promise<OpenAnswer[] | ProblemError> {
    const { send, onBatch } = this.#options;
    const start = process.hrtime.bigint();
    try {
      const answers = await send(encodeRequests(batch));
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      onBatch?.({ size: batch.length, seconds, problems: answers.problems.length });
      return decodeAnswers(answers);
    } catch (error) {
      return failed(error);
    }
  }
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
