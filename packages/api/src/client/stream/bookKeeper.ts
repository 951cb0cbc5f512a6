import { type BookUpdate, bookChecksum, type Level } from '../../wire/index.ts';
import type { Subscription } from './subscription.ts';
import type { Subscriptions } from './subscriptions.ts';

/** A book that is kept up to date. Prices and sizes are decimals, best first. */
export interface Book {
  readonly instrument: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Height after which it stood like this; 0: nothing has come yet. */
  readonly height: number;
  /** False at the start, and from a mismatch until the node has sent the whole book again. */
  readonly isLive: boolean;
  /** How often a checksum did not fit. */
  readonly mismatches: number;
  /** Resolves when the book is live; rejects with the ClientError that ended the subscription. */
  whenLive(): Promise<void>;
  close(): void;
}

/** Keeps a book from a snapshot and the changes after it; every message's checksum is compared. */
export class BookKeeper implements Book {
  readonly instrument: string;
  readonly #subscription: Subscription<'book'>;
  readonly #restart: () => void;
  readonly #onChange: (book: Book) => void;
  #bids: Level[] = [];
  #asks: Level[] = [];
  #height = 0;
  #isLive = false;
  #mismatches = 0;
  #awaiting: (() => void)[] = [];

  constructor(
    subscriptions: Subscriptions,
    instrument: string,
    onChange: (book: Book) => void = () => {},
  ) {
    const topic = { channel: 'book', key: instrument } as const;
    this.instrument = instrument;
    this.#onChange = onChange;
    this.#restart = () => subscriptions.restart(topic);
    this.#subscription = subscriptions.subscribe(topic, (update) => this.#take(update));
  }

  get bids(): readonly Level[] {
    return this.#bids;
  }

  get asks(): readonly Level[] {
    return this.#asks;
  }

  get height(): number {
    return this.#height;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get mismatches(): number {
    return this.#mismatches;
  }

  whenLive(): Promise<void> {
    if (this.#isLive) return Promise.resolve();
    const live = new Promise<void>((resolve) => {
      this.#awaiting.push(resolve);
    });
    return Promise.race([live, this.#subscription.ended]);
  }

  close(): void {
    this.#isLive = false;
    this.#subscription.close();
  }

  #take(update: BookUpdate): void {
    const isWhole = update.type === 'snapshot';
    this.#bids = isWhole ? [...update.bids] : changed(this.#bids, update.bids, -1);
    this.#asks = isWhole ? [...update.asks] : changed(this.#asks, update.asks, 1);
    this.#height = update.height;
    this.#isLive = bookChecksum(this.#bids, this.#asks) === update.checksum;
    if (this.#isLive) {
      for (const resolve of this.#awaiting.splice(0)) resolve();
    } else {
      this.#mismatches += 1;
      this.#restart();
    }
    this.#onChange(this);
  }
}

/** One side with changed levels put in, replaced or taken out. `direction` 1: ascending prices. */
function changed(levels: readonly Level[], changes: readonly Level[], direction: 1 | -1): Level[] {
  const result = [...levels];
  for (const level of changes) {
    const at = placeOf(result, level[0], direction);
    const isThere = result[at]?.[0] === level[0];
    if (level[1] === '0') {
      if (isThere) result.splice(at, 1);
    } else {
      result.splice(at, isThere ? 1 : 0, level);
    }
  }
  return result;
}

/** Where a price is or belongs. Prices have few digits: as doubles they differ as they do. */
function placeOf(levels: readonly Level[], price: string, direction: 1 | -1): number {
  const wanted = Number(price) * direction;
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [here] = levels[middle] as Level;
    if (Number(here) * direction < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
