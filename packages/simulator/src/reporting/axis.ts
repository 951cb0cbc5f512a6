const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS: readonly number[] = [
  SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  30 * DAY,
];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface Tick<T = number> {
  readonly at: T;
  readonly label: string;
}

/**
 * Values from `low` to `high` at steps of 1, 2, 2.5 or 5 times a power of ten; about `count` of
 * them.
 */
export function niceSteps(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const wanted = span / count;
  let power = 1;
  while (power * 10 <= wanted) power *= 10;
  while (power > wanted) power /= 10;
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= wanted) ?? 10;
  const step = factor * power;
  const values: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) values.push(k * step);
  return values;
}

function timeLabel(timeMs: number, stepMs: number): string {
  const date = new Date(timeMs);
  const clock = date.toISOString().slice(11, stepMs < MINUTE ? 19 : 16);
  const isMidnight = timeMs % DAY === 0;
  if (stepMs >= DAY || isMidnight) return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return clock;
}

/** Ticks of a time axis in UTC, at full seconds, minutes, hours or days; at most `count` + 1. */
export function timeTicks(fromMs: number, toMs: number, count: number): Tick[] {
  const step = TIME_STEPS.find((one) => (toMs - fromMs) / one <= count) ?? 30 * DAY;
  const ticks: Tick[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) {
    ticks.push({ at, label: timeLabel(at, step) });
  }
  return ticks;
}
