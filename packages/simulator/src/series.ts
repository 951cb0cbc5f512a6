import {
  type PoolSeries,
  type PriceSeries,
  type ResultSeries,
  STAGES,
  type Stage,
} from './result.ts';

/** Below 1 an account is liquidatable; the bands above say how near it is. */
export const HEALTH_EDGES: readonly number[] = [0, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10];

/** The band of a margin balance ÷ maintenance margin; the edge belongs to the band above. */
export function healthBand(ratio: number): number {
  let band = 0;
  while (band < HEALTH_EDGES.length && ratio >= (HEALTH_EDGES[band] as number)) band++;
  return band;
}

/** What one block adds to the series, in human units. */
export interface BlockSample {
  readonly timeMs: number;
  /** In the order of the recorder's `instruments`. */
  readonly prices: readonly { readonly index: number | null; readonly mark: number | null }[];
  /** Accounts per health band. */
  readonly health: readonly number[];
  readonly liquidated: Readonly<Partial<Record<Stage, number>>>;
  /** In the order of the recorder's `pools`. */
  readonly pools: readonly number[];
  readonly blockMs: number;
}

/**
 * Collects a sample per block and keeps at most `samplesMax`: when there are more, neighbors are
 * merged two by two, so that memory is bounded however long the run is. Sums stay whole, the
 * longest block stays, and of two prices the one that moved farther stays.
 */
export class SeriesRecorder {
  readonly #instruments: readonly string[];
  readonly #pools: readonly string[];
  readonly #samplesMax: number;
  #samples: BlockSample[] = [];
  #open: BlockSample[] = [];
  #blocksPerSample = 1;

  constructor(options: {
    readonly instruments: readonly string[];
    readonly pools: readonly string[];
    readonly samplesMax?: number;
  }) {
    this.#instruments = options.instruments;
    this.#pools = options.pools;
    this.#samplesMax = options.samplesMax ?? 2000;
  }

  record(sample: BlockSample): void {
    this.#open.push(sample);
    if (this.#open.length < this.#blocksPerSample) return;
    this.#close();
    if (this.#samples.length <= this.#samplesMax) return;
    const merged: BlockSample[] = [];
    for (let at = 0; at < this.#samples.length; at += 2) {
      merged.push(merge(this.#samples.slice(at, at + 2), merged.at(-1)));
    }
    this.#samples = merged;
    this.#blocksPerSample *= 2;
  }

  /** The series so far. */
  series(): ResultSeries {
    if (this.#open.length > 0) this.#close();
    const samples = this.#samples;
    const prices: PriceSeries[] = this.#instruments.map((instrument, at) => ({
      instrument,
      index: samples.map((sample) => sample.prices[at]?.index ?? null),
      mark: samples.map((sample) => sample.prices[at]?.mark ?? null),
    }));
    const pools: PoolSeries[] = this.#pools.map((name, at) => ({
      name,
      balance: samples.map((sample) => sample.pools[at] ?? 0),
    }));
    const liquidated = Object.fromEntries(
      STAGES.map((stage) => [stage, samples.map((sample) => sample.liquidated[stage] ?? 0)]),
    ) as Record<Stage, number[]>;
    return {
      timeMs: samples.map((sample) => sample.timeMs),
      prices,
      health: { edges: HEALTH_EDGES, counts: samples.map((sample) => sample.health) },
      liquidated,
      pools,
      blockMs: samples.map((sample) => sample.blockMs),
    };
  }

  #close(): void {
    this.#samples.push(merge(this.#open, this.#samples.at(-1)));
    this.#open = [];
  }
}

/** One sample for several that follow `before`. */
function merge(samples: readonly BlockSample[], before: BlockSample | undefined): BlockSample {
  const last = samples.at(-1) as BlockSample;
  if (samples.length === 1) return last;
  const liquidated: Partial<Record<Stage, number>> = {};
  let blockMs = 0;
  for (const sample of samples) {
    blockMs = Math.max(blockMs, sample.blockMs);
    for (const stage of STAGES) {
      const notional = sample.liquidated[stage];
      if (notional !== undefined) liquidated[stage] = (liquidated[stage] ?? 0) + notional;
    }
  }
  const prices = last.prices.map((price, at) => ({
    index: farthest(
      samples.map((one) => one.prices[at]?.index ?? null),
      {
        from: before?.prices[at]?.index ?? price.index,
      },
    ),
    mark: farthest(
      samples.map((one) => one.prices[at]?.mark ?? null),
      {
        from: before?.prices[at]?.mark ?? price.mark,
      },
    ),
  }));
  return { ...last, prices, liquidated, blockMs };
}

function farthest(
  values: readonly (number | null)[],
  { from }: { readonly from: number | null },
): number | null {
  let found = values.at(-1) ?? null;
  if (from === null) return found;
  for (const value of values) {
    if (value === null) continue;
    if (found === null || Math.abs(value - from) > Math.abs(found - from)) found = value;
  }
  return found;
}
