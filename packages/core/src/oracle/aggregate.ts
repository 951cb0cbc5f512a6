import { broken } from '../math/index.ts';
import { accepted, type Code, rejections } from '../schema/index.ts';

const PRICE_MAX = 2_147_483_647n;

/** What one source holds: its last observation, in price units. Price 0: it never spoke. */
export interface Report {
  readonly source: number;
  readonly weight: number;
  readonly price: number;
  readonly confidence: number;
  readonly timeMs: number;
}

/** The sources' word on one underlying at one block. Without quorum the prices are 0. */
export interface Aggregate {
  readonly hasQuorum: boolean;
  readonly index: number;
  readonly confidence: number;
  /** How many sources were counted, and their weight. */
  readonly count: number;
  readonly weight: number;
  /** Time of the oldest observation counted. */
  readonly oldestMs: number;
}

/** A value with the weight and id of the source that gave it. */
export interface WeightedValue {
  readonly value: number;
  readonly weight: number;
  readonly source: number;
}

/**
 * Whether an observation may replace what its source holds: 0, or the number of the refusal.
 * `lastMs` is the time of the observation held, 0 without. Spec: oracle 1.2.
 */
export function checkObservation(
  observation: { readonly price: bigint; readonly confidence: bigint; readonly timeMs: number },
  rule: { readonly timeMs: number; readonly ageMaxMs: number; readonly lastMs: number },
): Code {
  const { price, confidence, timeMs } = observation;
  if (price <= 0n || price > PRICE_MAX) return rejections.observationPrice.code;
  if (confidence < 0n || confidence > price) return rejections.observationConfidence.code;
  if (timeMs > rule.timeMs) return rejections.observationFuture.code;
  if (timeMs < rule.timeMs - rule.ageMaxMs) return rejections.observationOld.code;
  if (timeMs <= rule.lastMs) return rejections.observationOrder.code;
  return accepted;
}

/**
 * The index price and its confidence out of what all sources of an underlying hold (rule F6).
 * `reports` has every source with a weight, silent ones too: their weight counts for the quorum.
 * Spec: oracle 2.
 */
export function aggregateIndex(
  reports: readonly Report[],
  rule: { readonly timeMs: number; readonly ageMaxMs: number; readonly sourcesMin: number },
): Aggregate {
  let weightTotal = 0;
  let weight = 0;
  let oldestMs = rule.timeMs;
  const counted: Report[] = [];
  for (const report of reports) {
    weightTotal += report.weight;
    if (report.weight <= 0 || report.price <= 0) continue;
    if (report.timeMs > rule.timeMs || report.timeMs < rule.timeMs - rule.ageMaxMs) continue;
    counted.push(report);
    weight += report.weight;
    oldestMs = Math.min(oldestMs, report.timeMs);
  }
  const count = counted.length;
  const hasQuorum = count > 0 && count >= rule.sourcesMin && 3 * weight >= 2 * weightTotal;
  if (!hasQuorum) return { hasQuorum, index: 0, confidence: 0, count, weight, oldestMs };
  const index = medianOf(counted, (report) => report.price);
  const confidence = Math.max(
    medianOf(counted, (report) => report.confidence),
    medianOf(counted, (report) => Math.abs(report.price - index)),
  );
  return { hasQuorum, index, confidence, count, weight, oldestMs };
}

/**
 * The weighted median: in order of (value, source) the first whose cumulated weight exceeds half of
 * all; where it is exactly half, the floor of the mean with the next. Values are integers, at least
 * one, weights positive.
 */
export function weightedMedian(values: readonly WeightedValue[]): number {
  const sorted = [...values].sort((a, b) => a.value - b.value || a.source - b.source);
  let total = 0;
  for (const entry of sorted) total += entry.weight;
  let cumulated = 0;
  for (const [position, entry] of sorted.entries()) {
    cumulated += entry.weight;
    if (2 * cumulated > total) return entry.value;
    const next = sorted[position + 1];
    if (2 * cumulated === total && next !== undefined) {
      return Math.floor((entry.value + next.value) / 2);
    }
  }
  return broken('a weighted median has values of positive weight');
}

function medianOf(reports: readonly Report[], read: (report: Report) => number): number {
  return weightedMedian(
    reports.map((report) => ({
      value: read(report),
      weight: report.weight,
      source: report.source,
    })),
  );
}
