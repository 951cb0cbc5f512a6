import { amountOf, divUp, integerOf, mulDivUp, mulDivUpNumber } from '../math/index.ts';

// What a lending market charges and how it accrues. Spec: ledger 5.

const PPM = 1_000_000;
/** Parts of an asset unit in which interest is carried: 1e6 ppm × the milliseconds of 365 days. */
const PARTS_PER_UNIT = 31_536_000_000_000_000n;

/** Rates per year over utilization: straight from zero to the kink, straight from there to full. */
export interface RateCurve {
  /** Utilization at the kink, 1 .. 1,000,000 ppm. */
  readonly kinkPpm: number;
  readonly ratePpmAtZero: number;
  readonly ratePpmAtKink: number;
  readonly ratePpmAtFull: number;
}

/** True when the curve can be listed: a kink inside the range, rates that never fall. */
export function isRateCurve(curve: RateCurve): boolean {
  const { kinkPpm, ratePpmAtZero, ratePpmAtKink, ratePpmAtFull } = curve;
  if (![kinkPpm, ratePpmAtZero, ratePpmAtKink, ratePpmAtFull].every(Number.isSafeInteger)) {
    return false;
  }
  return (
    kinkPpm >= 1 &&
    kinkPpm <= PPM &&
    ratePpmAtZero >= 0 &&
    ratePpmAtKink >= ratePpmAtZero &&
    ratePpmAtFull >= ratePpmAtKink
  );
}

/** Borrowed ÷ supplied in ppm, up, at most 1,000,000; nothing borrowed is 0. Spec: ledger 5.1. */
export function utilizationPpm(borrowed: bigint, supplied: bigint): number {
  if (borrowed <= 0n) return 0;
  if (borrowed >= supplied) return PPM;
  return integerOf(mulDivUp(borrowed, amountOf(PPM), supplied));
}

/** The borrowing rate in ppm per year at a utilization in ppm, up. Spec: ledger 5.2. */
export function borrowRatePpm(curve: RateCurve, utilization: number): number {
  const { kinkPpm, ratePpmAtZero, ratePpmAtKink, ratePpmAtFull } = curve;
  if (utilization <= kinkPpm) {
    return ratePpmAtZero + mulDivUpNumber(ratePpmAtKink - ratePpmAtZero, utilization, kinkPpm);
  }
  const steep = ratePpmAtFull - ratePpmAtKink;
  return ratePpmAtKink + mulDivUpNumber(steep, utilization - kinkPpm, PPM - kinkPpm);
}

export interface AccrualInput {
  readonly borrowed: bigint;
  readonly ratePpm: number;
  /** Block time since the last accrual. */
  readonly dtMs: number;
  /** What rounding up charged ahead so far, in parts of a unit. */
  readonly prepaid: bigint;
  /** The part of the interest that goes to fees. */
  readonly reservePpm: number;
}

export interface Accrual {
  /** Added to the borrowed total. */
  readonly interest: bigint;
  /** Added to the supplied total, rounded down. */
  readonly toSuppliers: bigint;
  /** Added to the fee account: the rest. */
  readonly toFees: bigint;
  readonly prepaid: bigint;
}

/**
 * Interest on a borrowed total over `dtMs`, simple within the step and compounding from step to
 * step. Rounded up against the borrowers, and what that charges ahead is taken off the next step,
 * so that short blocks cost no more than long ones. Spec: ledger 5.3.
 */
export function accrueInterest(input: AccrualInput): Accrual {
  const { borrowed, ratePpm, dtMs, prepaid, reservePpm } = input;
  const owed = borrowed * amountOf(ratePpm) * amountOf(dtMs) - prepaid;
  const interest = divUp(owed, PARTS_PER_UNIT);
  const toFees = mulDivUp(interest, amountOf(reservePpm), amountOf(PPM));
  return {
    interest,
    toSuppliers: interest - toFees,
    toFees,
    prepaid: interest * PARTS_PER_UNIT - owed,
  };
}
