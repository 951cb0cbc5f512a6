// Liquidation: what an account below maintenance has to give up, in which order and at what prices.
// Keeps true: a step takes the least that restores health, never trades below a price that would
// lower the health of a solvent account, and charges no more than is left (I5). Start at
// runLiquidations.ts, then closeOut.ts; the formulas stand in closeOutSize.ts and limitPrice.ts.

export { type Holding, valueDown, valueUp } from './assetValue.ts';
export {
  type BankruptcyLeg,
  bankruptcyPrice,
  bankruptcyQuote,
  bankruptcyWeights,
  type Side,
} from './formulas/bankruptcyPrice.ts';
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
} from './formulas/closeOutSize.ts';
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
} from './formulas/limitPrice.ts';
export {
  type InsuranceDeltaInput,
  insuranceDelta,
  type PenaltyInput,
  penalty,
} from './formulas/penalty.ts';
export {
  buyableAmount,
  handToFund,
  netLoan,
  otherAssets,
  recallSupply,
  repayFromFund,
  sellToFund,
} from './fundTrade.ts';
export { fundAvailable, poolAvailable } from './insurance.ts';
export { liquidationErrors } from './invariants.ts';
export { runLiquidations } from './runLiquidations.ts';
export {
  endLiquidation,
  hasDebt,
  hasPosition,
  type LiquidationOutcome,
  setStage,
  startLiquidation,
  type WaitReason,
  waitFor,
} from './stage.ts';
