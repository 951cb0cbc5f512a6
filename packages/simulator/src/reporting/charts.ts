import { type ResultSeries, type ScenarioResult, STAGES } from '../result.ts';
import type { Chart } from './chart.ts';
import { STAGE_NAMES } from './sections.ts';

const POINTS_MAX = 900;
const BANDS_MAX = 120;
const BLOCKS_MAX = 300;
const BARS_MAX = 100;

/** Bounds of at most `max` equal runs of samples: run k is from[k] up to from[k + 1]. */
function runsOf(count: number, max: number): number[] {
  const runs = Math.min(count, max);
  return Array.from({ length: runs + 1 }, (_, at) => Math.floor((at * count) / runs));
}

/**
 * Which samples of a line are drawn: of each run the lowest and the highest, so that spikes stay.
 */
function extremes(values: readonly (number | null)[], max: number): Set<number> {
  const kept = new Set<number>([0, values.length - 1]);
  const runs = runsOf(values.length, max);
  for (let run = 0; run + 1 < runs.length; run++) {
    let low = -1;
    let high = -1;
    for (let at = runs[run] as number; at < (runs[run + 1] as number); at++) {
      const value = values[at] ?? null;
      if (value === null) {
        kept.add(at);
        continue;
      }
      if (low < 0 || value < (values[low] as number)) low = at;
      if (high < 0 || value > (values[high] as number)) high = at;
    }
    if (low >= 0) kept.add(low).add(high);
  }
  return kept;
}

function thinLines(
  lines: readonly (readonly (number | null)[])[],
  timeMs: readonly number[],
): { readonly timeMs: number[]; readonly lines: (number | null)[][] } {
  const wanted = Math.ceil(POINTS_MAX / 2 / Math.max(1, lines.length));
  const kept = new Set<number>();
  for (const line of lines) for (const at of extremes(line, wanted)) kept.add(at);
  const order = [...kept].filter((at) => at >= 0 && at < timeMs.length).sort((a, b) => a - b);
  return {
    timeMs: order.map((at) => timeMs[at] as number),
    lines: lines.map((line) => order.map((at) => line[at] ?? null)),
  };
}

interface Axis {
  /** Ms since the epoch of every sample. */
  readonly timeMs: readonly number[];
  readonly endMs: number;
}

function priceCharts(series: ResultSeries, axis: Axis, asset: string): Chart[] {
  return series.prices.map(({ instrument, index, mark }, at) => {
    const thin = thinLines([index, mark], axis.timeMs);
    return {
      id: `prices-${at}`,
      title: instrument,
      unit: `index and mark price, ${asset}`,
      kind: 'lines',
      timeMs: thin.timeMs,
      endMs: axis.endMs,
      isFromZero: false,
      series: [
        { name: 'index', color: 'c1 wide', values: thin.lines[0] ?? [] },
        { name: 'mark', color: 'c2', values: thin.lines[1] ?? [] },
      ],
    };
  });
}

function bandName(edges: readonly number[], band: number): string {
  const low = edges[band - 1];
  const high = edges[band];
  if (low === undefined) return `below ${high}`;
  return high === undefined ? `${low} or more` : `${low} to ${high}`;
}

function healthChart(series: ResultSeries, axis: Axis): Chart {
  const { edges, counts } = series.health;
  const runs = runsOf(axis.timeMs.length, BANDS_MAX);
  const starts = runs.slice(0, -1);
  return {
    id: 'health',
    title: 'Health of accounts',
    unit: 'accounts by margin balance ÷ maintenance margin; color by their number (log); below 1 liquidatable',
    kind: 'heat',
    timeMs: starts.map((at) => axis.timeMs[at] as number),
    endMs: axis.endMs,
    isFromZero: true,
    series: Array.from({ length: edges.length + 1 }, (_, band) => ({
      name: bandName(edges, band),
      color: `h${band}`,
      // The most of a run: a peak of a second must not vanish between two columns.
      values: starts.map((start, run) => {
        let most = 0;
        const end = runs[run + 1] ?? start;
        for (let at = start; at < end; at++) most = Math.max(most, counts[at]?.[band] ?? 0);
        return most;
      }),
    })),
  };
}

function liquidationChart(series: ResultSeries, axis: Axis, asset: string): Chart {
  const runs = runsOf(axis.timeMs.length, BARS_MAX);
  const starts = runs.slice(0, -1);
  const stages = STAGES.filter((stage) => series.liquidated[stage].some((value) => value > 0));
  return {
    id: 'liquidated',
    title: 'Liquidated notional',
    unit: `${asset} per interval, by stage`,
    kind: 'bars',
    timeMs: starts.map((at) => axis.timeMs[at] as number),
    endMs: axis.endMs,
    isFromZero: true,
    series: stages.map((stage) => ({
      name: STAGE_NAMES[stage],
      color: `s-${stage}`,
      values: starts.map((start, run) => {
        let sum = 0;
        const end = runs[run + 1] ?? start;
        for (let at = start; at < end; at++) sum += series.liquidated[stage][at] ?? 0;
        return sum;
      }),
    })),
  };
}

function poolChart(series: ResultSeries, axis: Axis, asset: string): Chart {
  const thin = thinLines(
    series.pools.map((pool) => pool.balance),
    axis.timeMs,
  );
  return {
    id: 'pools',
    title: 'Pools and fund',
    unit: asset,
    kind: 'lines',
    timeMs: thin.timeMs,
    endMs: axis.endMs,
    isFromZero: true,
    series: series.pools.map(({ name }, at) => ({
      name: name === 'shared' ? 'shared fund' : `pool of ${name}`,
      color: `c${(at % 7) + 1}`,
      values: thin.lines[at] ?? [],
    })),
  };
}

function blockChart(series: ResultSeries, axis: Axis): Chart {
  const runs = runsOf(axis.timeMs.length, BLOCKS_MAX);
  const starts = runs.slice(0, -1);
  return {
    id: 'blocks',
    title: 'Time per block',
    unit: 'ms, the longest of each interval',
    kind: 'lines',
    timeMs: starts.map((at) => axis.timeMs[at] as number),
    endMs: axis.endMs,
    isFromZero: true,
    series: [
      {
        name: 'longest block',
        color: 'c3',
        values: starts.map((start, run) => Math.max(...series.blockMs.slice(start, runs[run + 1]))),
      },
    ],
  };
}

/** Every chart of a result, thinned to what a screen can show. Empty without samples. */
export function resultCharts(result: ScenarioResult): Chart[] {
  const { series, settlement } = result;
  if (series.timeMs.length === 0) return [];
  const timeMs = series.timeMs.map((since) => result.startTimeMs + since);
  const axis: Axis = { timeMs, endMs: timeMs.at(-1) as number };
  return [
    ...priceCharts(series, axis, settlement.asset),
    healthChart(series, axis),
    liquidationChart(series, axis, settlement.asset),
    ...(series.pools.length === 0 ? [] : [poolChart(series, axis, settlement.asset)]),
    blockChart(series, axis),
  ];
}
