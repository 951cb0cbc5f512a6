import { mulDivDownNumber } from '../math/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import { type State, timeMs } from '../state/index.ts';

// What scales the weight of collateral besides its haircut: how long the asset is listed, and how
// much of it accounts hold. Spec: ledger 9.

const PPM = 1_000_000;

/**
 * The share of its weight at which an asset counts as collateral now, in ppm, down: 0 when it is
 * listed, rising on a straight line to 1,000,000 at the end of its ramp. The end is fixed at the
 * listing, so that no later parameter takes weight away. Spec: ledger 9.
 */
export function assetRampPpm(state: State, asset: number): number {
  const { listedMs, rampedMs } = state.assets;
  const now = timeMs(state);
  const start = listedMs.get(asset);
  const end = rampedMs.get(asset);
  if (now >= end) return PPM;
  if (now <= start) return 0;
  return mulDivDownNumber(PPM, now - start, end - start);
}

/**
 * Freezes what accounts hold and have lent of each asset, for deposit scaling: read off
 * conservation (I1) instead of a scan, with Σ realized for Σ entry (I2). Runs in the price phase.
 * Spec: ledger 9.
 */
export function freezeBalanceTotals(state: State): void {
  const { assets, instruments, machine } = state;
  const count = machine.assetCount.get(0);
  for (let asset = SETTLEMENT_ASSET; asset <= count; asset++) {
    const claimedElsewhere =
      assets.inFlight.get(asset) +
      assets.fees.get(asset) +
      assets.dust.get(asset) +
      assets.fundHeld.get(asset);
    const backing =
      assets.custody.get(asset) + assets.borrowTotal.get(asset) + assets.badDebt.get(asset);
    let total = backing - claimedElsewhere;
    if (asset === SETTLEMENT_ASSET) {
      total -= machine.fund.get(0);
      const instrumentCount = machine.instrumentCount.get(0);
      for (let instrument = 1; instrument <= instrumentCount; instrument++) {
        total += instruments.realizedTotal.get(instrument) + instruments.badDebt.get(instrument);
        total -= instruments.pool.get(instrument) + instruments.fundingHeld.get(instrument);
      }
    }
    assets.balanceTotal.set(asset, total);
  }
}
