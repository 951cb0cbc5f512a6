import { toDouble } from '@plimsoll/api/units';
import type { Seed } from '../seed.ts';
import { cholesky } from './cholesky.ts';
import type { PricePath } from './points.ts';
import type { CorrelationSpec, CrashPath, SeededPath } from './specs.ts';

const DAY_MS = 86_400_000;
/** No step takes more than this fraction of the price: a walk stays above 0. */
const FALL_MAX = 0.95;

/** What of a crash path has fallen away at a time, as a factor on the walk. */
export function crashFactor(spec: CrashPath, timeMs: number): number {
  if (timeMs <= spec.atMs) return 1;
  const bottomMs = spec.atMs + spec.overMs;
  if (timeMs < bottomMs) return 1 - (spec.fall * (timeMs - spec.atMs)) / spec.overMs;
  const recoverOverMs = spec.recoverOverMs ?? spec.overMs;
  const done = recoverOverMs <= 0 ? 1 : Math.min(1, (timeMs - bottomMs) / recoverOverMs);
  return 1 - spec.fall * (1 - (spec.recover ?? 0) * done);
}

interface Walker {
  readonly name: string;
  readonly underlying: string;
  readonly spec: SeededPath;
  readonly noise: Seed;
  readonly jumps: Seed;
  /** Without the fall of a crash. */
  price: number;
}

/**
 * Random walks that are advanced together on one grid, so that their steps can be correlated. Each
 * walk draws from its own fork of the seed: another walk added to the market moves nobody else's.
 */
export class WalkGroup {
  readonly #seed: Seed;
  readonly #stepMs: number;
  readonly #correlations: readonly CorrelationSpec[];
  readonly #walkers: Walker[] = [];
  #factor: number[][] | null = null;
  #steps = 0;

  constructor(options: {
    readonly seed: Seed;
    readonly stepMs: number;
    readonly correlations: readonly CorrelationSpec[];
  }) {
    this.#seed = options.seed;
    this.#stepMs = options.stepMs;
    this.#correlations = options.correlations;
  }

  /** Adds a walk; `name` is unique in the group. All are added before the first price is read. */
  add(name: string, underlying: string, spec: SeededPath): PricePath {
    const walker: Walker = {
      name,
      underlying,
      spec,
      noise: this.#seed.fork(`noise of ${name}`),
      jumps: this.#seed.fork(`jumps of ${name}`),
      price: toDouble(spec.start),
    };
    this.#walkers.push(walker);
    return {
      priceAt: (timeMs) => {
        this.#advance(Math.floor(timeMs / this.#stepMs));
        return spec.kind === 'crash' ? walker.price * crashFactor(spec, timeMs) : walker.price;
      },
    };
  }

  #advance(steps: number): void {
    this.#factor ??= correlationFactor(this.#walkers, this.#correlations);
    while (this.#steps < steps) {
      this.#steps++;
      this.#step(this.#factor);
    }
  }

  #step(factor: readonly (readonly number[])[]): void {
    const dt = this.#stepMs / DAY_MS;
    const rootDt = Math.sqrt(dt);
    const own = this.#walkers.map((walker) => walker.noise.normal());
    this.#walkers.forEach((walker, at) => {
      let deviate = 0;
      for (let k = 0; k <= at; k++) deviate += (factor[at]?.[k] ?? 0) * (own[k] as number);
      const spec = walker.spec;
      const drift = (spec.driftPerDay ?? 0) * dt;
      let change = drift + (spec.volatilityPerDay ?? 0.02) * rootDt * deviate;
      if (spec.kind === 'jump' && walker.jumps.chance((spec.jumpsPerDay ?? 4) * dt)) {
        change += (spec.jumpMean ?? 0) + (spec.jumpDeviation ?? 0.03) * walker.jumps.normal();
      }
      walker.price *= 1 + Math.max(-FALL_MAX, change);
    });
  }
}

/** The Cholesky factor of the walks' correlations. */
function correlationFactor(
  walkers: readonly Walker[],
  correlations: readonly CorrelationSpec[],
): number[][] {
  const factor = cholesky(
    walkers.map((row) =>
      walkers.map((column) =>
        row === column ? 1 : correlationOf(correlations, row.underlying, column.underlying),
      ),
    ),
  );
  if (factor === null) {
    throw new RangeError(
      'the correlations contradict each other: no random walks have all of them',
    );
  }
  return factor;
}

/** The stated correlation of two underlyings; 0 when none is stated or they are the same. */
export function correlationOf(
  correlations: readonly CorrelationSpec[],
  one: string,
  other: string,
): number {
  const stated = correlations.find(
    ({ between: [a, b] }) => (a === one && b === other) || (a === other && b === one),
  );
  return stated?.value ?? 0;
}
