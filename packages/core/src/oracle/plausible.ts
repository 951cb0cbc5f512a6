import { INDEX_STATUS } from '../schema/index.ts';
import { GRID_MS } from './volatility.ts';

/** Prices between which the truth lies, in price units. */
export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** What the range is made of. Prices in price units. */
export interface RangeEvidence {
  /** INDEX_STATUS. */
  readonly status: number;
  readonly index: number;
  readonly confidence: number;
  /** The aggregate that waits; 0 without. */
  readonly pendingPrice: number;
  /** Time since the index was last accepted. */
  readonly ageMs: number;
  /** σ² per grid step. */
  readonly variance: number;
}

/**
 * The plausible range of an underlying (rule F6): the index itself while it is ok, from the last
 * index to the waiting one when degraded, a band that widens with age when stale or halted. Rounded
 * outward, never below one price unit; [0, 0] before the first index. Spec: oracle 5.
 */
export function plausibleRange(
  evidence: RangeEvidence,
  rule: { readonly zMilli: number; readonly plausibleMaxPpm: number },
): PriceRange {
  const { status, index } = evidence;
  if (index === 0) return { low: 0, high: 0 };
  if (status === INDEX_STATUS.ok) return { low: index, high: index };
  if (status === INDEX_STATUS.degraded) {
    const pending = evidence.pendingPrice === 0 ? index : evidence.pendingPrice;
    const margin = 2 * evidence.confidence;
    return {
      low: Math.max(1, Math.min(index, pending) - margin),
      high: Math.max(index, pending) + margin,
    };
  }
  const width = Math.min(
    rule.plausibleMaxPpm / 1e6,
    (rule.zMilli / 1000) * Math.sqrt(evidence.variance) * Math.sqrt(evidence.ageMs / GRID_MS),
  );
  return {
    low: Math.max(1, Math.floor(index * (1 - width))),
    high: Math.ceil(index * (1 + width)),
  };
}
