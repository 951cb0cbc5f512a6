import type { State } from '../state/index.ts';

/**
 * Net delta of an account in an underlying: settlement units per price unit, positions and balances
 * of assets that it prices together, so that a short against held collateral is seen as the hedge
 * it is.
 */
export function deltaOf(state: State, account: number, underlying: number): number {
  const { accounts, positions, balances, instruments, assets } = state;
  let delta = 0;
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const instrument = positions.instrument.get(row);
    if (instruments.underlying.get(instrument) !== underlying) continue;
    delta += positions.size.get(row) * instruments.multiplier.get(instrument);
  }
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const asset = balances.asset.get(row);
    if (assets.underlying.get(asset) !== underlying) continue;
    const supplied = balances.supplyShares.double(row) * assets.supplyPerShare.get(asset);
    const owed = balances.debtShares.double(row) * assets.debtPerShare.get(asset);
    const held = balances.amount.double(row) + supplied - owed;
    delta += (held * assets.valueNumerator.get(asset)) / assets.valueDenominator.get(asset);
  }
  return delta;
}
