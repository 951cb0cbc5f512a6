// Prices as evidence: what sources say becomes one index with a confidence, a status, a range in
// which the truth lies, a slow price and a volatility margin rate. Keeps true: no source holds more
// than a third of the weight, no large step is believed at once, no price is used beyond its
// evidence. Start at updateIndexes.ts (the price phase of a block), then aggregate.ts (one block's
// word), step.ts (whether it is believed) and status.ts.

export {
  type Aggregate,
  aggregateIndex,
  checkObservation,
  type Report,
  type WeightedValue,
  weightedMedian,
} from './aggregate.ts';
export {
  hasIndex,
  isAssetOk,
  isIndexOk,
  isInGrace,
} from './evidence.ts';
export { freezeAssetPrices } from './freezePrices.ts';
export { aggregateHeld, createHeldAggregate, type HeldAggregate } from './heldAggregate.ts';
export { opensWithoutEvidence, oracleViolations, type Violation } from './invariants.ts';
export { applyObservations, judgeObservation } from './observations.ts';
export { type PriceRange, plausibleRange, type RangeEvidence } from './plausible.ts';
export { stepSlowPrice } from './slowPrice.ts';
export { disputeAfter, graceAfterHalt, indexStatus, isSpared } from './status.ts';
export {
  type IndexRecord,
  type IndexStep,
  isSmallStep,
  type StepRule,
  stepIndex,
} from './step.ts';
export { okTimeSince, updateIndexes } from './updateIndexes.ts';
export {
  decayOver,
  GRID_MS,
  GRID_STEPS_MAX,
  gridSteps,
  limitRate,
  type RateTarget,
  rateForNewRisk,
  rateTarget,
  seedVolatility,
  stepVariance,
  stepVolatility,
  type VolatilityRecord,
  type VolatilityRule,
} from './volatility.ts';
