import type { Hex, Network } from '@plimsoll/api';
import { addressOf, signPrices } from '@plimsoll/api/signing';
import { type Problem, ProblemError } from '@plimsoll/api/wire';
import type { Address, UnsignedObservation } from '@plimsoll/core/schema';
import { pause } from './pacedPrices.ts';
import { confidenceUnitsOf, type PriceSource, priceUnitsOf, type SourcePrice } from './price.ts';
import {
  NodeUnreachableError,
  type PriceNode,
  type PublishedUnderlying,
  priceNode,
} from './priceNode.ts';

/** Something that a person who runs a publisher wants to know. */
export type PublisherNews =
  | { readonly kind: 'connected'; readonly network: string; readonly underlyings: string[] }
  | { readonly kind: 'notSource'; readonly underlying: string; readonly publisher: Address }
  | { readonly kind: 'refused'; readonly underlying: string; readonly problem: Problem }
  | { readonly kind: 'unusable'; readonly price: SourcePrice }
  | { readonly kind: 'old'; readonly underlying: string; readonly ageMs: number }
  | { readonly kind: 'failed'; readonly error: Error; readonly retryMs: number };

/** What came of a publisher so far. Prices, not messages. */
export interface PublisherTotals {
  readonly taken: number;
  readonly refused: number;
  /** Never sent: too old, or not newer than what was sent. */
  readonly dropped: number;
  readonly failures: number;
  /** Height of the last block with a price of this publisher; 0: none yet. */
  readonly height: number;
}

export interface PublisherOptions {
  readonly url: string;
  readonly privateKey: Hex;
  readonly prices: PriceSource;
  /** A price that held longer ago is never sent; default 5000. */
  readonly ageMaxMs?: number;
  readonly onNews?: (news: PublisherNews) => void;
  readonly signal?: AbortSignal;
  /** Another way to the node than HTTP to `url`. */
  readonly node?: PriceNode;
}

const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;
/** How long what was learned of the listing is believed when it seems wrong. */
const RELEARN_MS = 10_000;

/**
 * Signs and sends prices until they end or the signal fires. While one message is under way newer
 * prices replace those that wait: what is sent is always the newest, and never an old one. Does not
 * give up on a node that is away.
 */
export async function runPublisher(options: PublisherOptions): Promise<PublisherTotals> {
  const publisher = new Publisher(options);
  const iterator = options.prices[Symbol.asyncIterator]();
  const sending = publisher.send();
  const taking = takeAll(iterator, publisher);
  try {
    await Promise.race([taking, sending, abortOf(options.signal)]);
  } finally {
    publisher.end();
    // Not awaited: a source that waits for its venue may take long to notice.
    void iterator.return?.();
    taking.catch(() => {});
    await sending;
  }
  return publisher.totals;
}

async function takeAll(prices: AsyncIterator<SourcePrice>, publisher: Publisher): Promise<void> {
  while (!publisher.isEnded) {
    const step = await prices.next();
    if (step.done === true) return;
    publisher.take(step.value);
  }
}

function abortOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => resolve(), { once: true });
    if (signal?.aborted === true) resolve();
  });
}

class Publisher {
  isEnded = false;
  #learnedMs = 0;
  readonly totals = { taken: 0, refused: 0, dropped: 0, failures: 0, height: 0 };
  readonly #options: PublisherOptions;
  readonly #node: PriceNode;
  readonly #address: Address;
  readonly #waiting = new Map<string, SourcePrice>();
  readonly #lastMs = new Map<string, number>();
  /** Said already. */
  readonly #unknown = new Set<string>();
  readonly #stop = new AbortController();
  #known: { network: Network; underlyings: ReadonlyMap<string, PublishedUnderlying> } | undefined;
  #wake: () => void = () => {};

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#node = options.node ?? priceNode({ url: options.url });
    this.#address = addressOf(options.privateKey);
    void abortOf(options.signal).then(() => {
      this.#stop.abort();
      this.#wake();
    });
  }

  take(price: SourcePrice): void {
    this.#waiting.set(price.underlying, price);
    this.#wake();
  }

  /** No more prices come: what waits is sent once more, and then it is over. */
  end(): void {
    this.isEnded = true;
    this.#wake();
  }

  async send(): Promise<void> {
    let retryMs = 0;
    while (!this.#stop.signal.aborted) {
      if (this.#waiting.size === 0) {
        if (this.isEnded) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      // What a source says in one breath goes under one signature.
      await new Promise((resolve) => setImmediate(resolve));
      try {
        await this.#sendWaiting();
        retryMs = 0;
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (this.isEnded) return;
        retryMs = Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, retryMs * 2));
        this.totals.failures += 1;
        this.#options.onNews?.({ kind: 'failed', error, retryMs });
        await pause(retryMs, this.#stop.signal);
      }
    }
  }

  async #sendWaiting(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { network, underlyings } = await this.#learn();
    const prices = this.#takeFresh(underlyings);
    if (prices.length === 0) return;
    const observations = prices.map((each) => each.observation);
    const signed = signPrices(observations, network, this.#options.privateKey);
    const receipt = await this.#node.send(signed);
    prices.forEach(({ name, observation }, at) => {
      this.#lastMs.set(name, observation.timeMs);
      const problem = receipt.prices[at];
      if (problem === null || problem === undefined) {
        this.totals.taken += 1;
        this.totals.height = Math.max(this.totals.height, receipt.height);
      } else {
        this.totals.refused += 1;
        if (problem.name.endsWith('Unknown')) this.#forget();
        this.#options.onNews?.({ kind: 'refused', underlying: name, problem });
      }
    });
  }

  async #learn(): Promise<{
    network: Network;
    underlyings: ReadonlyMap<string, PublishedUnderlying>;
  }> {
    if (this.#known !== undefined) return this.#known;
    const network = await this.#node.network();
    const underlyings = await this.#node.underlyingsOf(this.#address);
    this.#known = { network, underlyings };
    this.#learnedMs = Date.now();
    const names = [...underlyings.keys()];
    this.#options.onNews?.({ kind: 'connected', network: network.name, underlyings: names });
    return this.#known;
  }

  /** The listing may have changed: it is asked for again, but not all the time. */
  #forget(): void {
    if (Date.now() - this.#learnedMs >= RELEARN_MS) this.#known = undefined;
  }

  /** Takes out what waits; what is not to be sent is dropped and said. */
  #takeFresh(
    underlyings: ReadonlyMap<string, PublishedUnderlying>,
  ): { readonly name: string; readonly observation: UnsignedObservation }[] {
    const prices = [...this.#waiting.values()];
    this.#waiting.clear();
    const { ageMaxMs = 5_000, onNews } = this.#options;
    const nowMs = Date.now();
    return prices.flatMap((price) => {
      const { underlying: name, timeMs } = price;
      const listed = underlyings.get(name);
      const ageMs = nowMs - timeMs;
      const units = listed && priceUnitsOf(price.price, listed.priceDecimals);
      if (listed === undefined) {
        this.#noteUnknown(name);
      } else if (ageMs > ageMaxMs) {
        onNews?.({ kind: 'old', underlying: name, ageMs });
      } else if (units === undefined) {
        onNews?.({ kind: 'unusable', price });
      } else if (timeMs > (this.#lastMs.get(name) ?? 0)) {
        const { id, source, priceDecimals } = listed;
        const confidence = confidenceUnitsOf(price.confidence, units, priceDecimals);
        const observation = { underlying: id, source, price: units, confidence, timeMs };
        return [{ name, observation }];
      }
      this.totals.dropped += 1;
      return [];
    });
  }

  #noteUnknown(name: string): void {
    this.#forget();
    if (this.#unknown.has(name)) return;
    this.#unknown.add(name);
    this.#options.onNews?.({ kind: 'notSource', underlying: name, publisher: this.#address });
  }
}

/** What another attempt may mend. Everything else is a fault of this program or of its settings. */
function isPassing(error: unknown): error is Error {
  if (error instanceof NodeUnreachableError) return true;
  return error instanceof ProblemError && (error.problem.isRetryable || error.problem.code === 0);
}
