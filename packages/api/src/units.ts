import { PlimsollError } from '@plimsoll/core/math';

/** A decimal that no integer number of units equals: nothing is rounded in silence. */
export class InexactDecimalError extends PlimsollError {
  /** What is wrong, without the figure: "must be a multiple of 0.1". */
  readonly problem: string;

  constructor(text: string, problem: string) {
    super({ code: 'DECIMAL_INEXACT', message: `"${text}" ${problem}` });
    this.problem = problem;
  }
}

const DECIMAL = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** Prices in units and sizes in lots stay below this, in magnitude. */
export const UNITS_MAX = 2147483647;

/** A decimal as an integer over a power of ten: value = digits ÷ 10^places. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** Reads "-12.50". No exponent, no plus sign, no leading zeros. */
export function parseDecimal(text: string): Decimal {
  if (!DECIMAL.test(text)) {
    throw new InexactDecimalError(text, 'must be a decimal number such as "1.5"');
  }
  const point = text.indexOf('.');
  if (point < 0) return { digits: BigInt(text), places: 0 };
  return {
    digits: BigInt(text.slice(0, point) + text.slice(point + 1)),
    places: text.length - point - 1,
  };
}

function powerOfTen(places: number): bigint {
  return 10n ** BigInt(places);
}

/** How many `step`s make up `text`, exactly; both decimals, step > 0. */
export function stepsOf(text: string, step: string): bigint {
  const value = parseDecimal(text);
  const unit = parseDecimal(step);
  if (unit.digits <= 0n) throw new InexactDecimalError(step, 'must be above 0');
  const numerator = value.digits * powerOfTen(unit.places);
  const denominator = unit.digits * powerOfTen(value.places);
  if (numerator % denominator !== 0n) {
    throw new InexactDecimalError(text, `must be a multiple of ${step}`);
  }
  return numerator / denominator;
}

/** Integer units of an asset with this many decimals; "1.5" of 6 decimals is 1500000. */
export function toAmount(text: string, decimals: number): bigint {
  const value = parseDecimal(text);
  if (value.places <= decimals) return value.digits * powerOfTen(decimals - value.places);
  const divisor = powerOfTen(value.places - decimals);
  if (value.digits % divisor !== 0n) {
    throw new InexactDecimalError(text, `must have at most ${decimals} decimals`);
  }
  return value.digits / divisor;
}

function toBounded(text: string, step: string): number {
  const steps = stepsOf(text, step);
  if (steps > BigInt(UNITS_MAX) || steps < -BigInt(UNITS_MAX)) {
    throw new InexactDecimalError(text, `must be at most ${UNITS_MAX} steps of ${step}`);
  }
  return Number(steps);
}

/** A price in integer price units of `priceUnit`. */
export function toPriceUnits(text: string, priceUnit: string): number {
  return toBounded(text, priceUnit);
}

/** A signed size in integer lots of `lotSize`. */
export function toLots(text: string, lotSize: string): number {
  return toBounded(text, lotSize);
}

/**
 * v: settlement units of one lot when the price moves by one unit. An integer ≥ 1, or the listing
 * would have to round every fill.
 */
export function settlementUnitsPerLot(options: {
  readonly priceUnit: string;
  readonly lotSize: string;
  readonly settlementDecimals: number;
}): bigint {
  const price = parseDecimal(options.priceUnit);
  const lot = parseDecimal(options.lotSize);
  const numerator = price.digits * lot.digits * powerOfTen(options.settlementDecimals);
  const denominator = powerOfTen(price.places + lot.places);
  if (numerator % denominator !== 0n || numerator < denominator) {
    throw new InexactDecimalError(
      options.lotSize,
      `times price unit ${options.priceUnit} must be a whole number of settlement units ` +
        `(${options.settlementDecimals} decimals)`,
    );
  }
  return numerator / denominator;
}

/** Integer units as a decimal, without trailing zeros: (1500000n, 6) is "1.5". */
export function formatAmount(amount: bigint, decimals: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : digits.slice(-decimals).replace(/0+$/, '');
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
}

/**
 * An integer of units as a decimal without needless zeros: (1500, 3) is "1.5"; negative places are
 * trailing zeros. Numbers, since bigints cost five times as much and every level of a book comes by
 * here.
 */
export function formatUnits(units: number, places: number): string {
  if (!Number.isSafeInteger(units) || places < 0) return formatWide(BigInt(units), places);
  if (places === 0) return String(units + 0);
  const digits = String(Math.abs(units)).padStart(places + 1, '0');
  let end = digits.length;
  const point = end - places;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const sign = units < 0 ? '-' : '';
  const whole = digits.slice(0, point);
  return end === point ? sign + whole : `${sign}${whole}.${digits.slice(point, end)}`;
}

/** The same of an integer that may be beyond 2^53. */
export function formatWide(units: bigint, places: number): string {
  if (places >= 0) return formatAmount(units, places);
  return formatAmount(units * powerOfTen(-places), 0);
}

/** `steps` × `step` as a decimal: (100001, "0.1") is "10000.1". */
export function formatSteps(steps: number, step: string): string {
  const unit = parseDecimal(step);
  return formatAmount(BigInt(steps) * unit.digits, unit.places);
}

/** A decimal as the nearest double, for plots and random walks, never for money. */
export function toDouble(text: string): number {
  const value = parseDecimal(text);
  return Number(value.digits) / Number(powerOfTen(value.places));
}
