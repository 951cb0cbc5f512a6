import { setTimeout as sleep } from 'node:timers/promises';
import { toDouble } from '@plimsoll/api/units';
import type { SourcePrice } from '@plimsoll/node/publish';
import { Market, type Observation, Seed } from '@plimsoll/simulator';
import type { DemoScenario } from './demoScenario.ts';

/** When the market of a demo is where: the same for all its processes. */
export interface MarketClock {
  /** Real time at which the first course began, ms since 1970. */
  readonly startMs: number;
  readonly speed: number;
  /** Length of a course, ms of market time. */
  readonly durationMs: number;
}

/** Which course is played, and how far it is, ms of market time. */
export function marketTime(
  clock: MarketClock,
  nowMs: number,
): { readonly course: number; readonly timeMs: number } {
  const sinceMs = Math.max(0, (nowMs - clock.startMs) * clock.speed);
  const course = Math.floor(sinceMs / clock.durationMs);
  return { course, timeMs: sinceMs - course * clock.durationMs };
}

/** Real time between two prices of a source, ms. */
const EVERY_MS = 250;
/** How fast a jump between two courses is walked off, ms of real time. */
const RELAX_MS = 12_000;

export interface ScenarioPricesOptions {
  readonly demo: DemoScenario;
  readonly clock: MarketClock;
  /** What the network holds, by underlying: the first course begins there. */
  readonly present: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

/**
 * What all sources of a scenario say, course after course, each course with a seed of its own. A
 * course begins where the one before ended and walks to its own prices within seconds: a market
 * that jumped back by a third would be a crash of its own.
 */
export async function* scenarioPrices(
  options: ScenarioPricesOptions,
): AsyncGenerator<ReadonlyMap<string, readonly SourcePrice[]>, void> {
  const { clock, signal } = options;
  const levels = new Levels(options);
  let course = -1;
  let market: Market | undefined;
  while (!signal.aborted) {
    const nowMs = Date.now();
    const at = marketTime(clock, nowMs);
    if (at.course !== course || market === undefined) {
      course = at.course;
      market = marketOf(options, course);
      levels.begin(nowMs);
    }
    const taken = market.takeUntil(options.demo.market.startTimeMs + at.timeMs);
    yield levels.prices(taken, nowMs);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

function marketOf({ demo, clock }: ScenarioPricesOptions, course: number): Market {
  return new Market({
    ...demo.market,
    seed: new Seed(demo.scenario.seed).fork(`course ${course}`),
    everyMs: Math.max(1, Math.min(demo.market.everyMs, Math.floor(EVERY_MS * clock.speed))),
  });
}

/** Carries the level of prices from one course to the next. */
class Levels {
  readonly #units: ReadonlyMap<string, { readonly unit: number; readonly places: number }>;
  /** What was said last, or what the network held at the start. */
  readonly #last: Map<string, number>;
  readonly #scales = new Map<string, number>();
  #beganMs = 0;

  constructor({ demo, present }: ScenarioPricesOptions) {
    this.#last = new Map(Object.entries(present));
    this.#units = new Map(
      demo.scenario.underlyings.map(({ name, priceUnit }) => {
        const places = priceUnit.split('.')[1]?.length ?? 0;
        return [name, { unit: toDouble(priceUnit), places }];
      }),
    );
  }

  begin(nowMs: number): void {
    this.#scales.clear();
    this.#beganMs = nowMs;
  }

  /** By source: its newest price of each underlying. */
  prices(taken: readonly Observation[], nowMs: number): Map<string, SourcePrice[]> {
    const newest = new Map(taken.map((each) => [`${each.source} ${each.underlying}`, each]));
    const left = Math.exp(-(nowMs - this.#beganMs) / RELAX_MS);
    const bySource = new Map<string, SourcePrice[]>();
    const said = new Map<string, number>();
    for (const { source, underlying, price, confidence } of newest.values()) {
      const { unit, places } = this.#units.get(underlying) ?? { unit: 1, places: 0 };
      const factor = 1 + (this.#scaleOf(underlying, price * unit) - 1) * left;
      const scaled = price * unit * factor;
      said.set(underlying, scaled);
      const list = bySource.get(source) ?? [];
      list.push({
        underlying,
        price: scaled.toFixed(places),
        confidence: (confidence * unit * factor).toFixed(places),
        timeMs: nowMs,
      });
      bySource.set(source, list);
    }
    for (const [underlying, price] of said) this.#last.set(underlying, price);
    return bySource;
  }

  #scaleOf(underlying: string, price: number): number {
    const known = this.#scales.get(underlying);
    if (known !== undefined) return known;
    const scale = (this.#last.get(underlying) ?? price) / price;
    this.#scales.set(underlying, scale);
    return scale;
  }
}
