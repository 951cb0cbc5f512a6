// A double's exponent, read and written through its bits. The view is scratch space that no call
// leaves anything in for the next; byte order is stated, so that hosts do not differ.

const scratch: DataView = new DataView(new ArrayBuffer(8));
const TWO_54 = 18_014_398_509_481_984;

/** The k for which x = m × 2^k with 1 ≤ m < 2. x is positive and finite. */
export function exponentOf(x: number): number {
  if (x < 2.2250738585072014e-308) return exponentOf(x * TWO_54) - 54;
  scratch.setFloat64(0, x);
  return (scratch.getUint32(0) >>> 20) - 1023;
}

/** 2^k for −1022 ≤ k ≤ 1023, exact. */
function powerOfTwo(k: number): number {
  scratch.setUint32(0, (k + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/** x × 2^k, rounded at most once; |k| ≤ 1100. */
export function scaleByPowerOfTwo(x: number, k: number): number {
  if (k > 1023) return x * powerOfTwo(1023) * powerOfTwo(k - 1023);
  // In two steps the first stays normal when |x| ≥ 2^-52, so only the second rounds.
  if (k < -1022) return x * powerOfTwo(-969) * powerOfTwo(k + 969);
  return x * powerOfTwo(k);
}
