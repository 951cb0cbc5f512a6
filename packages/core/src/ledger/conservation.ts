/** The sums of one asset on which conservation is claimed, in asset units. */
export interface AssetSums {
  /** What the machine's vaults hold. */
  readonly custody: bigint;
  /** Σ of what is lent out: the borrowed total. */
  readonly loans: bigint;
  readonly positiveBalances: bigint;
  readonly pools: bigint;
  readonly fees: bigint;
  readonly dust: bigint;
  /** Withdrawals taken off an account and not yet paid. */
  readonly inFlight: bigint;
  /** Σ over markets and accounts of entry notional, signed. */
  readonly entry: bigint;
  readonly badDebt: bigint;
}

/**
 * What is there minus what is claimed; 0 in a sound ledger (invariant I1, rule F0):
 * custody + loans = Σ positive balances + pools + fees + dust + in flight − Σ entry − bad debt.
 * Spec: ledger 1.
 */
export function conservationGap(sums: AssetSums): bigint {
  const { custody, loans, positiveBalances, pools, fees, dust, inFlight, entry, badDebt } = sums;
  const claimed = positiveBalances + pools + fees + dust + inFlight - entry - badDebt;
  return custody + loans - claimed;
}
