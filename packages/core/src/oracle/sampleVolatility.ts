import { INDEX_STATUS, RATE_RING, underlyingParameters } from '../schema/index.ts';
import { type State, timeMs, underlyingParameter } from '../state/index.ts';
import {
  GRID_MS,
  gridSteps,
  seedVolatility,
  stepVolatility,
  type VolatilityRecord,
  type VolatilityRule,
} from './volatility.ts';

/**
 * How many grid steps lie between a rate and its use for maintenance: a rate of 13 steps ago was
 * published at least 60 and at most 70 minutes ago, wherever in its step it came.
 */
const NOTICE_STEPS = 13;

/**
 * Takes the sample of the present grid step if the index is ok and it has none yet, and freezes the
 * margin rate of an hour ago. Spec: oracle 7, 9.4.
 */
export function sampleVolatility(state: State, underlying: number): void {
  const { underlyings } = state;
  const now = timeMs(state);
  if (underlyings.gridIndex.get(underlying) === 0) {
    // The first index, ok or not: a range needs a volatility from the first block on.
    const seed = seedVolatility(readRule(state, underlying));
    publish(state, underlying, { record: seed, k: RATE_RING, before: seed.rate });
  } else if (underlyings.status.get(underlying) === INDEX_STATUS.ok) {
    const k = gridSteps(underlyings.gridMs.get(underlying), now);
    if (k > 0) takeSample(state, underlying, k);
  }
  const rate = rateBefore(state, underlying, Math.floor(now / GRID_MS) - NOTICE_STEPS);
  underlyings.maintenanceRate.set(underlying, rate);
}

function takeSample(state: State, underlying: number, k: number): void {
  const { underlyings } = state;
  const record = stepVolatility(
    {
      varianceFast: underlyings.varianceFast.get(underlying),
      varianceSlow: underlyings.varianceSlow.get(underlying),
      rate: underlyings.rate.get(underlying),
      target: underlyings.target.get(underlying),
    },
    { from: underlyings.gridIndex.get(underlying), to: underlyings.index.get(underlying), k },
    readRule(state, underlying),
  );
  publish(state, underlying, { record, k, before: underlyings.rate.get(underlying) });
}

/** Writes a record; in the `k − 1` steps without a sample the rate before stayed in force. */
function publish(
  state: State,
  underlying: number,
  news: { readonly record: VolatilityRecord; readonly k: number; readonly before: number },
): void {
  const { underlyings } = state;
  const { record, k, before } = news;
  let slot = underlyings.rateSlot.get(underlying);
  for (let step = Math.min(k, RATE_RING); step > 0; step--) {
    slot = (slot + 1) % RATE_RING;
    underlyings.rateRing.set(underlying * RATE_RING + slot, step === 1 ? record.rate : before);
  }
  underlyings.rateSlot.set(underlying, slot);
  underlyings.varianceFast.set(underlying, record.varianceFast);
  underlyings.varianceSlow.set(underlying, record.varianceSlow);
  underlyings.rate.set(underlying, record.rate);
  underlyings.target.set(underlying, record.target);
  underlyings.gridMs.set(underlying, timeMs(state));
  underlyings.gridIndex.set(underlying, underlyings.index.get(underlying));
}

/** The rate in force at the end of a grid step, in the past as far as the ring goes. */
function rateBefore(state: State, underlying: number, gridStep: number): number {
  const { underlyings } = state;
  const newest = Math.floor(underlyings.gridMs.get(underlying) / GRID_MS);
  const back = Math.min(Math.max(0, newest - gridStep), RATE_RING - 1);
  const slot = (underlyings.rateSlot.get(underlying) + RATE_RING - back) % RATE_RING;
  return underlyings.rateRing.get(underlying * RATE_RING + slot);
}

function readRule(state: State, underlying: number): VolatilityRule {
  const read = (parameter: (typeof underlyingParameters)[keyof VolatilityRule]): number =>
    underlyingParameter(state, underlying, parameter);
  return {
    sigmaPriorPpm: read(underlyingParameters.sigmaPriorPpm),
    lambdaFastPpm: read(underlyingParameters.lambdaFastPpm),
    lambdaSlowPpm: read(underlyingParameters.lambdaSlowPpm),
    zMilli: read(underlyingParameters.zMilli),
    horizonSteps: read(underlyingParameters.horizonSteps),
    stressPpm: read(underlyingParameters.stressPpm),
    stressWeightPpm: read(underlyingParameters.stressWeightPpm),
    fullRatioMilli: read(underlyingParameters.fullRatioMilli),
    rateFloorPpm: read(underlyingParameters.rateFloorPpm),
    rateUpPpmPerDay: read(underlyingParameters.rateUpPpmPerDay),
    rateDownPpmPerDay: read(underlyingParameters.rateDownPpmPerDay),
  };
}
