import { nodeProblem, type PricesReceipt, ProblemError, type Receipt } from '@plimsoll/api/wire';
import {
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  type Machine,
  nextDueMs,
  STATE_VERSION,
} from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import { accepted, type Block } from '@plimsoll/core/schema';
import type { BlockClock } from './blockClock.ts';
import type { NodeConfig } from './config.ts';
import { hashBetweenBlocks } from './hashing.ts';
import type { AdmittedCommand, AdmittedPrices, Store } from './parts.ts';
import { type BlockAnswers, receiptsOf } from './receipts.ts';
import { encodeRecord } from './store/record.ts';
import { wireUnits } from './units/index.ts';

/** The machine refused a block that the node made: the node is wrong and stops. */
export class BlockRefusedError extends PlimsollError {}

/** What making one block took, for metrics. Times in milliseconds. */
export interface BlockReport {
  readonly height: number;
  readonly commands: number;
  readonly actions: number;
  readonly refused: number;
  readonly observations: number;
  /** From the first arrival to the closing. */
  readonly collectMs: number;
  readonly applyMs: number;
  readonly encodeMs: number;
  readonly flushMs: number;
  readonly bytes: number;
}

export interface BlockMakerOptions {
  readonly machine: Machine;
  readonly store: Pick<Store, 'append'>;
  readonly clock: BlockClock;
  readonly config: NodeConfig['blocks'];
  /** The block is on disk; called in order of height, before its receipts. */
  readonly onStored: (height: number, record: Uint8Array, outcome: BlockOutcome) => void;
  readonly onReport?: (report: BlockReport) => void;
}

interface Waiting<Sent, Answer> {
  readonly sent: Sent;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Closed {
  readonly height: number;
  readonly commands: readonly Waiting<AdmittedCommand, Receipt>[];
  readonly prices: readonly Waiting<AdmittedPrices, PricesReceipt>[];
}

/** Blocks on their way to disk at most; above it the queue waits, and above that: overloaded. */
const FLUSHES_MAX = 4;
/** How often an idle node asks whether a block is due: it asks every account. */
const LOOK_MS_MIN = 20;
const LOOK_MS_MAX = 100;

/**
 * Makes blocks out of what was admitted. Self-clocked: a block closes as soon as the last one is on
 * disk, so that it holds what arrived meanwhile; `closeAfterMs` is the longest that a command waits
 * for a slow disk. An answer is given when its block is on disk, never before. Spec: node 2.
 */
export class BlockMaker {
  readonly #options: BlockMakerOptions;
  #commands: Waiting<AdmittedCommand, Receipt>[] = [];
  #prices: Waiting<AdmittedPrices, PricesReceipt>[] = [];
  #firstMs = 0;
  #closedMs = Number.NEGATIVE_INFINITY;
  #flushes = 0;
  #stored: Promise<void> = Promise.resolve();
  #gathering: { cancel(): void } | undefined;
  #capTimer: NodeJS.Timeout | undefined;
  #dueTimer: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #isStopping = false;
  #fail: (error: Error) => void = () => {};
  /** Resolves with the reason when the maker cannot go on. */
  readonly failed: Promise<Error>;

  constructor(options: BlockMakerOptions) {
    this.#options = options;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    this.#sleepUntilDue();
  }

  get height(): number {
    return this.#options.machine.state.machine.height.get(0);
  }

  get timeMs(): number {
    return this.#options.machine.state.machine.timeMs.get(0);
  }

  /** What waits for a block. */
  get queueLength(): number {
    return this.#commands.length + this.#prices.length;
  }

  /** Resolves when the block with the command is on disk. */
  submit(sent: AdmittedCommand): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.#refuses(reject)) return;
      this.#commands.push({ sent, resolve, reject });
      this.#arrived();
    });
  }

  /** Resolves when the block with the prices is on disk. */
  publish(sent: AdmittedPrices): Promise<PricesReceipt> {
    return new Promise((resolve, reject) => {
      if (this.#refuses(reject)) return;
      this.#prices.push({ sent, resolve, reject });
      this.#arrived();
    });
  }

  /**
   * Brings block time near to the clock with an empty block, so that what is judged at the door is
   * not judged at the time of a block of long ago.
   */
  freshen(ageMsMax: number): void {
    if (this.#failure !== undefined || this.#isStopping) return;
    if (this.#options.clock.now() - this.timeMs > ageMsMax) this.#close();
  }

  /** Closes what waits, and resolves when all is on disk. Later arrivals are refused. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#dueTimer);
    clearTimeout(this.#capTimer);
    this.#gathering?.cancel();
    while (this.queueLength > 0 && this.#failure === undefined) {
      this.#close();
      await this.#stored;
    }
    await this.#stored;
  }

  #refuses(reject: (error: Error) => void): boolean {
    if (this.#failure === undefined && !this.#isStopping) return false;
    reject(new ProblemError(nodeProblem('notReady', 'the node is stopping')));
    return true;
  }

  #arrived(): void {
    if (this.queueLength === 1) this.#firstMs = performance.now();
    if (this.#flushes === 0) this.#gather();
    else if (this.#capTimer === undefined) {
      this.#capTimer = setTimeout(() => {
        this.#capTimer = undefined;
        if (this.queueLength > 0 && this.#flushes < FLUSHES_MAX) this.#close();
      }, this.#options.config.closeAfterMs);
    }
  }

  /**
   * What arrives in the same turn of the event loop goes into the same block, and under load what
   * arrives within `intervalMs` of the block before: a block costs two machines, a flush and four
   * wake-ups, whatever is in it.
   */
  #gather(): void {
    if (this.#gathering !== undefined) return;
    const run = (): void => {
      this.#gathering = undefined;
      if (this.queueLength > 0 && this.#flushes === 0) this.#close();
    };
    const waitMs = this.#closedMs + this.#options.config.intervalMs - performance.now();
    this.#gathering = waitMs > 0 ? later(run, waitMs) : soon(run);
  }

  #close(): void {
    if (this.#failure !== undefined) return;
    clearTimeout(this.#capTimer);
    this.#capTimer = undefined;
    this.#gathering?.cancel();
    this.#gathering = undefined;
    const { machine, clock, config } = this.#options;
    const closed: Closed = {
      height: this.height + 1,
      commands: this.#commands.splice(0, config.commandsMax),
      prices: this.#prices.splice(0),
    };
    const block: Block = {
      height: closed.height,
      timeMs: clock.now(),
      version: STATE_VERSION,
      observations: closed.prices.flatMap(({ sent }) => sent.observations),
      commands: closed.commands.map(({ sent }) => sent.command),
    };
    const closedMs = performance.now();
    this.#closedMs = closedMs;
    try {
      const outcome = applyBlock(machine, block);
      if (outcome.code !== accepted) throw refusedBlock(block, outcome);
      this.#store(closed, { block, outcome, closedMs, appliedMs: performance.now() });
    } catch (error) {
      this.#stopFor(error as Error, [closed]);
    }
    this.#firstMs = performance.now();
  }

  #store(
    closed: Closed,
    made: {
      readonly block: Block;
      readonly outcome: BlockOutcome;
      readonly closedMs: number;
      readonly appliedMs: number;
    },
  ): void {
    const { block, outcome, closedMs, appliedMs } = made;
    const sent = {
      commands: closed.commands.map((each) => each.sent),
      prices: closed.prices.map((each) => each.sent),
    };
    const record = encodeRecord({
      block,
      digests: joined(sent.commands.map((each) => each.digest)),
      signatures: joined(sent.commands.map((each) => each.signature)),
      prices: sent.prices.map(({ signature, digest, observations }) => ({
        signature,
        digest,
        count: observations.length,
      })),
      results: outcome.results,
      observationCodes: outcome.observationCodes,
      refusals: outcome.refusals,
      chainHash: chainHashOf(this.#options.machine),
      root: outcome.root?.root,
    });
    const units = wireUnits(this.#options.machine.state);
    const answers = receiptsOf(block, outcome, { ...sent, units });
    const encodedMs = performance.now();
    const collectMs = closedMs - this.#firstMs;
    this.#flushes++;
    const before = this.#stored;
    const appended = this.#options.store.append(block.height, record);
    hashBetweenBlocks(this.#options.machine);
    this.#stored = Promise.all([before, appended])
      .then(() => {
        this.#flushes--;
        this.#options.onStored(block.height, record, outcome);
        answer(closed, answers);
        this.#options.onReport?.({
          height: block.height,
          commands: block.commands.length,
          actions: block.commands.reduce((sum, command) => sum + command.actions.length, 0),
          refused: answers.receipts.filter((receipt) => !receipt.isAccepted).length,
          observations: block.observations.length,
          collectMs: block.commands.length + block.observations.length === 0 ? 0 : collectMs,
          applyMs: appliedMs - closedMs,
          encodeMs: encodedMs - appliedMs,
          flushMs: performance.now() - encodedMs,
          bytes: record.length,
        });
        if (this.queueLength > 0 && this.#flushes === 0) this.#gather();
      })
      .catch((error: Error) => this.#stopFor(error, [closed]));
  }

  /** The machine may need a block though nobody sends anything. */
  #sleepUntilDue(): void {
    if (this.#isStopping || this.#failure !== undefined) return;
    const { machine, clock } = this.#options;
    const waitMs = nextDueMs(machine.state) - clock.now();
    this.#dueTimer = setTimeout(
      () => {
        const isDue = nextDueMs(machine.state) <= clock.now();
        if (isDue && this.#flushes < FLUSHES_MAX) this.#close();
        this.#sleepUntilDue();
      },
      Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, waitMs)),
    );
  }

  #stopFor(error: Error, lost: readonly Closed[]): void {
    this.#failure ??= error;
    clearTimeout(this.#dueTimer);
    clearTimeout(this.#capTimer);
    const problem = nodeProblem(
      'unsettled',
      'the node stops: whether this is in a block is known when it runs again',
    );
    const waiting = [...lost, { commands: this.#commands, prices: this.#prices }];
    for (const { commands, prices } of waiting) {
      for (const each of commands) each.reject(new ProblemError(problem));
      for (const each of prices) each.reject(new ProblemError(problem));
    }
    this.#commands = [];
    this.#prices = [];
    this.#fail(this.#failure);
  }
}

function later(run: () => void, waitMs: number): { cancel(): void } {
  const timer = setTimeout(run, waitMs);
  return { cancel: () => clearTimeout(timer) };
}

function soon(run: () => void): { cancel(): void } {
  const turn = setImmediate(run);
  return { cancel: () => clearImmediate(turn) };
}

function answer(closed: Closed, { receipts, pricesReceipts }: BlockAnswers): void {
  closed.commands.forEach(({ resolve }, i) => {
    resolve(receipts[i] as Receipt);
  });
  closed.prices.forEach(({ resolve }, i) => {
    resolve(pricesReceipts[i] as PricesReceipt);
  });
}

function refusedBlock(block: Block, outcome: BlockOutcome): BlockRefusedError {
  return new BlockRefusedError({
    code: 'BLOCK_REFUSED',
    message: 'the machine refused a block that this node made; this is a fault of the program',
    facts: { height: block.height, timeMs: block.timeMs, rejection: outcome.code },
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
