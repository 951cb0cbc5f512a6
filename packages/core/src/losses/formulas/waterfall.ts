import { least, split, splitCapped, sumOf } from '../../ledger/index.ts';
import { assert } from '../../math/index.ts';

// Who pays a deficit before positions and gains are touched. Spec: waterfall 2 and 3.

/**
 * An account's deficit over the markets it was in, by the maintenance margins frozen when it
 * entered liquidation (a loan counts as the lending market of its asset); by notional when none
 * was required. Spec: waterfall 2.2.
 *
 * @throws InvariantError when there is a deficit and no market to carry it.
 */
export function shareDeficit(
  deficit: bigint,
  maintenance: ArrayLike<bigint>,
  notionals: ArrayLike<bigint>,
): bigint[] {
  return split(deficit, sumOf(maintenance) > 0n ? maintenance : notionals);
}

export interface DeficitsInput {
  /** Deficit of each market, all at the same prices, in market order; so are the next three. */
  readonly deficits: ArrayLike<bigint>;
  /** What each market's own pool holds, and what is left of its 24 h cap. */
  readonly poolAmounts: ArrayLike<bigint>;
  readonly poolCapsLeft: ArrayLike<bigint>;
  /** What the shared fund may still pay for each market within 24 h. */
  readonly fundCapsLeft: ArrayLike<bigint>;
  readonly fundAmount: bigint;
  /** What the shared fund may still pay in all within 24 h. */
  readonly fundCapLeft: bigint;
}

export interface DeficitsResult {
  readonly fromPool: bigint[];
  readonly fromFund: bigint[];
  readonly unpaid: bigint[];
}

/**
 * Pays the deficits of all markets of a block at once: each from its own pool (junior), then all
 * from the shared fund (senior) by Σ-cut on what is left, within the caps. Spec: waterfall 3.
 */
export function payDeficits(input: DeficitsInput): DeficitsResult {
  const { deficits, poolAmounts, poolCapsLeft, fundCapsLeft, fundAmount, fundCapLeft } = input;
  const fromPool: bigint[] = [];
  const left: bigint[] = [];
  const caps: bigint[] = [];
  for (let m = 0; m < deficits.length; m++) {
    const deficit = deficits[m] ?? 0n;
    assert(deficit >= 0n, 'a deficit is not negative', { market: m, deficit });
    const paid = least(deficit, least(poolAmounts[m] ?? 0n, poolCapsLeft[m] ?? 0n));
    fromPool.push(paid);
    left.push(deficit - paid);
    caps.push(least(deficit - paid, fundCapsLeft[m] ?? 0n));
  }
  const fromFund = splitCapped(least(fundAmount, fundCapLeft), left, caps);
  return { fromPool, fromFund, unpaid: left.map((open, m) => open - (fromFund[m] ?? 0n)) };
}
