import { INDEX_STATUS, underlyingParameters } from '../schema/index.ts';
import { type State, timeMs, underlyingParameter } from '../state/index.ts';
import { freezeAssetPrices } from './freezePrices.ts';
import { aggregateHeld, createHeldAggregate, type HeldAggregate } from './heldAggregate.ts';
import { plausibleRange } from './plausible.ts';
import { sampleVolatility } from './sampleVolatility.ts';
import { stepSlowPrice } from './slowPrice.ts';
import { disputeAfter, graceAfterHalt, indexStatus } from './status.ts';
import { isSmallStep, stepIndex } from './step.ts';

const STATUS_NAMES = ['none', 'ok', 'degraded', 'stale', 'halted'] as const;

/**
 * The price phase of all underlyings, after the observations of the block: index, status, range,
 * slow price, volatility and grace, then the frozen prices of the assets. A block that brought an
 * underlying no observation only lets its evidence age. Spec: oracle 9.
 */
export function updateIndexes(state: State): void {
  let held: HeldAggregate | undefined;
  const count = state.machine.underlyingCount.get(0);
  for (let underlying = 1; underlying <= count; underlying++) {
    const isAsked = isAggregateAsked(state, underlying);
    if (isAsked) {
      held ??= createHeldAggregate();
      aggregateHeld(state, underlying, held);
    }
    updateIndex(state, underlying, isAsked ? held : undefined);
  }
  freezeAssetPrices(state);
}

/**
 * Of the time since `fromMs`, how much the index was ok: from the last block on for as long as its
 * evidence had lasted, and none if it was not ok then. To be asked before the price phase of the
 * block. Spec: oracle 9.3.
 */
export function okTimeSince(state: State, underlying: number, fromMs: number): number {
  const { underlyings } = state;
  if (underlyings.status.get(underlying) !== INDEX_STATUS.ok) return 0;
  const staleAfterMs = underlyingParameter(state, underlying, underlyingParameters.staleAfterMs);
  const untilMs = Math.min(timeMs(state), underlyings.acceptedMs.get(underlying) + staleAfterMs);
  return Math.max(0, untilMs - fromMs);
}

/** A block asks the sources if one of them spoke, or if a guard has to be measured against them. */
function isAggregateAsked(state: State, underlying: number): boolean {
  const { isObserved, disputedMs } = state.underlyings;
  return isObserved.get(underlying) === 1 || disputedMs.get(underlying) > 0;
}

// The order is that of the spec: what is believed, then how good it is, then what follows from it.
function updateIndex(state: State, underlying: number, held: HeldAggregate | undefined): void {
  const { underlyings } = state;
  const now = timeMs(state);
  const indexBefore = underlyings.index.get(underlying);
  const acceptedBeforeMs = underlyings.acceptedMs.get(underlying);
  moveSlowPrice(state, underlying);
  if (held !== undefined) {
    const isObserved = underlyings.isObserved.get(underlying) === 1;
    if (isObserved && held.hasQuorum) takeAggregate(state, underlying, held);
    ageDispute(state, underlying, held.hasQuorum);
    underlyings.isObserved.set(underlying, 0);
  }
  const statusBefore = underlyings.status.get(underlying);
  const status = updateStatus(state, underlying);
  if (status === INDEX_STATUS.none) return;
  sampleVolatility(state, underlying);
  freezeRange(state, underlying);
  const index = underlyings.index.get(underlying);
  if (index !== indexBefore || status !== statusBefore) {
    state.events.push({
      kind: 'indexUpdated',
      underlying,
      price: index,
      confidence: underlyings.confidence.get(underlying),
      status: statusName(status),
    });
  }
  if (status !== statusBefore) {
    const from = statusName(statusBefore);
    state.events.push({ kind: 'statusChanged', underlying, from, to: statusName(status) });
  }
  const isAccepted = underlyings.acceptedMs.get(underlying) !== acceptedBeforeMs;
  if (isAccepted && indexBefore > 0) startGrace(state, underlying, now - acceptedBeforeMs);
}

/** The slow price follows the index that was in force since the last block. Spec: oracle 9.3. */
function moveSlowPrice(state: State, underlying: number): void {
  const { underlyings } = state;
  const index = underlyings.index.get(underlying);
  if (index === 0) return;
  const dtMs = okTimeSince(state, underlying, underlyings.slowMs.get(underlying));
  if (dtMs > 0) {
    const slow = stepSlowPrice(underlyings.slowPrice.get(underlying), {
      index,
      dtMs,
      tauMs: underlyingParameter(state, underlying, underlyingParameters.slowTauMs),
      growthPpmPerHour: underlyingParameter(
        state,
        underlying,
        underlyingParameters.slowStepPpmPerHour,
      ),
    });
    underlyings.slowPrice.set(underlying, slow);
  }
  underlyings.slowMs.set(underlying, timeMs(state));
}

/** Accepts the aggregate, lets it wait, or ignores it (rule F6). Spec: oracle 3. */
function takeAggregate(state: State, underlying: number, held: HeldAggregate): void {
  const { underlyings } = state;
  const now = timeMs(state);
  const stepPpm = underlyingParameter(state, underlying, underlyingParameters.stepPpm);
  const staleAfterMs = underlyingParameter(state, underlying, underlyingParameters.staleAfterMs);
  const index = underlyings.index.get(underlying);
  const acceptedMs = underlyings.acceptedMs.get(underlying);
  const dtMs = now - acceptedMs;
  // Nearly every aggregate is a small step while nothing waits: no record is made for it.
  if (
    index > 0 &&
    dtMs < staleAfterMs &&
    underlyings.pendingCounter.get(underlying) === 0 &&
    isSmallStep(index, { to: held.index, dtMs, stepPpm })
  ) {
    underlyings.index.set(underlying, held.index);
    underlyings.confidence.set(underlying, held.confidence);
    underlyings.acceptedMs.set(underlying, now);
    return;
  }
  const { record } = stepIndex(
    {
      index,
      acceptedMs,
      confidence: underlyings.confidence.get(underlying),
      pendingPrice: underlyings.pendingPrice.get(underlying),
      pendingReference: underlyings.pendingReference.get(underlying),
      pendingCounter: underlyings.pendingCounter.get(underlying),
      pendingSinceMs: underlyings.pendingSinceMs.get(underlying),
    },
    held,
    {
      timeMs: now,
      stepPpm,
      staleAfterMs,
      pendingCount: underlyingParameter(state, underlying, underlyingParameters.pendingCount),
    },
  );
  underlyings.index.set(underlying, record.index);
  underlyings.confidence.set(underlying, record.confidence);
  underlyings.acceptedMs.set(underlying, record.acceptedMs);
  underlyings.pendingPrice.set(underlying, record.pendingPrice);
  underlyings.pendingReference.set(underlying, record.pendingReference);
  underlyings.pendingCounter.set(underlying, record.pendingCounter);
  underlyings.pendingSinceMs.set(underlying, record.pendingSinceMs);
  if (index === 0 && record.index > 0) {
    underlyings.slowPrice.set(underlying, record.index);
    underlyings.slowMs.set(underlying, now);
  }
}

function ageDispute(state: State, underlying: number, hasQuorum: boolean): void {
  const { disputedMs } = state.underlyings;
  const until = disputeAfter(disputedMs.get(underlying), {
    timeMs: timeMs(state),
    hasQuorum,
    disputeMs: underlyingParameter(state, underlying, underlyingParameters.disputeMs),
  });
  disputedMs.set(underlying, until);
}

/** Freezes the status and since when it is not ok; returns it. Spec: oracle 4.1. */
function updateStatus(state: State, underlying: number): number {
  const { underlyings } = state;
  const now = timeMs(state);
  const status = indexStatus(
    {
      index: underlyings.index.get(underlying),
      acceptedMs: underlyings.acceptedMs.get(underlying),
      pendingCounter: underlyings.pendingCounter.get(underlying),
      disputedMs: underlyings.disputedMs.get(underlying),
    },
    {
      timeMs: now,
      staleAfterMs: underlyingParameter(state, underlying, underlyingParameters.staleAfterMs),
      haltAfterMs: underlyingParameter(state, underlying, underlyingParameters.haltAfterMs),
    },
  );
  underlyings.status.set(underlying, status);
  if (status === INDEX_STATUS.ok) underlyings.notOkSinceMs.set(underlying, 0);
  else if (underlyings.notOkSinceMs.get(underlying) === 0) {
    underlyings.notOkSinceMs.set(underlying, now);
  }
  return status;
}

function freezeRange(state: State, underlying: number): void {
  const { underlyings } = state;
  const status = underlyings.status.get(underlying);
  const index = underlyings.index.get(underlying);
  if (status === INDEX_STATUS.ok) {
    underlyings.plausibleLow.set(underlying, index);
    underlyings.plausibleHigh.set(underlying, index);
    return;
  }
  const { low, high } = plausibleRange(
    {
      status,
      index,
      confidence: underlyings.confidence.get(underlying),
      pendingPrice: underlyings.pendingPrice.get(underlying),
      ageMs: timeMs(state) - underlyings.acceptedMs.get(underlying),
      variance: underlyings.varianceFast.get(underlying),
    },
    {
      zMilli: underlyingParameter(state, underlying, underlyingParameters.zMilli),
      plausibleMaxPpm: underlyingParameter(state, underlying, underlyingParameters.plausibleMaxPpm),
    },
  );
  underlyings.plausibleLow.set(underlying, low);
  underlyings.plausibleHigh.set(underlying, high);
}

/** Called when an index is accepted `silenceMs` after the one before. Spec: oracle 4.4, 9.5. */
function startGrace(state: State, underlying: number, silenceMs: number): void {
  const haltAfterMs = underlyingParameter(state, underlying, underlyingParameters.haltAfterMs);
  if (silenceMs < haltAfterMs) return;
  const { underlyings } = state;
  const now = timeMs(state);
  const untilMs = graceAfterHalt({
    timeMs: now,
    haltMs: silenceMs,
    graceStartedMs: underlyings.graceStartedMs.get(underlying),
    graceMaxMs: underlyingParameter(state, underlying, underlyingParameters.graceMaxMs),
  });
  if (untilMs <= now) return;
  underlyings.graceStartedMs.set(underlying, now);
  underlyings.graceUntilMs.set(underlying, untilMs);
  state.events.push({ kind: 'graceStarted', underlying, untilMs });
}

function statusName(status: number): (typeof STATUS_NAMES)[number] {
  return STATUS_NAMES[status] ?? 'none';
}
