import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';

/**
 * Freezes the prices of all assets for the block, in settlement units per asset unit: at the index,
 * at the lower and higher of index and slow price, at the ends of the plausible range. An asset
 * whose underlying has no index yet is worth 0. Spec: oracle 9.6.
 */
export function freezeAssetPrices(state: State): void {
  const { assets, underlyings } = state;
  const count = state.machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    const underlying = assets.underlying.get(asset);
    if (asset === SETTLEMENT_ASSET || underlying === 0) {
      freezeUnit(state, asset);
      continue;
    }
    const numerator = assets.valueNumerator.get(asset);
    const denominator = assets.valueDenominator.get(asset);
    const index = underlyings.index.get(underlying);
    const slow = underlyings.slowPrice.get(underlying);
    const low = underlyings.plausibleLow.get(underlying);
    const high = underlyings.plausibleHigh.get(underlying);
    // Product, then quotient: both are monotone, so that the order of the prices stays.
    assets.priceIndex.set(asset, (index * numerator) / denominator);
    assets.priceLow.set(asset, (Math.min(index, slow) * numerator) / denominator);
    assets.priceHigh.set(asset, (Math.max(index, slow) * numerator) / denominator);
    assets.priceFloor.set(asset, (low * numerator) / denominator);
    assets.priceCeiling.set(asset, (high * numerator) / denominator);
  }
}

/** The settlement asset is what prices are counted in: one unit is worth one. */
function freezeUnit(state: State, asset: number): void {
  const { assets } = state;
  assets.priceIndex.set(asset, 1);
  assets.priceLow.set(asset, 1);
  assets.priceHigh.set(asset, 1);
  assets.priceFloor.set(asset, 1);
  assets.priceCeiling.set(asset, 1);
}
