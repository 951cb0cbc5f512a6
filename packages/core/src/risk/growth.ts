import { assetParameters, instrumentParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { assetParameter, findPosition, instrumentParameter, type State } from '../state/index.ts';
import {
  balanceParts,
  gainParts,
  type HypotheticalOrder,
  positionParts,
  reserveParts,
} from './explain.ts';
import { openInterestScale } from './formulas/requirement.ts';
import { worstLots } from './formulas/reserve.ts';

// The test of a command that grows a position: s of F1 in its market, and collateral scaled by total
// deposits. Neither touches any other test. Spec: margin 2.3, 4.4.

/** Whose position in which instrument a command may grow. */
export interface Growing {
  readonly account: number;
  readonly instrument: number;
}

/** s of F1 from the open interest there is now, after the command. */
export function openInterestScaling(state: State, instrument: number): number {
  const { openInterest, markPrice, multiplier } = state.instruments;
  const { openInterestLow, openInterestHigh } = instrumentParameters;
  const notional =
    openInterest.get(instrument) * markPrice.get(instrument) * multiplier.get(instrument);
  return openInterestScale(
    notional,
    instrumentParameter(state, instrument, openInterestLow),
    instrumentParameter(state, instrument, openInterestHigh),
  );
}

/** |q| of the growing position; 0 without one. */
export function heldLotsOf(state: State, growing: Growing): number {
  const row = findPosition(state, growing.account, growing.instrument);
  return row < 0 ? 0 : Math.abs(state.positions.size.get(row));
}

/** |q*| of the growing position; 0 without one. */
export function worstLotsOf(state: State, growing: Growing): number {
  const row = findPosition(state, growing.account, growing.instrument);
  if (row < 0) return 0;
  const { size, bidLots, askLots } = state.positions;
  return worstLots({
    size: size.get(row),
    bidLots: bidLots.get(row),
    askLots: askLots.get(row),
  });
}

/** Whether growth is tested by more than the free margin: open interest or deposits are scaled. */
export function isScaled(state: State, growing: Growing): boolean {
  if (openInterestScaling(state, growing.instrument) > 0) return true;
  const first = state.accounts.balanceBase.get(growing.account);
  const end = first + state.accounts.balanceCount.get(growing.account);
  for (let row = first; row < end; row++) {
    const asset = state.balances.asset.get(row);
    if (asset === SETTLEMENT_ASSET) continue;
    const start = assetParameter(state, asset, assetParameters.depositScaleStart);
    if (state.assets.balanceTotal.double(asset) > start) return true;
  }
  return false;
}

/** Initial balance and requirement of a growing account, settlement units. */
export interface GrowthTest {
  readonly available: number;
  readonly required: number;
}

/**
 * The test of growth: collateral at weights scaled by deposits, and the growing market's initial
 * margin with s. With s = 0 and no scaling the bits are those of the free margin.
 */
export function growthTest(state: State, growing: Growing, order?: HypotheticalOrder): GrowthTest {
  const { account, instrument } = growing;
  const scale = openInterestScaling(state, instrument);
  const positions = positionParts(state, account);
  const first = state.accounts.positionBase.get(account);
  let available = 0;
  let gains = 0;
  let funding = 0;
  let required = 0;
  for (const part of balanceParts(state, account, { isScaled: true })) {
    available += part.initialValue;
  }
  for (const part of gainParts(state, positions)) gains += part.counted;
  positions.forEach((part, k) => {
    funding += part.funding;
    required +=
      part.instrument === instrument
        ? reserveParts(state, first + k, order === undefined ? { scale } : { scale, order }).reserve
        : part.reserve;
  });
  return { available: available + gains - funding, required };
}
