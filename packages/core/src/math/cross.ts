import { broken } from './assert.ts';

// Every crossing between integers that pay and doubles that judge. Spec: determinism 3.

const EXACT_LIMIT = 9_007_199_254_740_992; // 2^53
const TWO_32 = 4_294_967_296;

/** The double nearest to `x`, ties to even: one rounding. */
export function toDouble(x: bigint): number {
  return Number(x);
}

/** `x` as a number, exact. @throws InvariantError above 2^53 - 1 in magnitude. */
export function integerOf(x: bigint): number {
  const number = Number(x);
  if (!Number.isSafeInteger(number)) broken('an integer fits a number', { x });
  return number;
}

/** The integer held by `x`, exact. @throws InvariantError when `x` is not a safe integer. */
export function amountOf(x: number): bigint {
  if (!Number.isSafeInteger(x)) broken('a number that becomes an amount is a safe integer', { x });
  return BigInt(x);
}

/** ⌊x⌋ as an amount. */
export function amountDown(x: number): bigint {
  if (!Number.isFinite(x)) broken('a double that becomes an amount is finite', { x });
  return BigInt(Math.floor(x));
}

/** ⌈x⌉ as an amount. */
export function amountUp(x: number): bigint {
  if (!Number.isFinite(x)) broken('a double that becomes an amount is finite', { x });
  return BigInt(Math.ceil(x));
}

/**
 * |lots| × price × v, exact: the notional of a position, the quote of a fill.
 * All three are safe integers.
 */
export function exactNotional(lots: number, price: number, v: number): bigint {
  const notional = Math.abs(lots) * price * v;
  // Rounding is monotone: a product that comes out below 2^53 is below it, and so is exact.
  if (notional < EXACT_LIMIT && notional > -EXACT_LIMIT) return amountOf(notional);
  return amountOf(Math.abs(lots)) * amountOf(price) * amountOf(v);
}

/** |lots| × price × v as a double, multiplied left to right: at most two roundings. */
export function notionalDouble(lots: number, price: number, v: number): number {
  return Math.abs(lots) * price * v;
}

/**
 * The i64 at `index` of a BigInt64Array, read through an Int32Array over the same little-endian
 * bytes, as the double nearest to it. High half × 2^32 is exact and their sum is rounded once, so
 * that it equals `toDouble` of the bigint, without making one.
 */
export function readI64(halves: Int32Array, index: number): number {
  const low = halves[2 * index];
  const high = halves[2 * index + 1];
  if (low === undefined || high === undefined) broken('the row is inside the column', { index });
  return high * TWO_32 + (low >>> 0);
}
