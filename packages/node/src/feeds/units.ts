import { formatAmount } from '@plimsoll/api/units';
import { readName } from '@plimsoll/core/governance';
import { SETTLEMENT_ASSET, underlyingParameters } from '@plimsoll/core/schema';
import { type State, underlyingParameter } from '@plimsoll/core/state';

/**
 * An integer of units as a decimal without needless zeros: (1500, 3) is "1.5". Numbers, since
 * bigints cost five times as much and every level of a book comes by here.
 */
export function decimalOf(units: number, places: number): string {
  if (places <= 0) return places === 0 ? String(units + 0) : bigDecimal(units, places);
  if (!Number.isSafeInteger(units)) return bigDecimal(units, places);
  const digits = String(Math.abs(units)).padStart(places + 1, '0');
  let end = digits.length;
  const point = end - places;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const sign = units < 0 ? '-' : '';
  const whole = digits.slice(0, point);
  return end === point ? sign + whole : `${sign}${whole}.${digits.slice(point, end)}`;
}

function bigDecimal(units: number, places: number): string {
  if (places >= 0) return formatAmount(BigInt(units), places);
  return formatAmount(BigInt(units) * 10n ** BigInt(-places), 0);
}

interface Name {
  readonly text: string;
  readonly json: string;
}
type Names = Map<number, Name>;
/** Names never change, and reading one from its words costs more than writing a level. */
const namesRead = new WeakMap<State['assets']['name'], Names>();

function nameOf(column: State['assets']['name'], row: number): Name {
  let names = namesRead.get(column);
  if (names === undefined) {
    names = new Map();
    namesRead.set(column, names);
  }
  const known = names.get(row);
  if (known !== undefined) return known;
  const text = readName(column, row);
  const name = { text, json: JSON.stringify(text) };
  names.set(row, name);
  return name;
}

/** The name of an asset as a JSON string. */
export function assetNameJson(state: State, asset: number): string {
  return nameOf(state.assets.name, asset).json;
}

/** How the figures of an instrument are written. */
export interface MarketUnits {
  readonly name: string;
  /** The name as a JSON string. */
  readonly nameJson: string;
  price(units: number): string;
  size(lots: number): string;
}

/** Decimals of a lot follow from v: a lot is v settlement units per price unit. Spec: api 3. */
export function marketUnits(state: State, instrument: number): MarketUnits {
  const { instruments, assets } = state;
  const name = nameOf(instruments.name, instrument);
  const underlying = instruments.underlying.get(instrument);
  const priceDecimals = underlyingParameter(state, underlying, underlyingParameters.priceDecimals);
  const multiplier = instruments.multiplier.get(instrument);
  const sizePlaces = assets.decimals.get(SETTLEMENT_ASSET) - priceDecimals;
  return {
    name: name.text,
    nameJson: name.json,
    price: (units) => decimalOf(units, priceDecimals),
    size: (lots) => {
      const units = lots * multiplier;
      if (Number.isSafeInteger(units)) return decimalOf(units, sizePlaces);
      const exact = BigInt(lots) * BigInt(multiplier);
      if (sizePlaces >= 0) return formatAmount(exact, sizePlaces);
      return formatAmount(exact * 10n ** BigInt(-sizePlaces), 0);
    },
  };
}

/** An amount with its asset, as JSON text. */
export function amountJson(state: State, asset: number, amount: bigint): string {
  const name = assetNameJson(state, asset);
  return `{"asset":${name},"amount":"${formatAmount(amount, state.assets.decimals.get(asset))}"}`;
}
