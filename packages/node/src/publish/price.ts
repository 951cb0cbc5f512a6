import { PlimsollError } from '@plimsoll/core/math';

/** What a source says that something costs. Decimals are of the settlement asset. */
export interface SourcePrice {
  /** The name under which the underlying is listed. */
  readonly underlying: string;
  readonly price: string;
  /** How far off the price may be, in the same unit. */
  readonly confidence: string;
  /** When it held, milliseconds since 1970. */
  readonly timeMs: number;
}

/** Prices as they come, for ever or until the source ends. */
export type PriceSource = AsyncIterable<SourcePrice>;

/** A file, a setting or a venue that no price can be had from. */
export class PriceSourceError extends PlimsollError {
  constructor(message: string, cause?: unknown) {
    super({ code: 'PRICE_SOURCE', message, cause });
  }
}

const UNITS_MAX = 2_147_483_647;

/**
 * The nearest whole price unit, or undefined where the machine could not be told: not a number, 0
 * or above what it counts to. Rounding to nearest is right here: a price is evidence, not money.
 */
export function priceUnitsOf(text: string, priceDecimals: number): bigint | undefined {
  const units = Math.round(Number(text) * 10 ** priceDecimals);
  return Number.isFinite(units) && units > 0 && units <= UNITS_MAX ? BigInt(units) : undefined;
}

/** Confidence in whole price units, rounded up: never surer than the source; at most the price. */
export function confidenceUnitsOf(text: string, price: bigint, priceDecimals: number): bigint {
  const units = Math.ceil(Number(text) * 10 ** priceDecimals);
  if (!Number.isFinite(units) || units < 0) return price;
  const confidence = BigInt(Math.min(units, UNITS_MAX));
  return confidence > price ? price : confidence;
}

/** A double as a decimal with so many significant digits, without exponent. */
export function decimalOf(value: number, significantDigits = 10): string {
  const places = Math.max(0, significantDigits - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
  const text = value.toFixed(Math.min(20, places));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
