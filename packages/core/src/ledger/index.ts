// The ledger: what every account holds and owes of each asset, and how money is split, lent and
// pooled. Keeps true: per asset nothing appears and nothing vanishes (I1); every division of money
// sums exactly. The rounding of each formula is named where it stands. Start at balances.ts, then
// debts.ts and loans.ts; the formulas stand in split.ts, loanShares.ts and shares.ts.

export { least, positive, sumOf } from './amounts.ts';
export { assetRampPpm, freezeBalanceTotals } from './assetScale.ts';
export {
  AMOUNT_MAX,
  balanceAmount,
  credit,
  ensureBalance,
  pruneBalance,
  settle,
  take,
} from './balances.ts';
export { type AssetSums, conservationGap } from './conservation.ts';
export { BUCKET_MS, bucketStart, ringCell, ringLeast, ringSum, rollRing } from './dayRing.ts';
export {
  chargeSuppliers,
  debtDouble,
  debtOf,
  forceLoan,
  suppliedDouble,
  suppliedOf,
  writeOffDebt,
} from './debts.ts';
export {
  type Accrual,
  type AccrualInput,
  borrowRatePpm,
  isRateCurve,
  type RateCurve,
  utilizationPpm,
} from './interest.ts';
export { conservationErrors } from './invariants.ts';
export {
  type Borrowing,
  borrowableAmount,
  borrowing,
  claimOf,
  type DebtLoss,
  type DebtLossInput,
  debtLoss,
  type Repayment,
  type RepaymentInput,
  repayment,
  type SharePayment,
  type SupplyWithdrawalInput,
  sharesToSupply,
  supplyWithdrawal,
} from './loanShares.ts';
export { accrueInterest, borrow, redeem, repay, supply } from './loans.ts';
export { bookDust, bookFee, bookPenalty, drawFund, drawPool, fundPool } from './pools.ts';
export {
  absorbLoss,
  amountForShares,
  claimPayment,
  type IncomeInput,
  isEpochOver,
  sharesForDeposit,
  splitIncome,
  streamedIncome,
  type Tranche,
  type TrancheLoss,
  type TrancheParts,
} from './shares.ts';
export { cutAt, split, splitCapped, splitSizes } from './split.ts';
export { transfer } from './transfer.ts';
