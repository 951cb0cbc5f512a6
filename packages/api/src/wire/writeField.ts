import { AGENT_SCOPES, MARKET_STATE, type ParameterScope, type Unit } from '@plimsoll/core/schema';
import { formatWide } from '../units.ts';
import type { AmountJson } from './updates.ts';
import {
  amountJson,
  parameterNamed,
  settlementJson,
  targetName,
  type WireAsset,
  type WireUnderlying,
  type WireUnits,
} from './wireUnits.ts';
import type { WireValue } from './wireValue.ts';

/** What a record, or the action that was refused, is about: what its numbers are counted in. */
export interface WireContext {
  readonly asset?: number | undefined;
  readonly underlying?: number | undefined;
  readonly instrument?: number | undefined;
  readonly scope?: ParameterScope | undefined;
  readonly parameter?: number | undefined;
}

/** A value of the machine; amounts that were stored are texts. */
export type RawValue = number | bigint | string | boolean;

/** A record of the wire that is being written. */
export type WireRecord = Record<string, WireValue>;

/** A field to be written: its name, its unit, its value. */
export interface RawField {
  readonly name: string;
  readonly unit: Unit;
  readonly value: RawValue;
}

const NANO = 1_000_000_000;
const MARKET_STATES: readonly string[] = Object.keys(MARKET_STATE);

/**
 * Writes one field as people read it: an amount with its asset, prices and sizes as decimals,
 * numbers of what has a name with the name. A number whose asset or market is not known (which no
 * record of the machine has) is written as it is, under its name with `Units` behind. Spec: api 3.
 */
export function writeField(
  out: WireRecord,
  field: RawField,
  where: { readonly context: WireContext; readonly units: WireUnits },
): void {
  const { name, value } = field;
  const { context, units } = where;
  switch (field.unit) {
    case 'idOrNone':
      out[name] = value === 0 ? null : (value as number);
      return;
    case 'digits':
      out[name] = String(value);
      return;
    case 'nano':
      out[name.replace('Nano', '')] = (value as number) / NANO;
      return;
    case 'scopes':
      out[name] = scopesOf(value as number);
      return;
    case 'marketState':
      out[name] = MARKET_STATES[value as number] ?? String(value);
      return;
    case 'asset':
    case 'assetOrNone':
    case 'underlying':
    case 'instrument':
    case 'instrumentOrFund':
    case 'target':
    case 'parameter':
    case 'parameterValue':
      writeNamed(out, field, where);
      return;
    case 'amount':
    case 'settlement':
    case 'settlementDown':
    case 'settlementUp':
    case 'price':
    case 'size':
      writeCounted(out, field, countedIn(field, context, units));
      return;
    default:
      out[name] = typeof value === 'bigint' ? String(value) : value;
  }
}

function writeCounted(
  out: WireRecord,
  { name, value }: RawField,
  written: AmountJson | string | undefined,
): void {
  if (written === undefined) out[`${name}Units`] = String(value);
  else out[name] = written;
}

function writeNamed(
  out: WireRecord,
  field: RawField,
  { context, units }: { readonly context: WireContext; readonly units: WireUnits },
): void {
  const { name, unit } = field;
  const id = Number(field.value);
  switch (unit) {
    case 'asset':
    case 'assetOrNone':
      out[name] = unit === 'assetOrNone' && id === 0 ? null : nameOr(units.asset(id), id);
      out[`${name}Id`] = id;
      return;
    case 'underlying':
      out[name] = nameOr(units.underlying(id), id);
      out[`${name}Id`] = id;
      return;
    case 'target':
      out[name] = targetName(units, context.scope ?? 'global', id);
      out[`${name}Id`] = id;
      return;
    case 'parameter': {
      const known = parameterNamed(context.scope ?? 'global', id);
      out[name] = known?.name ?? String(id);
      out[`${name}Id`] = id;
      out.unit = known?.unit ?? '';
      return;
    }
    case 'parameterValue':
      // One that is refused may be beyond every parameter.
      out[name] = Number.isSafeInteger(id) ? id : String(field.value);
      return;
    default:
      out[name] = id;
      out[nameKey(name)] = id === 0 ? null : nameOr(units.instrument(id), id);
  }
}

/** Under which name the name of an instrument stands: as in all records that have one. */
export function nameKey(field: string): string {
  return field === 'instrument' ? 'name' : `${field}Name`;
}

function nameOr(named: { readonly name: string } | undefined, id: number): string {
  return named?.name ?? String(id);
}

/** Undefined where it is not known what it is counted in. */
function countedIn(
  { unit, value }: RawField,
  context: WireContext,
  units: WireUnits,
): AmountJson | string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  switch (unit) {
    case 'amount': {
      const asset = assetOf(context, units);
      return asset === undefined ? undefined : amountJson(asset, BigInt(value));
    }
    case 'settlement':
      return settlementJson(units, BigInt(value));
    case 'settlementDown':
      return settlementJson(units, BigInt(Math.floor(value as number)));
    case 'settlementUp':
      return settlementJson(units, BigInt(Math.ceil(value as number)));
    case 'price':
      return marketOf(context, units)?.price(value as number);
    default: {
      const { instrument } = context;
      if (instrument === undefined) return undefined;
      return units.instrument(instrument)?.size(value as number);
    }
  }
}

function assetOf({ asset }: WireContext, units: WireUnits): WireAsset | undefined {
  return asset === undefined ? undefined : units.asset(asset);
}

function marketOf(context: WireContext, units: WireUnits): WireUnderlying | undefined {
  if (context.instrument !== undefined) return units.instrument(context.instrument);
  return context.underlying === undefined ? undefined : units.underlying(context.underlying);
}

/** Names of the scopes, and the bits that are none as a number. */
function scopesOf(bits: number): string[] {
  const names: string[] = [];
  let rest = bits;
  for (const [name, bit] of Object.entries(AGENT_SCOPES)) {
    if ((Math.floor(rest / bit) & 1) === 0) continue;
    names.push(name);
    rest -= bit;
  }
  return rest === 0 ? names : [...names, String(rest)];
}

/** A price that may be no whole number of units: to the nearest hundredth of one. */
export function priceText(units: number, places: number): string {
  if (Number.isInteger(units)) return formatWide(BigInt(units), places);
  return formatWide(BigInt(Math.round(units * 100)), places + 2);
}
