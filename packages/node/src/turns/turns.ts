import { FairQueue, type Source } from './fairQueue.ts';

export interface TurnsOptions {
  /** What one turn of the event loop does at most, in characters of JSON or what costs as much. */
  readonly costMax?: number;
  /** Calls once the event loop has gone round. */
  readonly later?: (run: () => void) => void;
}

/** Some 10 ms: whoever asks one thing in between waits so long, however much others ask. */
const COST_MAX = 65_536;

interface Work {
  readonly cost: number;
  readonly run: () => void;
}

/**
 * Work that arrives is done at once while there is little of it. Above `costMax` in one turn of the
 * event loop it waits, and then sources take turns: what a flood costs is waited for by who floods.
 */
export class Turns {
  readonly #waiting: FairQueue<Work> = new FairQueue();
  readonly #costMax: number;
  readonly #later: (run: () => void) => void;
  #spent = 0;
  #isScheduled = false;

  constructor({ costMax = COST_MAX, later = setImmediate }: TurnsOptions = {}) {
    this.#costMax = costMax;
    this.#later = later;
  }

  /** What waits for a later turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Runs it now, or when its source's turn comes; in the order in which a source asked. */
  take(source: Source, cost: number, run: () => void): void {
    if (this.#waiting.size > 0 || this.#spent >= this.#costMax) {
      this.#waiting.push(source, { cost, run });
    } else {
      this.#spent += cost;
      run();
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#later(() => this.#turn());
  }

  /** One of each source after the other, until the turn is spent. */
  #turn(): void {
    this.#isScheduled = false;
    this.#spent = 0;
    while (this.#spent < this.#costMax && this.#waiting.size > 0) {
      for (const { cost, run } of this.#waiting.take(1)) {
        this.#spent += cost;
        run();
      }
    }
    if (this.#waiting.size > 0 || this.#spent > 0) this.#schedule();
  }
}
