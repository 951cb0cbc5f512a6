import { formatAmount, formatUnits, formatWide, toLots, toPriceUnits } from '@plimsoll/api/units';
import { readName } from '@plimsoll/core/governance';
import { amountDown, amountUp } from '@plimsoll/core/math';
import { type ParameterScope, SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { assetName, priceDecimalsOf } from '../units/index.ts';

/** An amount and the asset that it is in. */
export interface Amount {
  readonly asset: string;
  readonly amount: string;
}

/** Decimals beyond those of a price unit, for prices that are no whole number of them. */
const FINER = 2;

/** An integer number of units as a decimal; negative places are trailing zeros. */
export function decimalOf(units: number | bigint, places: number): string {
  return typeof units === 'number' ? formatUnits(units, places) : formatWide(units, places);
}

/** Units of an asset. */
export function amountIn(state: State, asset: number, amount: bigint): Amount {
  const decimals = state.assets.decimals.get(asset);
  return { asset: assetName(state, asset), amount: formatAmount(amount, decimals) };
}

/** How figures of the settlement asset are written. */
export interface Money {
  readonly asset: string;
  readonly decimals: number;
  amount(units: bigint): Amount;
  /** A figure of margin that counts for the account. */
  down(units: number): string;
  /** A figure of margin that counts against it. */
  up(units: number): string;
  amountDown(units: number): Amount;
  amountUp(units: number): Amount;
}

export function moneyOf(state: State): Money {
  const asset = assetName(state, SETTLEMENT_ASSET);
  const decimals = state.assets.decimals.get(SETTLEMENT_ASSET);
  const down = (units: number): string => formatAmount(amountDown(units), decimals);
  const up = (units: number): string => formatAmount(amountUp(units), decimals);
  return {
    asset,
    decimals,
    amount: (units) => ({ asset, amount: formatAmount(units, decimals) }),
    down,
    up,
    amountDown: (units) => ({ asset, amount: down(units) }),
    amountUp: (units) => ({ asset, amount: up(units) }),
  };
}

/** How prices of an underlying are written. */
export interface PriceUnits {
  readonly decimals: number;
  /** One price unit. */
  readonly unit: string;
  /** A whole number of units. */
  text(units: number): string;
  /** Null where 0 says that there is none. */
  orNull(units: number): string | null;
  /** A price that was computed, to the nearest hundredth of a unit; null where there is none. */
  finer(units: number): string | null;
}

export function pricesOf(state: State, underlying: number): PriceUnits {
  const decimals = priceDecimalsOf(state, underlying);
  const text = (units: number): string => decimalOf(units, decimals);
  return {
    decimals,
    unit: decimalOf(1, decimals),
    text,
    orNull: (units) => (units === 0 ? null : text(units)),
    finer: (units) =>
      units === 0 ? null : decimalOf(Math.round(units * 10 ** FINER), decimals + FINER),
  };
}

/** How an instrument is written: prices in decimals, lots in base units. */
export interface MarketUnits extends PriceUnits {
  readonly instrument: number;
  readonly name: string;
  /** Settlement units of one lot when the price moves by one unit. */
  readonly multiplier: number;
  readonly lotSize: string;
  size(lots: number): string;
  /** @throws InexactDecimalError where the decimal is no whole number of lots. */
  lots(size: string): number;
  /** @throws InexactDecimalError where the decimal is no whole number of price units. */
  price(text: string): number;
}

/** A lot is multiplier × 10^priceDecimals ÷ 10^decimals of the settlement asset. Spec: api 3. */
export function marketUnitsOf(state: State, instrument: number): MarketUnits {
  const { instruments, assets } = state;
  const prices = pricesOf(state, instruments.underlying.get(instrument));
  const multiplier = instruments.multiplier.get(instrument);
  const places = assets.decimals.get(SETTLEMENT_ASSET) - prices.decimals;
  const lotSize = decimalOf(multiplier, places);
  return {
    ...prices,
    instrument,
    name: readName(instruments.name, instrument),
    multiplier,
    lotSize,
    size: (lots) => decimalOf(BigInt(lots) * BigInt(multiplier), places),
    lots: (size) => toLots(size, lotSize),
    price: (text) => toPriceUnits(text, prices.unit),
  };
}

/** A moment, or null where 0 says never. */
export function momentOf(timeMs: number): number | null {
  return timeMs === 0 ? null : timeMs;
}
/** The name of a number in one of the machine's tables of names: (INDEX_STATUS, 1) is 'ok'. */
export function nameOf<T extends { readonly [name: string]: number }>(
  table: T,
  value: number,
): keyof T & string {
  for (const name of Object.keys(table)) if (table[name] === value) return name;
  throw new RangeError(`the table of names has no ${value}`);
}

/** Scopes of parameters by their number in the table of proposals. */
export const SCOPES: readonly ParameterScope[] = ['global', 'asset', 'underlying', 'instrument'];

/** The name of what a parameter is of; null: of the whole machine. */
export function targetName(state: State, scope: ParameterScope, target: number): string | null {
  switch (scope) {
    case 'global':
      return null;
    case 'asset':
      return readName(state.assets.name, target);
    case 'underlying':
      return readName(state.underlyings.name, target);
    case 'instrument':
      return readName(state.instruments.name, target);
  }
}
