import {
  type Event,
  type EventKind,
  type EventUnits,
  type eventSchema,
  eventUnits,
  type FieldValue,
  readableTime,
  type Unit,
} from '@plimsoll/core/schema';
import type { AmountJson } from './updates.ts';
import type { WireUnits } from './wireUnits.ts';
import { valueText, type WireValue } from './wireValue.ts';
import { nameKey, type RawField, type WireRecord, writeField } from './writeField.ts';

type Fields<K extends EventKind> = (typeof eventSchema)[K]['fields'];

type Named<F extends string, V> = { readonly [K in F]: V };

/** What a field of the machine becomes: itself, and what goes with it. */
type Written<F extends string, U, T> = U extends
  | 'amount'
  | 'settlement'
  | 'settlementDown'
  | 'settlementUp'
  ? Named<F, AmountJson>
  : U extends 'price'
    ? Named<F, string>
    : U extends 'size'
      ? Named<F, string> & { readonly lots: number }
      : U extends 'asset' | 'underlying'
        ? Named<F, string> & Named<`${F}Id`, number>
        : U extends 'assetOrNone' | 'target'
          ? Named<F, string | null> & Named<`${F}Id`, number>
          : U extends 'instrument'
            ? Named<F, number> & { readonly name: string }
            : U extends 'instrumentOrFund'
              ? Named<F, number> &
                  Named<F extends 'instrument' ? 'name' : `${F}Name`, string | null>
              : U extends 'parameter'
                ? Named<F, string> & Named<`${F}Id`, number> & { readonly unit: string }
                : U extends 'parameterValue'
                  ? Named<F, number>
                  : U extends 'idOrNone'
                    ? Named<F, number | null>
                    : U extends 'nano'
                      ? F extends `${infer A}Nano${infer B}`
                        ? Named<`${A}${B}`, number>
                        : never
                      : U extends 'scopes'
                        ? Named<F, readonly string[]>
                        : Named<F, FieldValue<T>>;

type All<U> = (U extends U ? (each: U) => void : never) extends (all: infer I) => void ? I : never;

/**
 * An event as everybody gets it: decimals, amounts with their asset, names beside numbers. Of the
 * doubles of margin and of computed prices as much as is shown of them; everything else is exact.
 * Spec: api 10.
 */
export type EventJsonOf<K extends EventKind> = { readonly kind: K } & All<
  {
    [F in keyof Fields<K> & keyof EventUnits[K] & string]: Written<
      F,
      EventUnits[K][F],
      Fields<K>[F]
    >;
  }[keyof Fields<K> & keyof EventUnits[K] & string]
>;
export type EventJson = { [K in EventKind]: EventJsonOf<K> }[EventKind];

interface FieldUnit {
  readonly name: string;
  readonly unit: Unit;
}

/** Fields of each kind in the order of the table, read once. */
const plans: ReadonlyMap<string, readonly FieldUnit[]> = new Map(
  Object.entries(eventUnits).map(([kind, fields]) => [
    kind,
    Object.entries(fields).map(([name, unit]): FieldUnit => ({ name, unit })),
  ]),
);

/** An event of the machine in the one form in which it leaves a node. */
export function eventJson(event: Event, units: WireUnits): EventJson {
  const out: WireRecord = { kind: event.kind };
  const record: { readonly [field: string]: unknown } = event;
  const where = { context: event as object, units };
  for (const { name, unit } of plans.get(event.kind) ?? []) {
    const value = record[name] as RawField['value'];
    writeField(out, { name, unit, value }, where);
    if (unit === 'size') out.lots = value as number;
  }
  return out as EventJson;
}

/** An event as one line: 'filled: instrument BTC-PERP, price 60000.5, size 0.25, taker 3, …'. */
export function eventText(event: EventJson): string {
  const plan = plans.get(event.kind) ?? [];
  const record = event as object as { readonly [field: string]: WireValue | undefined };
  const parts = plan.map((field) => `${field.name} ${fieldText(record, field)}`);
  return parts.length === 0 ? event.kind : `${event.kind}: ${parts.join(', ')}`;
}

function fieldText(
  record: { readonly [field: string]: WireValue | undefined },
  { name, unit }: FieldUnit,
): string {
  const value = record[name];
  switch (unit) {
    case 'instrument':
    case 'instrumentOrFund':
      return valueText(record[nameKey(name)] ?? null);
    case 'nano':
      return valueText(record[name.replace('Nano', '')] ?? null);
    case 'timeMs':
      return readableTime(Number(value));
    case 'ppm':
      return `${valueText(value)} ppm`;
    case 'parameterValue':
      return `${valueText(value)} ${valueText(record.unit)}`.trim();
    default:
      return valueText(value);
  }
}
