import { assert, mulDivDown, mulDivUp } from '../math/index.ts';
import { least, positive } from './amounts.ts';
import { sharesForDeposit, virtualAmount, virtualShares } from './shares.ts';

// One lending market per asset: debts and claims are shares of two totals, so that interest and
// losses reach everyone by changing a total. Spec: ledger 4.

/** Debt shares that one unit of the asset makes in a market without debts. */
const sharesPerUnit = 1000n;

/** What a borrower owes: ⌈shares × borrowed ÷ all shares⌉; 0 when nothing is owed in all. */
export function debtOf(shares: bigint, borrowed: bigint, borrowedShares: bigint): bigint {
  if (shares === 0n || borrowed === 0n) return 0n;
  assert(shares <= borrowedShares, 'a borrower holds a part of the shares', { shares });
  return mulDivUp(shares, borrowed, borrowedShares);
}

/**
 * The shares that borrowing `amount` costs, up. Without debts the market starts at 1000 a unit;
 * shares that rounding left behind then stay in and weigh less than one unit. Spec: ledger 4.2.
 */
export function sharesToBorrow(amount: bigint, borrowed: bigint, borrowedShares: bigint): bigint {
  if (borrowed === 0n) return amount * sharesPerUnit;
  assert(borrowedShares > 0n, 'debts have shares', { borrowed });
  return mulDivUp(amount, borrowedShares, borrowed);
}

export interface RepaymentInput {
  /** What the borrower offers; anything above the debt is left with it. */
  readonly amount: bigint;
  /** The borrower's shares. */
  readonly shares: bigint;
  readonly borrowed: bigint;
  readonly borrowedShares: bigint;
}

/** What leaves an account (or a total) and the shares that go with it. */
export interface SharePayment {
  readonly paid: bigint;
  readonly burned: bigint;
}

/**
 * A repayment: in full it takes exactly the debt and burns all shares, in part it burns shares
 * rounded down. Borrowed falls by `paid`, the shares by `burned`. Spec: ledger 4.3.
 */
export function repayment(input: RepaymentInput): SharePayment {
  const { amount, shares, borrowed, borrowedShares } = input;
  const debt = debtOf(shares, borrowed, borrowedShares);
  if (amount >= debt) return { paid: debt, burned: shares };
  return { paid: amount, burned: mulDivDown(amount, borrowedShares, borrowed) };
}

/** What a supplier can take out: ⌊shares × (supplied + 1) ÷ (all shares + 1000)⌋. */
export function claimOf(shares: bigint, supplied: bigint, suppliedShares: bigint): bigint {
  assert(shares <= suppliedShares, 'a supplier holds a part of the shares', { shares });
  return mulDivDown(shares, supplied + virtualAmount, suppliedShares + virtualShares);
}

/** The shares that supplying `amount` gives, down. */
export function sharesToSupply(amount: bigint, supplied: bigint, suppliedShares: bigint): bigint {
  return sharesForDeposit(amount, supplied, suppliedShares);
}

export interface SupplyWithdrawalInput {
  /** What the supplier asks for; at most its claim is paid. */
  readonly amount: bigint;
  /** The supplier's shares. */
  readonly shares: bigint;
  readonly supplied: bigint;
  readonly suppliedShares: bigint;
}

export interface SupplyWithdrawal extends SharePayment {
  /** What stays in the total when the last share goes: it moves to the dust account. */
  readonly residue: bigint;
}

/**
 * A supplier redeems: in full it burns all its shares, in part it burns shares rounded up.
 * Supplied falls by `paid` + `residue`, the shares by `burned`. Spec: ledger 4.5.
 */
export function supplyWithdrawal(input: SupplyWithdrawalInput): SupplyWithdrawal {
  const { amount, shares, supplied, suppliedShares } = input;
  const claim = claimOf(shares, supplied, suppliedShares);
  const isFull = amount >= claim;
  const paid = isFull ? claim : amount;
  const burned = isFull
    ? shares
    : mulDivUp(amount, suppliedShares + virtualShares, supplied + virtualAmount);
  return { paid, burned, residue: burned === suppliedShares ? supplied - paid : 0n };
}

export interface DebtLossInput {
  /** The bankrupt borrower's shares, all of which are burned. */
  readonly shares: bigint;
  readonly borrowed: bigint;
  readonly borrowedShares: bigint;
  readonly supplied: bigint;
  /** What equity, pools and gains have paid towards it. */
  readonly covered: bigint;
}

export interface DebtLoss {
  /** Taken off borrowed. */
  readonly debt: bigint;
  /** Taken off supplied: suppliers bear it pro rata. */
  readonly fromSuppliers: bigint;
  /** What even they cannot bear. */
  readonly badDebt: bigint;
}

/** Writes off a debt that its borrower cannot pay. Spec: ledger 4.6, waterfall 5.4. */
export function debtLoss(input: DebtLossInput): DebtLoss {
  const { shares, borrowed, borrowedShares, supplied, covered } = input;
  const debt = debtOf(shares, borrowed, borrowedShares);
  const open = positive(debt - covered);
  const fromSuppliers = least(open, supplied);
  return { debt, fromSuppliers, badDebt: open - fromSuppliers };
}

/** What may still be borrowed below a utilization limit (80 % unless governed otherwise). */
export function borrowableAmount(borrowed: bigint, supplied: bigint, limitPpm: bigint): bigint {
  return positive(mulDivDown(supplied, limitPpm, 1_000_000n) - borrowed);
}
