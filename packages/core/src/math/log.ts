import { exponentOf, scaleByPowerOfTwo } from './bits.ts';

// ln x = k·ln 2 + ln(1 + f) with 1 + f in [√½, √2). With s = f/(2 + f) and z = s²
//   ln(1 + f) = 2·artanh(s) = 2s + s·R,  R = 2z/3 + 2z²/5 + 2z³/7 + …
// and 2s = f − s·f, rewritten over f²/2 so that the large terms cancel exactly. R is cut after z¹¹:
// z ≤ 0.0295, what is left out is below 2^-60. Only + − × ÷ in a fixed order, so every engine gives
// the same bits; within 1 unit in the last place (test/vectors/math).

const C1: number = 2 / 3;
const C2: number = 2 / 5;
const C3: number = 2 / 7;
const C4: number = 2 / 9;
const C5: number = 2 / 11;
const C6: number = 2 / 13;
const C7: number = 2 / 15;
const C8: number = 2 / 17;
const C9: number = 2 / 19;
const C10: number = 2 / 21;
const C11: number = 2 / 23;

// ln 2 in two parts; the first has its last 21 bits zero, so that k times it is exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_2 = 1.4143; // Only picks k, so a few digits do.

/** The natural logarithm, the same bits everywhere. −Infinity of 0, NaN of what is below 0. */
export function ln(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = exponentOf(x);
  let m = scaleByPowerOfTwo(x, -k);
  if (m >= SQRT_2) {
    m = m * 0.5;
    k += 1;
  }
  const f = m - 1;
  if (f === 0) return k * LN2_HIGH + k * LN2_LOW;
  const s = f / (2 + f);
  const z = s * s;
  const half = 0.5 * f * f;
  const r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * tail(z))))));
  return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
}

function tail(z: number): number {
  return C6 + z * (C7 + z * (C8 + z * (C9 + z * (C10 + z * C11))));
}
