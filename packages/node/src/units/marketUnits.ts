import { formatAmount, formatUnits, formatWide } from '@plimsoll/api/units';
import { priceText } from '@plimsoll/api/wire';
import { SETTLEMENT_ASSET, underlyingParameters } from '@plimsoll/core/schema';
import { type State, underlyingParameter } from '@plimsoll/core/state';
import { assetNameJson, nameOf } from './names.ts';

/** How the figures of an instrument are written. */
export interface MarketUnits {
  readonly name: string;
  /** The name as a JSON string. */
  readonly nameJson: string;
  /** One that was computed, to a hundredth of a unit. */
  price(units: number): string;
  size(lots: number): string;
}

/** Decimals of a price unit of an underlying. */
export function priceDecimalsOf(state: State, underlying: number): number {
  return underlyingParameter(state, underlying, underlyingParameters.priceDecimals);
}

/** Decimals of a lot follow from v: a lot is v settlement units per price unit. Spec: api 3. */
export function marketUnits(state: State, instrument: number): MarketUnits {
  const { instruments, assets } = state;
  const name = nameOf(instruments.name, instrument);
  const priceDecimals = priceDecimalsOf(state, instruments.underlying.get(instrument));
  const multiplier = instruments.multiplier.get(instrument);
  const sizePlaces = assets.decimals.get(SETTLEMENT_ASSET) - priceDecimals;
  return {
    name: name.text,
    nameJson: name.json,
    price: (units) =>
      Number.isSafeInteger(units)
        ? formatUnits(units, priceDecimals)
        : priceText(units, priceDecimals),
    size: (lots) => {
      const units = lots * multiplier;
      if (Number.isSafeInteger(units)) return formatUnits(units, sizePlaces);
      return formatWide(BigInt(lots) * BigInt(multiplier), sizePlaces);
    },
  };
}

/** An amount with its asset, as JSON text. */
export function amountText(state: State, asset: number, amount: bigint): string {
  const name = assetNameJson(state, asset);
  return `{"asset":${name},"amount":"${formatAmount(amount, state.assets.decimals.get(asset))}"}`;
}
