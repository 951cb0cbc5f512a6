import { amountOf, divDown, divUp, mulDivDown } from '../math/index.ts';
import { SETTLEMENT_ASSET } from '../schema/index.ts';
import type { State } from '../state/index.ts';

// What amounts of an asset are worth at its index, exact but for one named rounding. Spec:
// liquidation 6.1.

const PPM = 1_000_000n;

/** Price of an asset in settlement units as a fraction; numerator 0 without an index. */
interface Price {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** An amount of an asset, valued at a factor of its index in ppm (1,000,000 unless said). */
export interface Holding {
  readonly asset: number;
  readonly amount: bigint;
  readonly factorPpm?: bigint;
}

/** The index price of an asset times a factor in ppm. */
function priceOf(state: State, asset: number, factorPpm: bigint): Price {
  if (asset === SETTLEMENT_ASSET) return { numerator: factorPpm, denominator: PPM };
  const { assets, underlyings } = state;
  const index = amountOf(underlyings.index.get(assets.underlying.get(asset)));
  return {
    numerator: index * amountOf(assets.valueNumerator.get(asset)) * factorPpm,
    denominator: amountOf(assets.valueDenominator.get(asset)) * PPM,
  };
}

/** ⌊amount × index × factor⌋ in settlement units: what the fund pays for it. */
export function valueDown(state: State, holding: Holding): bigint {
  const { numerator, denominator } = priceOf(state, holding.asset, holding.factorPpm ?? PPM);
  return divDown(holding.amount * numerator, denominator);
}

/** ⌈amount × index × factor⌉ in settlement units: what is owed for it. */
export function valueUp(state: State, holding: Holding): bigint {
  const { numerator, denominator } = priceOf(state, holding.asset, holding.factorPpm ?? PPM);
  return divUp(holding.amount * numerator, denominator);
}

/** The most of an asset that `money` pays for, ⌊money ÷ price⌋; undefined without a price. */
export function amountFor(
  state: State,
  asset: number,
  purchase: { readonly money: bigint; readonly factorPpm?: bigint },
): bigint | undefined {
  const { numerator, denominator } = priceOf(state, asset, purchase.factorPpm ?? PPM);
  return numerator === 0n ? undefined : mulDivDown(purchase.money, denominator, numerator);
}
