import {
  aggregateIndex,
  disputeAfter,
  GRID_MS,
  graceAfterHalt,
  type IndexRecord,
  indexStatus,
  plausibleRange,
  type Report,
  seedVolatility,
  stepIndex,
  stepSlowPrice,
  stepVolatility,
  type VolatilityRecord,
} from '../../src/oracle/index.ts';
import { INDEX_STATUS, underlyingParameters } from '../../src/schema/index.ts';

// The obvious twin of the price phase: one plain record per underlying, rules in a plain object,
// history kept whole. It shares the pure rules with the machine, and nothing else.

export type Rules = { -readonly [P in keyof typeof underlyingParameters]: number };

export function defaultRules(): Rules {
  const entries = Object.entries(underlyingParameters).map(([name, { initial }]) => [
    name,
    initial,
  ]);
  return Object.fromEntries(entries) as Rules;
}

export interface TwinUnderlying {
  rules: Rules;
  reports: Report[];
  record: IndexRecord;
  status: number;
  slow: number;
  slowMs: number;
  volatility: VolatilityRecord | undefined;
  gridMs: number;
  gridIndex: number;
  /** Every rate ever published, oldest first. */
  published: { step: number; rate: number }[];
  maintenanceRate: number;
  low: number;
  high: number;
  notOkSinceMs: number;
  disputedMs: number;
  graceStartedMs: number;
  graceUntilMs: number;
}

export function twinUnderlying(weights: readonly number[], rules: Rules): TwinUnderlying {
  return {
    rules,
    reports: weights.map((weight, source) => ({
      source,
      weight,
      price: 0,
      confidence: 0,
      timeMs: 0,
    })),
    record: {
      index: 0,
      confidence: 0,
      acceptedMs: 0,
      pendingPrice: 0,
      pendingReference: 0,
      pendingCounter: 0,
      pendingSinceMs: 0,
    },
    status: INDEX_STATUS.none,
    slow: 0,
    slowMs: 0,
    volatility: undefined,
    gridMs: 0,
    gridIndex: 0,
    published: [],
    maintenanceRate: 0,
    low: 0,
    high: 0,
    notOkSinceMs: 0,
    disputedMs: 0,
    graceStartedMs: 0,
    graceUntilMs: 0,
  };
}

/** One price phase at `now`. Accepted observations are already in `reports`. */
export function twinBlock(u: TwinUnderlying, now: number, isObserved: boolean): void {
  const { rules } = u;
  const before = u.record;
  if (before.index > 0) {
    const endMs = Math.min(now, before.acceptedMs + rules.staleAfterMs);
    if (u.status === INDEX_STATUS.ok && endMs > u.slowMs) {
      u.slow = stepSlowPrice(u.slow, {
        index: before.index,
        dtMs: endMs - u.slowMs,
        tauMs: rules.slowTauMs,
        growthPpmPerHour: rules.slowStepPpmPerHour,
      });
    }
    u.slowMs = now;
  }
  const aggregate = aggregateIndex(u.reports, {
    timeMs: now,
    ageMaxMs: rules.observationAgeMaxMs,
    sourcesMin: rules.sourcesMin,
  });
  if (isObserved && aggregate.hasQuorum) {
    u.record = stepIndex(u.record, aggregate, { ...rules, timeMs: now }).record;
    if (before.index === 0 && u.record.index > 0) {
      u.slow = u.record.index;
      u.slowMs = now;
    }
  }
  u.disputedMs = disputeAfter(u.disputedMs, {
    timeMs: now,
    hasQuorum: aggregate.hasQuorum,
    disputeMs: rules.disputeMs,
  });
  u.status = indexStatus({ ...u.record, disputedMs: u.disputedMs }, { ...rules, timeMs: now });
  if (u.status === INDEX_STATUS.ok) u.notOkSinceMs = 0;
  else if (u.notOkSinceMs === 0) u.notOkSinceMs = now;
  twinVolatility(u, now);
  const range = plausibleRange(
    { ...u.record, status: u.status, ageMs: now - u.record.acceptedMs, variance: varianceOf(u) },
    rules,
  );
  u.low = range.low;
  u.high = range.high;
  const haltMs = now - before.acceptedMs;
  const isBack = before.index > 0 && u.record.acceptedMs > before.acceptedMs;
  if (!isBack || haltMs < rules.haltAfterMs) return;
  const untilMs = graceAfterHalt({ ...u, timeMs: now, haltMs, graceMaxMs: rules.graceMaxMs });
  if (untilMs > now) {
    u.graceStartedMs = now;
    u.graceUntilMs = untilMs;
  }
}

function varianceOf(u: TwinUnderlying): number {
  return u.volatility?.varianceFast ?? 0;
}

function twinVolatility(u: TwinUnderlying, now: number): void {
  if (u.record.index === 0) return;
  const step = Math.floor(now / GRID_MS);
  if (u.volatility === undefined) {
    u.volatility = seedVolatility(u.rules);
    // Before the first sample the first rate held, as far back as anyone asks.
    u.published.push({ step: 0, rate: u.volatility.rate });
    u.gridMs = now;
    u.gridIndex = u.record.index;
  } else if (u.status === INDEX_STATUS.ok && step > Math.floor(u.gridMs / GRID_MS)) {
    const k = Math.min(288, step - Math.floor(u.gridMs / GRID_MS));
    const sample = { from: u.gridIndex, to: u.record.index, k };
    u.volatility = stepVolatility(u.volatility, sample, u.rules);
    u.published.push({ step, rate: u.volatility.rate });
    u.gridMs = now;
    u.gridIndex = u.record.index;
  }
  const old = u.published.filter((entry) => entry.step <= step - 13);
  u.maintenanceRate = (old.at(-1) ?? u.published[0])?.rate ?? 0;
}
