import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';

/** Shares per unit in a market without any; the ledger starts both kinds there. */
const FIRST_SHARE = 0.001;

/**
 * Freezes what a debt share owes and a supply share is worth for the block. Read live, the rounding
 * of one account's loan would change the last bits of every other borrower's health. An asset that
 * was listed in this block has no frozen value yet and is read live. Spec: margin 4.5.
 */
export function freezeShareValues(state: State): void {
  const { assets, machine } = state;
  const count = machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    assets.debtPerShare.set(asset, debtPerShare(state, asset));
    assets.supplyPerShare.set(asset, supplyPerShare(state, asset));
  }
}

/** What a debt share owes now, in asset units. */
export function debtPerShare(state: State, asset: number): number {
  const { borrowTotal, borrowShares } = state.assets;
  const shares = borrowShares.double(asset);
  return shares === 0 ? FIRST_SHARE : borrowTotal.double(asset) / shares;
}

/** What a supply share is worth now, in asset units; a unit and 1000 shares stand for nobody. */
export function supplyPerShare(state: State, asset: number): number {
  const { supplyTotal, supplyShares } = state.assets;
  return (supplyTotal.double(asset) + 1) / (supplyShares.double(asset) + 1000);
}

/** What a debt share owes in this block. */
export function frozenDebt(state: State, asset: number): number {
  const frozen = state.assets.debtPerShare.get(asset);
  return frozen === 0 ? debtPerShare(state, asset) : frozen;
}

/** What a supply share is worth in this block. */
export function frozenSupply(state: State, asset: number): number {
  const frozen = state.assets.supplyPerShare.get(asset);
  return frozen === 0 ? supplyPerShare(state, asset) : frozen;
}
