import { least, positive } from '../../ledger/index.ts';
import { amountOf, mulDivUp } from '../../math/index.ts';

const PPM = 1_000_000n;

export interface PenaltyInput {
  readonly feePpm: number;
  /** Quote of the fill, positive. */
  readonly quote: bigint;
  /** The account's equity after the fill and before the penalty, down. */
  readonly equityAfter: bigint;
}

/** min(⌈φ·Q⌉, max(0, E after)): never more than is left (rule F9). Spec: liquidation 3.6. */
export function penalty(input: PenaltyInput): bigint {
  const { feePpm, quote, equityAfter } = input;
  return least(mulDivUp(quote, amountOf(feePpm), PPM), positive(equityAfter));
}

export interface InsuranceDeltaInput {
  readonly feePpm: number;
  /** What the fill brings the account: positive for a sale, negative for a purchase. */
  readonly fillQuote: bigint;
  /** `bankruptcyQuote` of the same lots. */
  readonly bankruptcyQuote: bigint;
}

/**
 * What insurance gets from a fill (positive: the penalty, at most what the fill left over) or pays
 * for it (negative: the gap to the bankruptcy price). Spec: liquidation 3.7.
 */
export function insuranceDelta(input: InsuranceDeltaInput): bigint {
  const { feePpm, fillQuote, bankruptcyQuote } = input;
  const leftover = fillQuote - bankruptcyQuote;
  if (leftover < 0n) return leftover;
  const quote = fillQuote < 0n ? -fillQuote : fillQuote;
  return penalty({ feePpm, quote, equityAfter: leftover });
}
