import type { Action, OpenedCommand } from './command.ts';
import { actionPlans, type FieldPlan, OP, type PlainRecord } from './recordPlan.ts';
import { SETTLEMENT_ASSET } from './tables.ts';

/** What an underlying or an instrument is called, and how its prices and sizes are written. */
export interface ReadableMarket {
  readonly name: string;
  /** A price in price units as a decimal. */
  readonly price?: (units: number) => string;
  /** Lots in base units. */
  readonly size?: (lots: number) => string;
}

/** What ids are called, where the reader knows; an unknown id is printed as a number. */
export interface ReadableNames {
  readonly asset?: (id: number) => { readonly name: string; readonly decimals: number } | undefined;
  readonly underlying?: (id: number) => ReadableMarket | undefined;
  readonly instrument?: (id: number) => ReadableMarket | undefined;
}

/** Fields of actions that are counted in the units of a market; the others say it in their name. */
const OF_MARKET: { readonly [field: string]: 'price' | 'size' | undefined } = {
  price: 'price',
  tickSize: 'price',
  size: 'size',
};

/** One line: 'placeOrder: instrument BTC-PERP, side buy, size 0.005, price 60000.5, …'. */
export function readableAction(action: Action, names: ReadableNames = {}): string {
  return line(actionPlans.byName[action.kind]?.record.fields ?? [], action, names);
}

/** One line with the actions in order. */
export function readableCommand(command: OpenedCommand, names: ReadableNames = {}): string {
  const { signer, account, nonce, expiresMs, actions } = command;
  const head = `account ${account} by ${signer}, nonce ${nonce}, until ${readableTime(expiresMs)}`;
  return `${head}: ${actions.map((action) => readableAction(action, names)).join('; ')}`;
}

/** Milliseconds since 1970 as 2026-01-31T12:00:00.000Z; beyond the year 9999 as a number. */
export function readableTime(ms: number): string {
  if (ms > 253_402_300_799_999) return `${ms} ms`;
  const days = Math.floor(ms / 86_400_000);
  const rest = ms - days * 86_400_000;
  // Days from 1 March 0000 in eras of 400 years, so that the leap day ends a year.
  const era = Math.floor((days + 719_468) / 146_097);
  const day = days + 719_468 - era * 146_097;
  const leaps = Math.floor(day / 1460) - Math.floor(day / 36_524) + Math.floor(day / 146_096);
  const year = Math.floor((day - leaps) / 365);
  const dayOfYear = day - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const date = [year + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth];
  const time = [3_600_000, 60_000, 1000].map((unit, i, units) =>
    Math.floor((i === 0 ? rest : rest % (units[i - 1] as number)) / unit),
  );
  const millisecond = String(rest % 1000).padStart(3, '0');
  const day10 = date.map(twoDigits).join('-').padStart(10, '0');
  return `${day10}T${time.map(twoDigits).join(':')}.${millisecond}Z`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function line(
  fields: readonly FieldPlan[],
  record: PlainRecord & { readonly kind: string },
  names: ReadableNames,
): string {
  const parts = fields.map((field) => `${field.name} ${readableValue(field, record, names)}`);
  return parts.length === 0 ? record.kind : `${record.kind}: ${parts.join(', ')}`;
}

function readableValue(field: FieldPlan, record: PlainRecord, names: ReadableNames): string {
  const value = record[field.name];
  switch (field.op) {
    case OP.bool:
      return value === true ? 'yes' : 'no';
    case OP.amount:
      return readableAmount(field, record, names);
    case OP.u32:
    case OP.u53:
      return nameOf(field.name, value as number, names) ?? numberText(field.name, record, names);
    case OP.text:
      return `"${String(value)}"`;
    case OP.list:
      return readableList(field, value as readonly PlainRecord[], names);
    default:
      return String(value);
  }
}

function numberText(name: string, record: PlainRecord, names: ReadableNames): string {
  const value = record[name] as number;
  if (name.endsWith('Ms')) return readableTime(value);
  if (name.endsWith('Ppm')) return `${value} ppm`;
  const counted = OF_MARKET[name];
  if (counted === undefined) return String(value);
  const market =
    names.instrument?.(record.instrument as number) ??
    names.underlying?.(record.underlying as number);
  const unit = counted === 'size' ? 'lots' : 'price units';
  return market?.[counted]?.(value) ?? `${value} ${unit}`;
}

function readableList(
  field: FieldPlan,
  entries: readonly PlainRecord[],
  names: ReadableNames,
): string {
  const fields = field.record?.fields ?? [];
  const texts = entries.map((entry) =>
    fields.map((each) => `${each.name} ${readableValue(each, entry, names)}`).join(' '),
  );
  return `[${texts.join('; ')}]`;
}

/** Amounts of a named asset in wholes, others in units; without an asset: settlement asset. */
function readableAmount(field: FieldPlan, record: PlainRecord, names: ReadableNames): string {
  const value = record[field.name] as bigint;
  const id = record.asset ?? SETTLEMENT_ASSET;
  const asset = names.asset?.(id as number);
  if (asset === undefined) return `${value} units`;
  const magnitude = (value < 0n ? -value : value).toString().padStart(asset.decimals + 1, '0');
  const point = magnitude.length - asset.decimals;
  const fraction = magnitude.slice(point).replace(/0+$/, '');
  const digits = `${magnitude.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
  return `${value < 0n ? '-' : ''}${digits} ${asset.name}`;
}

function nameOf(field: string, id: number, names: ReadableNames): string | undefined {
  switch (field) {
    case 'asset':
      return names.asset?.(id)?.name;
    case 'underlying':
      return names.underlying?.(id)?.name;
    case 'instrument':
      return names.instrument?.(id)?.name;
    default:
      return undefined;
  }
}
