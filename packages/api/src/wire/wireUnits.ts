import { type ParameterScope, parameterSchema, SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import { formatAmount, formatUnits } from '../units.ts';
import type { AmountJson } from './updates.ts';

/** How an asset is written. */
export interface WireAsset {
  readonly name: string;
  readonly decimals: number;
}

/** How an underlying is written. */
export interface WireUnderlying {
  readonly name: string;
  /** A price in price units as a decimal; one that was computed, to a hundredth of a unit. */
  price(units: number): string;
}

/** How an instrument is written. */
export interface WireInstrument extends WireUnderlying {
  /** Signed lots in base units. */
  size(lots: number): string;
}

/** What things are called and in what they are counted, by number; undefined: there is none. */
export interface WireUnits {
  asset(id: number): WireAsset | undefined;
  underlying(id: number): WireUnderlying | undefined;
  instrument(id: number): WireInstrument | undefined;
}

const SAFE_MAX = 9_007_199_254_740_991n;

/** An amount with its asset. Numbers where they are exact: bigints cost five times as much. */
export function amountJson(asset: WireAsset, units: bigint): AmountJson {
  const { name, decimals } = asset;
  const isSafe = units <= SAFE_MAX && units >= -SAFE_MAX;
  const amount = isSafe ? formatUnits(Number(units), decimals) : formatAmount(units, decimals);
  return { asset: name, amount };
}

/** Units of the settlement asset; undefined before there is one. */
export function settlementJson(units: WireUnits, amount: bigint): AmountJson | undefined {
  const asset = units.asset(SETTLEMENT_ASSET);
  return asset === undefined ? undefined : amountJson(asset, amount);
}

/** The name of what a parameter is of; null: of the machine. */
export function targetName(units: WireUnits, scope: ParameterScope, target: number): string | null {
  if (scope === 'global') return null;
  return units[scope](target)?.name ?? String(target);
}

/** Names of parameters and their units, by scope and number. */
const parameters: ReadonlyMap<string, { readonly name: string; readonly unit: string }> = new Map(
  Object.entries(parameterSchema).flatMap(([scope, table]) =>
    Object.entries(table).map(
      ([name, { id, unit }]) => [`${scope}/${id}`, { name, unit }] as const,
    ),
  ),
);

/** The name of a parameter and the unit of its value. */
export function parameterNamed(
  scope: string,
  id: number,
): { readonly name: string; readonly unit: string } | undefined {
  return parameters.get(`${scope}/${id}`);
}
