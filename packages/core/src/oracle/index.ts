// Prices as evidence: what sources say becomes one index with a confidence, a status, a range in
// which the truth lies, a slow price and a volatility margin rate. Keeps true: no source holds more
// than a third of the weight, no large step is believed at once, no price is used beyond its
// evidence. Start at aggregate.ts (one block's word), then step.ts (whether it is believed) and
// status.ts.

export {
  type Aggregate,
  aggregateIndex,
  areWeightsLawful,
  checkObservation,
  type Report,
  type WeightedValue,
  weightedMedian,
} from './aggregate.ts';
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
