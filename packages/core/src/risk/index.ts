// Margin: what every account must hold, and the one gate that lets no action break it. Keeps true:
// no action leaves an account it touched short unless it strictly reduces that account's risk (I4);
// an untouched account's health does not change; kernel and reference agree bit for bit. Start at
// explain.ts (every part by name), then kernel.ts and gate.ts; the formulas stand in formulas/.
export {
  type BalancePart,
  type Explanation,
  explain,
  type GainPart,
  initialTiers,
  maintenanceTiers,
  type PositionPart,
} from './explain.ts';
export { countedGain, countedLoss, type GainRule, unrealizedAt } from './formulas/gains.ts';
export {
  liabilityWeight,
  unitsPerWhole,
  weightByDeposits,
  weightBySize,
  weightOf,
} from './formulas/haircut.ts';
export {
  type InitialRates,
  initialMargin,
  maintenanceMargin,
  marginalMaintenance,
  openInterestScale,
  type Tier,
  type TierDeductions,
  type TierTable,
  tierDeductions,
  tierMargin,
  tierTable,
} from './formulas/requirement.ts';
export {
  askLoss,
  bidLoss,
  type OpenLots,
  orderFee,
  type ReservedOrder,
  type ReserveParts,
  reserveOf,
  worstLots,
} from './formulas/reserve.ts';
export { type UnwindRule, unwindCost } from './formulas/unwind.ts';
export { gate, gateAccount } from './gate.ts';
export {
  type Growing,
  type GrowthReading,
  type GrowthTest,
  growthTest,
  maximumOrder,
  type OrderQuestion,
  openInterestScaling,
} from './growth.ts';
export { healthErrors, twinErrors } from './invariants.ts';
export {
  equity,
  freeMargin,
  health,
  measure,
  measureMaintenance,
  RISK,
  RISK_LENGTH,
} from './kernel.ts';
export {
  type HealthReading,
  healthAt,
  isLiquidatable,
  liquidationVerdict,
  VERDICT,
} from './liquidatable.ts';
export {
  type LiquidationInputs,
  liquidationPrice,
  liquidationPriceOf,
} from './liquidationPrice.ts';
export { type Figures, figuresInto, figuresOf, type Parts } from './reference.ts';
export { createScan, type Scan, scan, scanPlainly } from './scan.ts';
export {
  advanceScreen,
  arm,
  disarmTouched,
  nominate,
  raiseFloors,
  rearm,
} from './screen.ts';
export { freezeShareValues } from './shareValues.ts';
export { touchedAccounts } from './touched.ts';
export {
  isExempt,
  maximumWithdrawal,
  type WithdrawalTest,
  withdrawalRefusal,
  withdrawalTest,
} from './withdrawal.ts';
