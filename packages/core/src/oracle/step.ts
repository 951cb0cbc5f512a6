/** The index of an underlying and what waits to replace it. Prices in price units. */
export interface IndexRecord {
  /** Last accepted index; 0: never. */
  readonly index: number;
  /** Confidence of the newest aggregate, accepted or pending. */
  readonly confidence: number;
  /** Block time of the last acceptance; 0: never. */
  readonly acceptedMs: number;
  /** The newest aggregate that waits, its reference and its count; 0 without. */
  readonly pendingPrice: number;
  readonly pendingReference: number;
  readonly pendingCounter: number;
  /** Block time of the last count: observations after it are newer. */
  readonly pendingSinceMs: number;
}

/** What one aggregate did to the record. */
export interface IndexStep {
  readonly record: IndexRecord;
  readonly outcome: 'accepted' | 'pending' | 'ignored';
}

/** The parameters of the step at one block. */
export interface StepRule {
  readonly timeMs: number;
  /** β₀: the step accepted at once, per √second. */
  readonly stepPpm: number;
  /** K: how many agreeing aggregates make a larger step true. */
  readonly pendingCount: number;
  /** After so long without an acceptance only observations newer than it count. */
  readonly staleAfterMs: number;
}

/**
 * Takes one aggregate with quorum (rule F6). A small step is accepted at once. A large one, and
 * the first price of an underlying, waits until K aggregates of newer evidence agree. Spec: oracle
 * 3.
 */
export function stepIndex(
  record: IndexRecord,
  aggregate: { readonly index: number; readonly confidence: number; readonly oldestMs: number },
  rule: StepRule,
): IndexStep {
  const dtMs = rule.timeMs - record.acceptedMs;
  const isFirst = record.index === 0;
  if (!isFirst && dtMs >= rule.staleAfterMs && aggregate.oldestMs <= record.acceptedMs) {
    return { record, outcome: 'ignored' };
  }
  if (!isFirst && isSmallStep(record.index, { to: aggregate.index, dtMs, stepPpm: rule.stepPpm })) {
    return accept(aggregate, rule.timeMs);
  }
  const isAgreeing =
    record.pendingCounter > 0 &&
    isSmallStep(record.pendingReference, { to: aggregate.index, dtMs: 0, stepPpm: rule.stepPpm });
  if (isAgreeing && aggregate.oldestMs <= record.pendingSinceMs) {
    // Some source has not spoken since the last count: neither new evidence nor a contradiction.
    const { index: pendingPrice, confidence } = aggregate;
    return { record: { ...record, confidence, pendingPrice }, outcome: 'pending' };
  }
  const pendingCounter = isAgreeing ? record.pendingCounter + 1 : 1;
  if (pendingCounter >= rule.pendingCount) return accept(aggregate, rule.timeMs);
  return {
    record: {
      index: record.index,
      confidence: aggregate.confidence,
      acceptedMs: record.acceptedMs,
      pendingPrice: aggregate.index,
      pendingReference: isAgreeing ? record.pendingReference : aggregate.index,
      pendingCounter,
      pendingSinceMs: rule.timeMs,
    },
    outcome: 'pending',
  };
}

/** |to − from| ≤ β₀·√(max(1, dt/1 s))·from. */
export function isSmallStep(
  from: number,
  step: { readonly to: number; readonly dtMs: number; readonly stepPpm: number },
): boolean {
  const width = (step.stepPpm / 1e6) * Math.sqrt(Math.max(1, step.dtMs / 1000)) * from;
  return Math.abs(step.to - from) <= width;
}

function accept(
  aggregate: { readonly index: number; readonly confidence: number },
  timeMs: number,
): IndexStep {
  return {
    record: {
      index: aggregate.index,
      confidence: aggregate.confidence,
      acceptedMs: timeMs,
      pendingPrice: 0,
      pendingReference: 0,
      pendingCounter: 0,
      pendingSinceMs: 0,
    },
    outcome: 'accepted',
  };
}
