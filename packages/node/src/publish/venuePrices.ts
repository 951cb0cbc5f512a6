import { median } from './median.ts';
import { pause } from './pacedPrices.ts';
import { decimalOf, type SourcePrice } from './price.ts';
import {
  connectVenue,
  type VenueConnection,
  type VenueQuote,
  type VenueSpec,
} from './venueConnection.ts';

/** Something about a venue that a person should know; said when it changes. */
export type VenueNews =
  | { readonly kind: 'ok'; readonly venue: string; readonly underlying: string }
  | { readonly kind: 'failed'; readonly venue: string; readonly error: Error; retryMs: number }
  | { readonly kind: 'stale'; readonly venue: string; readonly underlying: string }
  | {
      readonly kind: 'outlier';
      readonly venue: string;
      readonly underlying: string;
      readonly price: number;
      readonly median: number;
    }
  | { readonly kind: 'tooFew'; readonly underlying: string; readonly venues: number };

export interface VenueOptions {
  readonly venues: readonly VenueSpec[];
  /** How often each venue is asked, ms; default 1000. */
  readonly everyMs?: number;
  /** A quote that held longer ago does not count; default 5000. */
  readonly ageMaxMs?: number;
  /**
   * A venue that says no time and the same price for so long is taken for frozen; default 60000.
   */
  readonly frozenMs?: number;
  /** Off the median of the venues by more: not counted; default 100. */
  readonly outlierBp?: number;
  /** Venues that must agree; default: more than half of them. */
  readonly venuesMin?: number;
  readonly onNews?: (news: VenueNews) => void;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

interface HeldQuote extends VenueQuote {
  /** Since when the venue says this very price. */
  readonly sinceMs: number;
}

const RETRY_MAX_MS = 30_000;

/**
 * The median of several venues. A venue that is away, frozen, late or far off is left out and
 * named; with too few left nothing is said. The time of a price is that of the oldest quote in it,
 * and nothing is said twice.
 */
export async function* venuePrices(options: VenueOptions): AsyncGenerator<SourcePrice, void> {
  const board = new Board(options);
  const stop = new AbortController();
  const signal =
    options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  signal.addEventListener('abort', () => board.wake(), { once: true });
  const connections = await Promise.all(
    options.venues.map((spec) => connectVenue(spec, options.timeoutMs)),
  );
  const polls = connections.map((venue) => poll(venue, { board, options, signal }));
  try {
    while (!signal.aborted) {
      await board.changed();
      yield* board.prices();
    }
  } finally {
    stop.abort();
    await Promise.all(polls);
  }
}

/** Asks one venue again and again; longer and longer apart while it fails. */
async function poll(
  venue: VenueConnection,
  context: { readonly board: Board; readonly options: VenueOptions; readonly signal: AbortSignal },
): Promise<void> {
  const { board, options, signal } = context;
  const { everyMs = 1_000 } = options;
  let retryMs = 0;
  while (!signal.aborted) {
    const startMs = Date.now();
    try {
      board.hold(venue.venue, await venue.fetchQuotes());
      retryMs = 0;
    } catch (cause) {
      if (signal.aborted) return;
      retryMs = Math.min(RETRY_MAX_MS, Math.max(everyMs, retryMs * 2));
      const error = cause instanceof Error ? cause : new Error(String(cause));
      board.noteFailure(venue.venue, error, retryMs);
    }
    await pause(retryMs > 0 ? retryMs : startMs + everyMs - Date.now(), signal);
  }
}

/** What every venue says, and what that comes to. */
class Board {
  readonly #options: VenueOptions;
  /** By venue, then by underlying. */
  readonly #quotes = new Map<string, Map<string, HeldQuote>>();
  readonly #lastMs = new Map<string, number>();
  /** What was said last of a venue and an underlying: news is what differs. */
  readonly #said = new Map<string, string>();
  #isChanged = false;
  #resolve: () => void = () => {};

  constructor(options: VenueOptions) {
    this.#options = options;
  }

  hold(venue: string, quotes: readonly VenueQuote[]): void {
    const held = this.#quotes.get(venue) ?? new Map<string, HeldQuote>();
    for (const quote of quotes) {
      const before = held.get(quote.underlying);
      const isSame = before?.bid === quote.bid && before.ask === quote.ask;
      const sinceMs = isSame ? before.sinceMs : quote.timeMs;
      held.set(quote.underlying, { ...quote, sinceMs });
    }
    this.#quotes.set(venue, held);
    this.#said.delete(`${venue} failed`);
    this.wake();
  }

  noteFailure(venue: string, error: Error, retryMs: number): void {
    if (this.#said.get(`${venue} failed`) === error.message) return;
    this.#said.set(`${venue} failed`, error.message);
    this.#options.onNews?.({ kind: 'failed', venue, error, retryMs });
  }

  wake(): void {
    this.#isChanged = true;
    this.#resolve();
  }

  async changed(): Promise<void> {
    if (!this.#isChanged) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#isChanged = false;
  }

  /** The prices that are newer than those before. */
  prices(): SourcePrice[] {
    const names = new Set(this.#options.venues.flatMap((spec) => Object.keys(spec.symbols)));
    return [...names].flatMap((underlying) => {
      const price = this.#priceOf(underlying);
      if (price === undefined || price.timeMs <= (this.#lastMs.get(underlying) ?? 0)) return [];
      this.#lastMs.set(underlying, price.timeMs);
      return [price];
    });
  }

  #priceOf(underlying: string): SourcePrice | undefined {
    const { venues, outlierBp = 100 } = this.#options;
    const named = venues.filter((spec) => underlying in spec.symbols).length;
    const { venuesMin = Math.floor(named / 2) + 1 } = this.#options;
    const fresh = this.#freshOf(underlying);
    const middle = median(fresh.map(({ quote }) => middleOf(quote)));
    if (middle === undefined) return this.#tooFew(underlying, 0);
    const counted = fresh.filter(({ venue, quote }) => {
      const price = middleOf(quote);
      const isFar = Math.abs(price / middle - 1) > outlierBp / 10_000;
      if (!isFar) this.#say(venue, underlying, { kind: 'ok', venue, underlying });
      else
        this.#say(venue, underlying, { kind: 'outlier', venue, underlying, price, median: middle });
      return !isFar;
    });
    if (counted.length < venuesMin) return this.#tooFew(underlying, counted.length);
    this.#said.delete(`${underlying} tooFew`);
    const prices = counted.map(({ quote }) => middleOf(quote));
    const price = median(prices) as number;
    const apart = median(prices.map((each) => Math.abs(each - price))) as number;
    const spread = median(counted.map(({ quote }) => (quote.ask - quote.bid) / 2)) as number;
    return {
      underlying,
      price: decimalOf(price),
      confidence: decimalOf(Math.max(apart, spread)),
      timeMs: Math.min(...counted.map(({ quote }) => quote.timeMs)),
    };
  }

  #freshOf(underlying: string): { readonly venue: string; readonly quote: HeldQuote }[] {
    const { ageMaxMs = 5_000, frozenMs = 60_000 } = this.#options;
    const nowMs = Date.now();
    return [...this.#quotes].flatMap(([venue, quotes]) => {
      const quote = quotes.get(underlying);
      if (quote === undefined) return [];
      const isFrozen = !quote.isTimed && nowMs - quote.sinceMs > frozenMs;
      if (nowMs - quote.timeMs <= ageMaxMs && !isFrozen) return [{ venue, quote }];
      this.#say(venue, underlying, { kind: 'stale', venue, underlying });
      return [];
    });
  }

  #tooFew(underlying: string, venues: number): undefined {
    const key = `${underlying} tooFew`;
    if (this.#said.get(key) === String(venues)) return;
    this.#said.set(key, String(venues));
    this.#options.onNews?.({ kind: 'tooFew', underlying, venues });
  }

  #say(venue: string, underlying: string, news: VenueNews): void {
    const key = `${venue} ${underlying}`;
    const before = this.#said.get(key);
    if (before === news.kind) return;
    this.#said.set(key, news.kind);
    // That a venue is well is news only after it was not.
    if (news.kind !== 'ok' || before !== undefined) this.#options.onNews?.(news);
  }
}

function middleOf(quote: VenueQuote): number {
  return (quote.bid + quote.ask) / 2;
}
