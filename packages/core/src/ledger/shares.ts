import { mulDivDown } from '../math/index.ts';
import { least } from './amounts.ts';

// Shares of a pool that takes deposits, income and losses (rule F14). Spec: ledger 6.

/** Shares and amount that every pool counts as if they were there, against a dear first share. */
export const virtualShares = 1000n;
export const virtualAmount = 1n;

const epochPriceFloor = 1_000_000_000n;

/** Shares that depositing `amount` into a pool of `poolAmount` gives: ⌊x·(S + 1000)/(A + 1)⌋. */
export function sharesForDeposit(amount: bigint, poolAmount: bigint, poolShares: bigint): bigint {
  return mulDivDown(amount, poolShares + virtualShares, poolAmount + virtualAmount);
}

/** What `shares` of a pool are worth: ⌊s·A/S⌋; 0 in a pool without shares. */
export function amountForShares(shares: bigint, poolAmount: bigint, poolShares: bigint): bigint {
  if (poolShares === 0n) return 0n;
  return mulDivDown(shares, poolAmount, poolShares);
}

/**
 * True when losses took so much that the epoch ends (A·1e9 < S): its shares are void, S starts
 * again at 0 and what is left of A belongs to the new epoch.
 */
export function isEpochOver(poolAmount: bigint, poolShares: bigint): boolean {
  return poolAmount * epochPriceFloor < poolShares;
}

/** What a claim after cooldown pays: the lower of the value at the request and the value now. */
export function claimPayment(valueAtRequest: bigint, valueAtClaim: bigint): bigint {
  return least(valueAtRequest, valueAtClaim);
}

/** How much of an income has entered a pool after `elapsedMs` of `durationMs`: linear, down. */
export function streamedIncome(income: bigint, elapsedMs: bigint, durationMs: bigint): bigint {
  if (elapsedMs >= durationMs) return income;
  return mulDivDown(income, elapsedMs, durationMs);
}

export interface IncomeInput {
  readonly income: bigint;
  readonly juniorAmount: bigint;
  readonly seniorAmount: bigint;
  /** How much more a unit of the junior pool earns than one of the senior pool (2e6: twice). */
  readonly juniorWeightPpm: bigint;
}

/** What each tranche gets of a payment. */
export interface TrancheParts {
  readonly junior: bigint;
  readonly senior: bigint;
}

/** Income of a market: junior ⌊I·ω·A_j/(ω·A_j + A_s)⌋, the rest senior. */
export function splitIncome(input: IncomeInput): TrancheParts {
  const { income, juniorAmount, seniorAmount, juniorWeightPpm } = input;
  const weight = juniorWeightPpm * juniorAmount;
  const weightSum = weight + 1_000_000n * seniorAmount;
  const junior = weightSum === 0n ? 0n : mulDivDown(income, weight, weightSum);
  return { junior, senior: income - junior };
}

/** A pool's means against a loss: what it holds, and what is left of its 24 h cap. */
export interface Tranche {
  readonly amount: bigint;
  readonly capLeft: bigint;
}

export interface TrancheLoss extends TrancheParts {
  readonly unpaid: bigint;
}

/** A loss falls on the junior pool, then on the senior one, each within its cap. */
export function absorbLoss(loss: bigint, junior: Tranche, senior: Tranche): TrancheLoss {
  const fromJunior = least(loss, least(junior.amount, junior.capLeft));
  const fromSenior = least(loss - fromJunior, least(senior.amount, senior.capLeft));
  return { junior: fromJunior, senior: fromSenior, unpaid: loss - fromJunior - fromSenior };
}
