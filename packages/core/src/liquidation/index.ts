// Liquidation: what an account below maintenance has to give up, in which order and at what prices.
// Keeps true: a step takes the least that restores health, never trades below a price that would
// lower the health of a solvent account, and charges no more than is left (I5).
// Start at closeOutSize.ts, then limitPrice.ts.

export {
  type BankruptcyLeg,
  bankruptcyPrice,
  bankruptcyQuote,
  bankruptcyWeights,
  type Side,
} from './bankruptcyPrice.ts';
export {
  type BoundedSizeInput,
  boundedSize,
  type ClosedFormInput,
  type CloseOutLeg,
  closedFormSize,
  closeOutOrder,
  type EpsilonInput,
  leastSize,
  restoredPpm,
} from './closeOutSize.ts';
export {
  bankruptcyAdjustment,
  distressPrice,
  type InsolventSizeInput,
  insolventLimitPrice,
  insolventSizeMax,
  type LimitAccount,
  type LimitLeg,
  limitPrice,
  neutralPrice,
} from './limitPrice.ts';
export {
  type InsuranceDeltaInput,
  insuranceDelta,
  type PenaltyInput,
  penalty,
} from './penalty.ts';
