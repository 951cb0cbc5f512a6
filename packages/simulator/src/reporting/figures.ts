import { formatAmount } from '@plimsoll/api/units';

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 1234567 as "1,234,567". */
export function countText(count: number): string {
  return (count < 0 ? '-' : '') + group(String(Math.abs(Math.trunc(count))));
}

/**
 * Money for people: grouped, two decimals, cut and not rounded. Less than a hundredth is written in
 * full, because "0.00" would hide it.
 */
export function moneyText(amount: bigint, decimals: number): string {
  const exact = formatAmount(amount < 0n ? -amount : amount, decimals);
  const [whole = '0', fraction = ''] = exact.split('.');
  const sign = amount < 0n ? '-' : '';
  if (whole === '0' && amount !== 0n && /^0{2}/.test(fraction)) return sign + exact;
  return `${sign}${group(whole)}.${fraction.slice(0, 2).padEnd(2, '0')}`;
}

/** A double with a few significant digits: 1,234.5, 12.34, 0.0123. */
export function decimalText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const places = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 1 ? 3 : 5;
  const [whole = '0', fraction = ''] = size.toFixed(places).split('.');
  const kept = fraction.replace(/0+$/, '');
  return (value < 0 ? '-' : '') + group(whole) + (kept === '' ? '' : `.${kept}`);
}

const SCALES = [
  { from: 1e9, by: 1e9, sign: 'B' },
  { from: 1e6, by: 1e6, sign: 'M' },
  { from: 1e4, by: 1e3, sign: 'k' },
] as const;

/** A tick of an axis: 12.5k, 3M, 0.25. */
export function compactText(value: number): string {
  const size = Math.abs(value);
  const scale = SCALES.find((one) => size >= one.from);
  if (scale === undefined) return decimalText(value);
  return decimalText(value / scale.by) + scale.sign;
}

/** "3.2 ms", "1.4 s". */
export function durationText(ms: number): string {
  if (ms < 1000) return `${decimalText(Math.round(ms * 100) / 100)} ms`;
  if (ms < 120_000) return `${decimalText(Math.round(ms / 10) / 100)} s`;
  if (ms < 7_200_000) return `${decimalText(Math.round(ms / 6_000) / 10)} min`;
  if (ms < 172_800_000) return `${decimalText(Math.round(ms / 360_000) / 10)} h`;
  return `${decimalText(Math.round(ms / 8_640_000) / 10)} days`;
}

/** "2020-03-12 10:00:00 UTC". */
export function instantText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
