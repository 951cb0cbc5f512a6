import { least, positive, split, splitCapped, sumOf } from '../../ledger/index.ts';

// What pools and ADL could not pay (rule F13). Spec: waterfall 5.

export interface SocializeInput {
  readonly loss: bigint;
  /** Of every account in the market, both sides, in account order; so are the next three. */
  readonly gains: ArrayLike<bigint>;
  /** Equity at mark, down; may be negative. */
  readonly equities: ArrayLike<bigint>;
  readonly notionals: ArrayLike<bigint>;
  /** Initial margin of the account's position in this market, down. */
  readonly initialMargins: ArrayLike<bigint>;
}

export interface SocializeResult {
  readonly fromGains: bigint[];
  readonly fromPrincipal: bigint[];
  /** What nobody in the market can bear: on the market's record, repaid first. */
  readonly badDebt: bigint;
}

/**
 * First gains, each up to min(gain, equity), in proportion to that; then the principal of holders
 * by notional, each up to its initial margin in the market and to the equity it has left; the rest
 * is bad debt. Parts and bad debt sum to the loss.
 */
export function socializeLoss(input: SocializeInput): SocializeResult {
  const { loss, gains, equities, notionals, initialMargins } = input;
  const bases: bigint[] = [];
  for (let i = 0; i < gains.length; i++) {
    bases.push(least(positive(gains[i] ?? 0n), positive(equities[i] ?? 0n)));
  }
  const baseSum = sumOf(bases);
  const fromGains = loss < baseSum ? split(loss, bases) : bases;
  const open = loss - sumOf(fromGains);
  const caps = fromGains.map((taken, i) =>
    least(initialMargins[i] ?? 0n, positive((equities[i] ?? 0n) - taken)),
  );
  const fromPrincipal = splitCapped(open, notionals, caps);
  return { fromGains, fromPrincipal, badDebt: open - sumOf(fromPrincipal) };
}
