import { approach, clamp } from '../math/index.ts';

const HOUR_MS = 3_600_000;

/**
 * The slow price after `dtMs` of time in which the index was ok: it goes the share dt/(τ + dt) of
 * the way to the index, and no faster than `growthPpmPerHour` of itself per hour, up or down. A
 * slow price of 0 has not begun and becomes the index. Spec: oracle 6.
 */
export function stepSlowPrice(
  slow: number,
  step: {
    readonly index: number;
    readonly dtMs: number;
    readonly tauMs: number;
    readonly growthPpmPerHour: number;
  },
): number {
  if (slow === 0) return step.index;
  const { index, dtMs, tauMs } = step;
  const growth = ((step.growthPpmPerHour / 1e6) * dtMs) / HOUR_MS;
  const target = approach(slow, { to: index, dtMs, tauMs });
  return clamp(target, slow / (1 + growth), slow * (1 + growth));
}
