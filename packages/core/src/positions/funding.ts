import { amountOf, clamp, mulDivUp, mulDivZero, mulDivZeroNumber } from '../math/index.ts';

// Funding is integer throughout: rates in nano (1e-9), the index in price units × 2^32, payments in
// settlement units. Spec: funding.

const NANO = 1_000_000_000;
const HOUR_MS = 3_600_000;
/** No premium beyond ten times the index is believed; every cap of a rate lies far below it. */
const PREMIUM_MULTIPLE_MAX = 10;
const INDEX_ONE = 4_294_967_296n; // 2^32
const RATE_TIMES_HOUR = 3_600_000_000_000_000n; // 3,600,000 ms × 1e9.
/** A rate of 8 h is at most this many times the margin between initial and maintenance. */
const MARGIN_MULTIPLE = 6;

/**
 * One premium sample in nano of the index, toward 0 (rule F8). Impact prices are integers in price
 * units; 0 stands for a side that cannot fill the impact notional, whose term is 0. Spec: funding
 * 1.
 */
export function premiumSample(
  index: number,
  impact: { readonly bid: number; readonly ask: number },
): number {
  const above = impact.bid > 0 ? Math.max(0, impact.bid - index) : 0;
  const below = impact.ask > 0 ? Math.max(0, index - impact.ask) : 0;
  const limit = PREMIUM_MULTIPLE_MAX * index;
  return mulDivZeroNumber(clamp(above - below, -limit, limit), NANO, index);
}

/**
 * The average of an interval's samples, toward 0, in nano; undefined when fewer than half of the
 * expected samples came, so that no rate can be set. Spec: funding 2.
 */
export function averagePremium(samples: {
  readonly sum: number;
  readonly count: number;
  readonly expected: number;
}): number | undefined {
  const { sum, count, expected } = samples;
  if (count === 0 || 2 * count < expected) return undefined;
  return mulDivZeroNumber(sum, 1, count);
}

/** What bounds a funding rate. */
export interface FundingRule {
  /** i: interest of 8 h in nano. */
  readonly interestNano: number;
  /** How far the interest term may pull the 8 h rate off the premium, in nano. */
  readonly clampNano: number;
  /** Largest rate of an hour in nano. */
  readonly capNano: number;
  /** Rates of the first margin tier. */
  readonly initialPpm: number;
  readonly maintenancePpm: number;
}

/** The largest rate of 8 h that a market's margin allows, in nano: `multiple`·(IM − MM). */
export function marginRateMax(
  rule: { readonly initialPpm: number; readonly maintenancePpm: number },
  multiple: number = MARGIN_MULTIPLE,
): number {
  return multiple * (rule.initialPpm - rule.maintenancePpm) * 1000;
}

/**
 * The rate of an hour in nano, longs pay shorts when positive; 0 without an average. Spec: funding
 * 3.
 */
export function fundingRate(average: number | undefined, rule: FundingRule): number {
  if (average === undefined) return 0;
  const pull = clamp(rule.interestNano - average, -rule.clampNano, rule.clampNano);
  const hourly = mulDivZeroNumber(average + pull, 1, 8);
  const bound = Math.min(rule.capNano, mulDivZeroNumber(marginRateMax(rule), 1, 8));
  return clamp(hourly, -bound, bound);
}

/**
 * What the funding index gains: rate × time × index price × 2^32, toward 0. `okMs` is the time
 * since the last advance in which the index was ok; at most an hour of it counts. Spec: funding 4.
 */
export function fundingIndexDelta(advance: {
  readonly rateNano: number;
  readonly okMs: number;
  readonly index: number;
}): bigint {
  const okMs = Math.min(advance.okMs, HOUR_MS);
  const paid = amountOf(advance.rateNano) * amountOf(okMs) * amountOf(advance.index);
  return mulDivZero(paid, INDEX_ONE, RATE_TIMES_HOUR);
}

/**
 * What a position pays for a move of the funding index since it was last settled, in settlement
 * units; negative when it receives. Up, so that the payments of a market never sum below 0 and the
 * rest is dust. Spec: funding 5.
 */
export function fundingCost(
  position: { readonly size: number; readonly v: number },
  indexDelta: bigint,
): bigint {
  return mulDivUp(amountOf(position.size) * amountOf(position.v), indexDelta, INDEX_ONE);
}
