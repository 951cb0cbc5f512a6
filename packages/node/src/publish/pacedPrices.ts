import { setTimeout as sleep } from 'node:timers/promises';
import { decimalOf, type SourcePrice } from './price.ts';

/** How a course of prices is played. */
export interface PaceOptions {
  /** So many times faster than it was; default 1. */
  readonly speed?: number;
  /** Real time between two prices of an underlying, ms; default 500. */
  readonly everyMs?: number;
  /** Where in the course to begin, ms of its own time; default 0. */
  readonly fromMs?: number;
  /** Begin again at the end, rather than end. */
  readonly isRepeated?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The clock, ms since 1970. */
  readonly readMs?: () => number;
}

/** Prices by underlying at a time of the course; undefined where nothing is known. */
export interface PriceCourse {
  /** Length, ms; absent when it does not end. Times from 0. */
  readonly durationMs?: number;
  readonly underlyings: readonly string[];
  /** Asked for in ascending times, but for a return to the start. */
  priceAt(underlying: string, timeMs: number): number | undefined;
}

/** What a price is published with. */
export interface PriceNoise {
  /** Stated confidence, basis points of the price; default 1. */
  readonly confidenceBp?: number;
  /** Multiplied onto each price: a source's own error. */
  readonly error?: () => number;
}

/**
 * Plays a course: at every step the price of that moment, stamped with the present. A consumer that
 * is slow misses steps; it never gets a price that held earlier. Where the course knows nothing,
 * nothing is said.
 */
export async function* pacedPrices(
  course: PriceCourse,
  options: PaceOptions & PriceNoise = {},
): AsyncGenerator<SourcePrice, void> {
  const { speed = 1, everyMs = 500, fromMs = 0, signal, confidenceBp = 1 } = options;
  const readMs = options.readMs ?? Date.now;
  const startMs = readMs();
  for (let step = 0; signal?.aborted !== true; ) {
    const atMs = fromMs + (readMs() - startMs) * speed;
    const { durationMs } = course;
    const isOver = durationMs !== undefined && atMs >= durationMs;
    if (isOver && options.isRepeated !== true) return;
    const courseMs = isOver ? atMs % durationMs : atMs;
    for (const underlying of course.underlyings) {
      const known = course.priceAt(underlying, courseMs);
      if (known === undefined) continue;
      const price = known * (options.error?.() ?? 1);
      yield {
        underlying,
        price: decimalOf(price),
        confidence: decimalOf((price * confidenceBp) / 10_000),
        timeMs: readMs(),
      };
    }
    // The next step that has not passed: steps are missed rather than caught up with.
    step = Math.max(step + 1, Math.ceil((readMs() - startMs) / everyMs));
    await pause(startMs + step * everyMs - readMs(), signal);
  }
}

/** Waits; ends early, without an error, when the signal fires. */
export async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal?.aborted === true) return;
  try {
    await sleep(delayMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
  }
}
