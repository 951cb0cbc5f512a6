import { toDouble, UNITS_MAX } from '@plimsoll/api/units';
import type { Table } from '../dataFiles/index.ts';
import type { Seed } from '../seed.ts';
import { pointsFromFile } from './bars.ts';
import { type PricePath, pathThroughPoints } from './points.ts';
import type { CorrelationSpec, Observation, PathSpec, PriceFault, PriceSpec } from './specs.ts';
import { WalkGroup } from './walk.ts';

/** What a market is made of. Times of specs count from `startTimeMs`. */
export interface MarketOptions {
  readonly seed: Seed;
  readonly startTimeMs: number;
  readonly durationMs: number;
  /** How often a source publishes when its spec does not say, ms. */
  readonly everyMs: number;
  readonly sources: readonly string[];
  readonly underlyings: readonly { readonly name: string; readonly priceUnit: string }[];
  readonly prices: readonly PriceSpec[];
  readonly correlations: readonly CorrelationSpec[];
  readonly faults: readonly PriceFault[];
  /** Finds and reads a data file; throws MissingDataError when it is not there. */
  readonly readTable: (file: string) => Table;
}

/** One source of one underlying: its path, its error and what it published last. */
interface Feed {
  readonly source: string;
  readonly underlying: string;
  readonly path: SharedPath;
  readonly noise: Seed;
  readonly noiseBp: number;
  readonly confidenceBp: number;
  readonly everyMs: number;
  readonly unit: number;
  readonly faults: readonly PriceFault[];
  last: Observation | null;
}

/** A path that several sources read at the same times. */
class SharedPath {
  readonly #path: PricePath;
  #timeMs = -1;
  #price: number | null = null;

  constructor(path: PricePath) {
    this.#path = path;
  }

  priceAt(timeMs: number): number | null {
    if (timeMs > this.#timeMs) {
      this.#timeMs = timeMs;
      this.#price = this.#path.priceAt(timeMs);
    }
    return this.#price;
  }
}

function isAtFault(fault: PriceFault, feed: { source: string; underlying: string }): boolean {
  if (fault.underlying !== undefined && fault.underlying !== feed.underlying) return false;
  return fault.sources === undefined || fault.sources.includes(feed.source);
}

/** The nearest whole number of units, capped at what the machine can be sent. */
function toUnits(price: number, unit: number): number {
  return Math.min(UNITS_MAX, Math.max(0, Math.floor(price / unit + 0.5)));
}

/**
 * The prices that all sources publish, in the order of publication: by time, then underlying, then
 * source as listed. One pass only: `takeUntil` and iteration share the same position.
 */
export class Market implements Iterable<Observation> {
  readonly #options: MarketOptions;
  readonly #feeds: readonly Feed[];
  readonly #steps: readonly number[];
  #nextMs = 0;
  #pending: Observation[] = [];

  constructor(options: MarketOptions) {
    this.#options = options;
    this.#feeds = makeFeeds(options);
    this.#steps = [...new Set(this.#feeds.map((feed) => feed.everyMs))];
  }

  *[Symbol.iterator](): Iterator<Observation> {
    const end = this.#options.startTimeMs + this.#options.durationMs;
    while (true) {
      const next = this.#pending.shift();
      if (next !== undefined) yield next;
      else if (this.#nextMs > this.#options.durationMs) return;
      else this.#publishBefore(end);
    }
  }

  /** All observations published up to and including `timeMs` that were not taken yet. */
  takeUntil(timeMs: number): Observation[] {
    const endMs = timeMs - this.#options.startTimeMs;
    while (this.#nextMs <= endMs && this.#nextMs <= this.#options.durationMs) {
      this.#publishBefore(timeMs);
    }
    const cut = this.#pending.findIndex((observation) => observation.publishedMs > timeMs);
    if (cut >= 0) return this.#pending.splice(0, cut);
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  /** Publishes the next instant at which some source is due, if it is at or before `timeMs`. */
  #publishBefore(timeMs: number): void {
    const atMs = this.#nextMs;
    if (this.#options.startTimeMs + atMs > timeMs) return;
    for (const feed of this.#feeds) {
      if (atMs % feed.everyMs !== 0) continue;
      const observation = publish(feed, atMs, this.#options.startTimeMs);
      if (observation !== null) this.#pending.push(observation);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const step of this.#steps) next = Math.min(next, (Math.floor(atMs / step) + 1) * step);
    this.#nextMs = next;
  }
}

function publish(feed: Feed, atMs: number, startTimeMs: number): Observation | null {
  // Drawn whether it is used or not: a fault must not move the noise that comes after it.
  const error = feed.noiseBp === 0 ? 0 : (feed.noiseBp / 10_000) * feed.noise.normal();
  const base = feed.path.priceAt(atMs);
  const active = feed.faults.filter((fault) => fault.fromMs <= atMs && atMs < fault.toMs);
  if (active.some((fault) => fault.kind === 'silent')) return null;
  const publishedMs = startTimeMs + atMs;
  if (active.some((fault) => fault.kind === 'stale')) {
    return feed.last === null ? null : { ...feed.last, publishedMs };
  }
  if (base === null) return null;
  let price = base * (1 + error);
  for (const fault of active) if (fault.kind === 'lie') price *= fault.multiplier;
  const observation: Observation = {
    timeMs: publishedMs,
    publishedMs,
    underlying: feed.underlying,
    source: feed.source,
    price: toUnits(price, feed.unit),
    confidence: toUnits((price * feed.confidenceBp) / 10_000, feed.unit),
  };
  feed.last = observation;
  return observation;
}

/** Makes one path per spec; all seeded ones walk together. */
function pathMaker(options: MarketOptions): (spec: PriceSpec) => SharedPath {
  const walks = new WalkGroup({
    seed: options.seed.fork('walks'),
    stepMs: Math.min(1000, options.everyMs),
    correlations: options.correlations,
  });
  return (spec) => new SharedPath(makePath(spec, options, walks));
}

function makePath(spec: PriceSpec, options: MarketOptions, walks: WalkGroup): PricePath {
  const path: PathSpec = spec.path;
  if (path.kind === 'points') {
    const points = path.points.map((point) => ({
      timeMs: point.timeMs,
      price: toDouble(point.price),
    }));
    return pathThroughPoints(points, path.between ?? 'step');
  }
  if (path.kind === 'file') {
    const points = pointsFromFile(options.readTable(path.file), path);
    return pathThroughPoints(points, path.between ?? 'line');
  }
  const name = [spec.underlying, ...(spec.sources ?? [])].join(' ');
  return walks.add(name, spec.underlying, path);
}

function makeFeeds(options: MarketOptions): Feed[] {
  const pathOf = pathMaker(options);
  const paths = new Map(options.prices.map((spec) => [spec, pathOf(spec)]));
  const feeds: Feed[] = [];
  for (const underlying of options.underlyings) {
    const specs = options.prices.filter((spec) => spec.underlying === underlying.name);
    for (const source of options.sources) {
      const spec =
        specs.find((one) => one.sources?.includes(source)) ??
        specs.find((one) => one.sources === undefined);
      const path = spec === undefined ? undefined : paths.get(spec);
      if (spec === undefined || path === undefined) continue;
      const feed = { source, underlying: underlying.name };
      feeds.push({
        ...feed,
        path,
        noise: options.seed.fork(`${underlying.name} at ${source}`),
        noiseBp: spec.noiseBp ?? 0,
        confidenceBp: spec.confidenceBp ?? 1,
        everyMs: spec.everyMs ?? options.everyMs,
        unit: toDouble(underlying.priceUnit),
        faults: options.faults.filter((fault) => isAtFault(fault, feed)),
        last: null,
      });
    }
  }
  return feeds;
}

/**
 * The price of each underlying at the start, in price units, without noise or faults: what books,
 * positions and populations of a scenario are set up around. Null when nothing is known at 0.
 */
export function startingPrices(options: MarketOptions): ReadonlyMap<string, number | null> {
  const pathOf = pathMaker(options);
  const prices = new Map<string, number | null>();
  for (const { name, priceUnit } of options.underlyings) {
    const specs = options.prices.filter((spec) => spec.underlying === name);
    const spec = specs.find((one) => one.sources === undefined) ?? specs[0];
    const price = spec === undefined ? null : pathOf(spec).priceAt(0);
    prices.set(name, price === null ? null : toUnits(price, toDouble(priceUnit)));
  }
  return prices;
}
