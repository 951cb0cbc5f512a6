import { niceSteps, timeTicks } from './axis.ts';
import { compactText } from './figures.ts';

/** One line, band or color of bars; as many values as the chart has times. */
export interface ChartSeries {
  readonly name: string;
  /** A class of the style sheet that sets `--c`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

/**
 * A chart over time. `bars` piles up what happened in each interval; `heat` has a row per series,
 * and the more the stronger, on a logarithmic scale so that few among many are seen.
 */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly kind: 'lines' | 'bars' | 'heat';
  /** Ms since the epoch, ascending; of bars and heat, the start of each interval. */
  readonly timeMs: readonly number[];
  /** The end of the time axis. */
  readonly endMs: number;
  readonly series: readonly ChartSeries[];
  /** Lines only: the axis starts at 0. */
  readonly isFromZero: boolean;
}

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 74;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 26;

/** Where the plot of every chart lies in its picture; the hover script needs it too. */
export const PLOT: Readonly<Record<'width' | 'left' | 'right', number>> = {
  width: WIDTH,
  left: LEFT,
  right: RIGHT,
};

interface Scale {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function range(chart: Chart): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  if (chart.kind === 'heat') return { low: 0, high: chart.series.length };
  if (chart.kind === 'lines') {
    for (const { values } of chart.series) {
      for (const value of values) {
        if (value === null) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  } else {
    for (let at = 0; at < chart.timeMs.length; at++) {
      let sum = 0;
      for (const { values } of chart.series) sum += values[at] ?? 0;
      high = Math.max(high, sum);
    }
  }
  if (chart.kind !== 'lines' || chart.isFromZero) low = Math.min(0, low);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1 };
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
  const isFree = chart.kind === 'lines' && low !== 0;
  return { low: isFree ? low - margin : low, high: high + margin };
}

function scaleOf(chart: Chart): Scale {
  const { low, high } = range(chart);
  const fromMs = chart.timeMs[0] ?? 0;
  const spanMs = Math.max(1, chart.endMs - fromMs);
  return {
    low,
    high,
    x: (timeMs) => round(LEFT + ((timeMs - fromMs) / spanMs) * (WIDTH - LEFT - RIGHT)),
    y: (value) => round(HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)),
  };
}

function valueAxis(chart: Chart, scale: Scale): string[] {
  const label = (y: number, text: string): string =>
    `<text class="tick" x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${escapeHtml(text)}</text>`;
  if (chart.kind === 'heat') {
    return chart.series.map(({ name }, row) => label(scale.y(row + 0.5), name));
  }
  return niceSteps(scale.low, scale.high, 4).flatMap((value) => {
    const y = scale.y(value);
    const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`;
    return [line, label(y, compactText(value))];
  });
}

function axes(chart: Chart, scale: Scale): string {
  const parts = valueAxis(chart, scale);
  for (const { at, label } of timeTicks(chart.timeMs[0] ?? 0, chart.endMs, 6)) {
    const x = scale.x(at);
    const anchor = x > WIDTH - 40 ? 'end' : 'middle';
    parts.push(
      `<text class="tick" x="${x}" y="${HEIGHT - 8}" text-anchor="${anchor}">${label}</text>`,
      `<line class="axis" x1="${x}" x2="${x}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 4}"/>`,
    );
  }
  const base = scale.y(Math.max(0, scale.low));
  parts.push(`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${base}" y2="${base}"/>`);
  return parts.join('');
}

/** Runs of known values: a line stops where nothing is known. */
function linePath(chart: Chart, series: ChartSeries, scale: Scale): string {
  let path = '';
  let isDrawing = false;
  series.values.forEach((value, at) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const command = isDrawing ? 'L' : 'M';
    path += `${command}${scale.x(chart.timeMs[at] ?? 0)} ${scale.y(value)}`;
    isDrawing = true;
  });
  return `<path class="line ${series.color}" d="${path}"/>`;
}

/** Cells of one row, by how much of the most in the chart they hold; empty ones are not drawn. */
function heatCells(chart: Chart, scale: Scale): string {
  let most = 1;
  for (const { values } of chart.series)
    for (const value of values) most = Math.max(most, value ?? 0);
  const parts: string[] = [];
  chart.series.forEach(({ color, values }, row) => {
    const y = round(scale.y(row + 1) + 0.5);
    const height = round(scale.y(row) - scale.y(row + 1) - 1);
    chart.timeMs.forEach((timeMs, at) => {
      const value = values[at] ?? 0;
      if (value <= 0) return;
      const left = scale.x(timeMs);
      const width = round(scale.x(chart.timeMs[at + 1] ?? chart.endMs) - left);
      const share = Math.log(1 + value) / Math.log(1 + most);
      const opacity = round(0.12 + 0.88 * share);
      parts.push(
        `<rect class="cell ${color}" x="${left}" y="${y}" width="${width}" height="${height}" opacity="${opacity}"/>`,
      );
    });
  });
  return parts.join('');
}

function stackBars(chart: Chart, scale: Scale): string {
  const parts: string[] = [];
  chart.timeMs.forEach((timeMs, at) => {
    const left = scale.x(timeMs);
    const right = scale.x(chart.timeMs[at + 1] ?? chart.endMs);
    let below = 0;
    for (const series of chart.series) {
      const value = series.values[at] ?? 0;
      if (value <= 0) continue;
      const top = scale.y(below + value);
      const height = round(scale.y(below) - top);
      const width = round(Math.max(0.5, right - left - (right - left > 3 ? 1 : 0)));
      parts.push(
        `<rect class="area ${series.color}" x="${left}" y="${top}" width="${width}" height="${height}"/>`,
      );
      below += value;
    }
  });
  return parts.join('');
}

function legend(chart: Chart): string {
  if (chart.series.length < 2 || chart.kind === 'heat') return '';
  const items = chart.series.map(
    ({ name, color }) => `<li><span class="swatch ${color}"></span>${escapeHtml(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** A chart as a figure: title, legend and picture. */
export function chartHtml(chart: Chart): string {
  const scale = scaleOf(chart);
  const marks =
    chart.kind === 'lines'
      ? chart.series.map((series) => linePath(chart, series, scale)).join('')
      : chart.kind === 'heat'
        ? heatCells(chart, scale)
        : stackBars(chart, scale);
  const title = escapeHtml(chart.title);
  return [
    `<figure id="${chart.id}"><figcaption><b>${title}</b> <span>${escapeHtml(chart.unit)}</span>`,
    `</figcaption>${legend(chart)}`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}, ${escapeHtml(chart.unit)}">`,
    axes(chart, scale),
    marks,
    `<line class="cursor" y1="${TOP}" y2="${HEIGHT - BOTTOM}" x1="-9" x2="-9"/>`,
    '</svg></figure>',
  ].join('');
}
