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

/** What a loan adds to the shares and to what all borrowers owe. */
export interface Borrowing {
  readonly shares: bigint;
  /** At least the amount; what is above it is dust. */
  readonly debt: bigint;
}

/**
 * A loan of `amount`: the shares that it costs, up, and what they owe, up, so that a debt share
 * never gets cheaper. Without debts the market starts at 1000 a unit. Spec: ledger 4.2, 4.9.
 */
export function borrowing(amount: bigint, borrowed: bigint, borrowedShares: bigint): Borrowing {
  assert(borrowed > 0n === borrowedShares > 0n, 'debts have shares', { borrowed });
  if (borrowed === 0n) return { shares: amount * sharesPerUnit, debt: amount };
  const shares = mulDivUp(amount, borrowedShares, borrowed);
  return { shares, debt: mulDivUp(shares, borrowed, borrowedShares) };
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

export interface Repayment extends SharePayment {
  /** What leaves the borrowed total; `paid` − `settled` is dust. */
  readonly settled: bigint;
}

/**
 * A repayment: in full it takes exactly the debt and burns all shares, in part it burns shares
 * rounded down. Borrowed falls by what the burned shares are worth, down, so that a debt share
 * never gets cheaper for those who stay. Spec: ledger 4.3, 4.9.
 */
export function repayment(input: RepaymentInput): Repayment {
  const { amount, shares, borrowed, borrowedShares } = input;
  const debt = debtOf(shares, borrowed, borrowedShares);
  if (debt === 0n) return { paid: 0n, burned: shares, settled: 0n };
  const isFull = amount >= debt;
  const burned = isFull ? shares : mulDivDown(amount, borrowedShares, borrowed);
  const settled = mulDivDown(burned, borrowed, borrowedShares);
  return { paid: isFull ? debt : amount, burned, settled };
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

/**
 * A supplier redeems: in full it burns all its shares, in part it burns shares rounded up. Supplied
 * falls by `paid`, the shares by `burned`; what the virtual shares hold stays when the last share
 * goes, so that a supply share never gets cheaper by it. Spec: ledger 4.5, 4.9.
 */
export function supplyWithdrawal(input: SupplyWithdrawalInput): SharePayment {
  const { amount, shares, supplied, suppliedShares } = input;
  const claim = claimOf(shares, supplied, suppliedShares);
  const isFull = amount >= claim;
  const paid = isFull ? claim : amount;
  const burned = isFull
    ? shares
    : mulDivUp(amount, suppliedShares + virtualShares, supplied + virtualAmount);
  return { paid, burned };
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
  /** What is not paid; it leaves borrowed as a full repayment does. */
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
