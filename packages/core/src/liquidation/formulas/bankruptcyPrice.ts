import { amountOf, assert, divDown, divUp, integerOf, mulDivDown } from '../../math/index.ts';

/** +1 for a long position, −1 for a short one. */
export type Side = 1 | -1;

export interface BankruptcyLeg {
  readonly side: Side;
  /** Lots of the position, positive. */
  readonly size: number;
  /** Lots that are closed, 1 .. size. */
  readonly closedSize: number;
  readonly markPrice: number;
  /** Asset units per lot and price unit. */
  readonly multiplier: number;
  /** The account's equity at mark, down. */
  readonly equity: bigint;
  /** The leg's weight and the sum of all: `bankruptcyWeights`. */
  readonly weight: bigint;
  readonly weightSum: bigint;
}

/**
 * By what the legs of an account share its equity: maintenance margins, or notionals when no leg
 * requires any. Without a leg the equity goes straight to the losses. Spec: liquidation 4.2.
 */
export function bankruptcyWeights(
  maintenance: ArrayLike<bigint>,
  notionals: ArrayLike<bigint>,
): ArrayLike<bigint> {
  for (let i = 0; i < maintenance.length; i++) {
    if ((maintenance[i] ?? 0n) > 0n) return maintenance;
  }
  return notionals;
}

/**
 * The quote that closing the lots at the bankruptcy price brings the account, negative when it
 * pays: −ΔN − ⌊E·MM_i/MM⌋, toward +∞, in proportion to the lots (rule F10). Spec: liquidation 4.1.
 *
 * @throws InvariantError when more is closed than the position holds.
 */
export function bankruptcyQuote(leg: BankruptcyLeg): bigint {
  const { side, size, closedSize, markPrice, multiplier, equity, weight, weightSum } = leg;
  assert(closedSize >= 1 && closedSize <= size, 'a close is inside the position', {
    size,
    closedSize,
  });
  assert(weightSum > 0n && weight <= weightSum, 'a leg has a part of the equity', { weightSum });
  const perPriceUnit = amountOf(closedSize) * amountOf(multiplier);
  const notional = perPriceUnit * amountOf(markPrice);
  const equityShare = mulDivDown(equity, weight * amountOf(closedSize), weightSum * amountOf(size));
  return amountOf(side) * notional - equityShare;
}

/**
 * The bankruptcy price in price units: the worst price at which the account can still be closed
 * without falling below zero. A long one is rounded up, a short one down. Spec: liquidation 4.3.
 */
export function bankruptcyPrice(leg: BankruptcyLeg): number {
  const quote = bankruptcyQuote(leg);
  const perPriceUnit = amountOf(leg.closedSize) * amountOf(leg.multiplier);
  return integerOf(leg.side === 1 ? divUp(quote, perPriceUnit) : divDown(-quote, perPriceUnit));
}
