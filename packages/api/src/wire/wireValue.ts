import type { AmountJson } from './updates.ts';

/** A value of an event or a figure as it goes over the wire. */
export type WireValue = number | string | boolean | null | AmountJson | readonly string[];

/** A value of the wire for people: '12.5 USDC', 'yes', 'none'. */
export function valueText(value: WireValue | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  return 'asset' in value ? `${value.amount} ${value.asset}` : value.join(', ');
}
