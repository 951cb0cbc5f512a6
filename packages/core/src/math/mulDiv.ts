import { assert, broken } from './assert.ts';

// The only divisions that money sees. Down is toward -∞, up toward +∞, zero toward 0; the divisor
// is positive, the rest is signed. Spec: determinism 2.

const EXACT_LIMIT = 9_007_199_254_740_992; // 2^53: below it every product of integers is exact.

/** ⌊a / d⌋. */
export function divDown(a: bigint, d: bigint): bigint {
  if (d <= 0n) broken('a divisor is positive', { d });
  const quotient = a / d;
  return a < 0n && quotient * d !== a ? quotient - 1n : quotient;
}

/** ⌈a / d⌉. */
export function divUp(a: bigint, d: bigint): bigint {
  if (d <= 0n) broken('a divisor is positive', { d });
  const quotient = a / d;
  return a > 0n && quotient * d !== a ? quotient + 1n : quotient;
}

/** a / d without its fraction. */
export function divZero(a: bigint, d: bigint): bigint {
  if (d <= 0n) broken('a divisor is positive', { d });
  return a / d;
}

/** ⌊a × b / d⌋. */
export function mulDivDown(a: bigint, b: bigint, d: bigint): bigint {
  return divDown(a * b, d);
}

/** ⌈a × b / d⌉. */
export function mulDivUp(a: bigint, b: bigint, d: bigint): bigint {
  return divUp(a * b, d);
}

/** a × b / d without its fraction. */
export function mulDivZero(a: bigint, b: bigint, d: bigint): bigint {
  return divZero(a * b, d);
}

/**
 * `mulDivDown` of safe integers held as numbers; the result has to be a safe integer too.
 *
 * Below 2^53 the product p is exact and so is the floor of the rounded quotient: a fraction of d
 * that lies under the integer k is at least 1/d under it, and half a step of a double there is less
 * than (p/d)·2^-53 < 1/d, so that p/d is never rounded up to k.
 */
export function mulDivDownNumber(a: number, b: number, d: number): number {
  const product = a * b;
  if (product < EXACT_LIMIT && product > -EXACT_LIMIT && isExact(a, b, d)) {
    return Math.floor(product / d) + 0; // + 0: never -0.
  }
  return safe(mulDivDown(wide(a), wide(b), wide(d)));
}

/** `mulDivUp` of safe integers held as numbers; the result has to be a safe integer too. */
export function mulDivUpNumber(a: number, b: number, d: number): number {
  const product = a * b;
  if (product < EXACT_LIMIT && product > -EXACT_LIMIT && isExact(a, b, d)) {
    return Math.ceil(product / d) + 0;
  }
  return safe(mulDivUp(wide(a), wide(b), wide(d)));
}

/** `mulDivZero` of safe integers held as numbers; the result has to be a safe integer too. */
export function mulDivZeroNumber(a: number, b: number, d: number): number {
  const product = a * b;
  if (product < EXACT_LIMIT && product > -EXACT_LIMIT && isExact(a, b, d)) {
    return Math.trunc(product / d) + 0;
  }
  return safe(mulDivZero(wide(a), wide(b), wide(d)));
}

function isExact(a: number, b: number, d: number): boolean {
  return Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(d) && d > 0;
}

function wide(x: number): bigint {
  assert(Number.isSafeInteger(x), 'a number in an exact division is a safe integer', { x });
  return BigInt(x);
}

function safe(x: bigint): number {
  const number = Number(x);
  assert(Number.isSafeInteger(number), 'the quotient is a safe integer', { x });
  return number;
}
