import { scaleByPowerOfTwo } from './bits.ts';

// e^x = 2^k · e^r with r = x − k·ln 2 and |r| ≤ ln(2)/2. For e^r the even series
//   r·(e^r + 1)/(e^r − 1) = 2 + r²/6 − r⁴/360 + r⁶/15120 − …  (2·B₂ₙ/(2n)! at r²ⁿ)
// is cut after r¹²: what is left out is below 2^-60 of the result. Only + − × ÷ in a fixed order,
// so every engine gives the same bits; within 1 unit in the last place (test/vectors/math).

const B1: number = 1 / 6;
const B2: number = -1 / 360;
const B3: number = 1 / 15_120;
const B4: number = -1 / 604_800;
const B5: number = 1 / 23_950_080;
const B6: number = -691 / 653_837_184_000;

// ln 2 in two parts; the first has its last 21 bits zero, so that k times it is exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E: number = 1 / LN2_HIGH; // Only picks k.

const OVERFLOW = 709.782712893384; // Above it e^x exceeds the largest double.
const UNDERFLOW = -745.1332191019412; // Below it e^x rounds to zero.

/** e^x, the same bits everywhere. Infinite above 709.78, 0 below -745.13, NaN of NaN. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > OVERFLOW) return Number.POSITIVE_INFINITY;
  if (x < UNDERFLOW) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const z = r * r;
  const even = z * (B1 + z * (B2 + z * (B3 + z * (B4 + z * (B5 + z * B6)))));
  // With c = r − even: e^r = 1 + 2r/(2 + even − r) = 1 + r + r·c/(2 − c); the low part comes last.
  const c = r - even;
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return scaleByPowerOfTwo(y, k);
}
