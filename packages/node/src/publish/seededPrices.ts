import { type PaceOptions, type PriceCourse, pacedPrices } from './pacedPrices.ts';
import type { SourcePrice } from './price.ts';
import { randomOf } from './random.ts';

/** A fall on top of a walk, and the way back. Times in ms of the market. */
export interface SeededCrash {
  readonly atMs: number;
  readonly overMs: number;
  /** The fraction that falls away, below 1. */
  readonly fall: number;
  /** The fraction of the fall that comes back, and how long that takes; default 0 and `overMs`. */
  readonly recover?: number;
  readonly recoverOverMs?: number;
  /** Again every so often; default: once. */
  readonly everyMs?: number;
}

/** One underlying of a seeded market. */
export interface SeededUnderlying {
  readonly name: string;
  readonly start: number;
  /** Default 0.02. */
  readonly volatilityPerDay?: number;
  readonly crash?: SeededCrash;
}

export interface SeededOptions extends PaceOptions {
  readonly seed: string;
  /** Who errs: publishers of the same seed see one market, each with errors of its own. */
  readonly publisher?: string;
  /** Deviation of that error, basis points; default 1. */
  readonly noiseBp?: number;
  readonly underlyings: readonly SeededUnderlying[];
}

const STEP_MS = 1_000;
const DAY_MS = 86_400_000;
/** No step takes more than this: a walk stays above 0. */
const STEP_MAX = 0.5;

/** Prices of a made-up market: random walks, with falls where they are wanted. */
export function seededPrices(options: SeededOptions): AsyncGenerator<SourcePrice, void> {
  const { noiseBp = 1, publisher = '' } = options;
  const noise = randomOf(`${options.seed}/error of ${publisher}`);
  const error = (): number => 1 + (noise.normal() * noiseBp) / 10_000;
  return pacedPrices(seededCourse(options), { ...options, error });
}

/** The market itself: the same seed gives the same prices at the same times. */
export function seededCourse(options: Pick<SeededOptions, 'seed' | 'underlyings'>): PriceCourse {
  const walks = new Map(options.underlyings.map((each) => [each.name, walkOf(options.seed, each)]));
  return {
    underlyings: [...walks.keys()],
    priceAt: (underlying, timeMs) => walks.get(underlying)?.(timeMs),
  };
}

function walkOf(seed: string, underlying: SeededUnderlying): (timeMs: number) => number {
  const { name, start, volatilityPerDay = 0.02, crash } = underlying;
  const deviation = volatilityPerDay * Math.sqrt(STEP_MS / DAY_MS);
  let random = randomOf(`${seed}/${name}`);
  let steps = 0;
  let price = start;
  return (timeMs) => {
    const wanted = Math.floor(timeMs / STEP_MS);
    if (wanted < steps) {
      random = randomOf(`${seed}/${name}`);
      steps = 0;
      price = start;
    }
    for (; steps < wanted; steps++) {
      const change = Math.max(-STEP_MAX, Math.min(STEP_MAX, deviation * random.normal()));
      // Half of a drift back to the start every six hours: a demo of a week stays where it began.
      price *= 1 + change + (start / price - 1) * (STEP_MS / (DAY_MS / 4));
    }
    return crash === undefined ? price : price * crashFactor(crash, timeMs);
  };
}

/** What of a price is left at a time of a crash. */
export function crashFactor(crash: SeededCrash, timeMs: number): number {
  const { atMs, overMs, fall, recover = 0, recoverOverMs = overMs, everyMs } = crash;
  const sinceMs =
    everyMs === undefined || timeMs < atMs ? timeMs - atMs : (timeMs - atMs) % everyMs;
  if (sinceMs <= 0) return 1;
  if (sinceMs < overMs) return 1 - (fall * sinceMs) / overMs;
  const back = recoverOverMs <= 0 ? 1 : Math.min(1, (sinceMs - overMs) / recoverOverMs);
  return 1 - fall * (1 - recover * back);
}
