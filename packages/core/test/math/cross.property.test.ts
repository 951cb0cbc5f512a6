import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountDown,
  amountOf,
  amountUp,
  exactNotional,
  integerOf,
  notionalDouble,
  readI64,
  toDouble,
} from '../../src/math/index.ts';

const i64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  // Close to halfway between two doubles, where a second rounding would show.
  fc
    .tuple(fc.integer({ min: 53, max: 62 }), fc.bigInt({ min: 0n, max: 2n ** 20n }))
    .chain(([power, step]) =>
      fc
        .integer({ min: -2, max: 2 })
        .map(
          (near) =>
            2n ** BigInt(power) + (2n * step + 1n) * 2n ** BigInt(power - 53) + BigInt(near),
        ),
    )
    .filter((x) => x < 2n ** 63n),
);

describe('reading an i64 through its halves', () => {
  test('gives the double nearest to it', () => {
    const wide = new BigInt64Array(3);
    const halves = new Int32Array(wide.buffer);
    fc.assert(
      fc.property(i64, fc.integer({ min: 0, max: 2 }), (x, row) => {
        wide[row] = x;
        expect(readI64(halves, row)).toBe(Number(x));
        wide[row] = -x; // -2^63 stays itself.
        expect(readI64(halves, row)).toBe(Number(wide[row]));
      }),
      { numRuns: 5000 },
    );
  });

  test('a row outside the column is an error of ours', () => {
    expect(() => readI64(new Int32Array(2), 1)).toThrow('the row is inside the column');
  });
});

describe('from double to amount', () => {
  test('down and up enclose the double and differ by at most one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e18, max: 1e18 }), (x) => {
        const [down, up] = [amountDown(x), amountUp(x)];
        expect(Number(down) <= x && x <= Number(up)).toBe(true);
        expect(up - down).toBe(Number.isInteger(x) ? 0n : 1n);
      }),
    );
  });

  test('what is not finite, or not an integer, does not become an amount', () => {
    expect(() => amountDown(Number.NaN)).toThrow('finite');
    expect(() => amountUp(Number.POSITIVE_INFINITY)).toThrow('finite');
    expect(() => amountOf(0.5)).toThrow('safe integer');
    expect(() => amountOf(2 ** 53)).toThrow('safe integer');
    expect(amountOf(-5)).toBe(-5n);
  });

  test('an integer too large for a number is refused rather than rounded', () => {
    expect(integerOf(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(() => integerOf(2n ** 53n)).toThrow('an integer fits a number');
    expect(toDouble(2n ** 53n + 1n)).toBe(2 ** 53);
  });
});

describe('notional', () => {
  const lots = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
  const price = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  const v = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 40 }));

  test('is exact on both sides of 2^53', () => {
    fc.assert(
      fc.property(lots, price, v, (q, p, multiplier) => {
        const expected = BigInt(Math.abs(q)) * BigInt(p) * BigInt(multiplier);
        expect(exactNotional(q, p, multiplier)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('as a double differs from the exact one by at most two roundings', () => {
    fc.assert(
      fc.property(lots, price, v, (q, p, multiplier) => {
        const exact = Number(exactNotional(q, p, multiplier));
        const difference = Math.abs(notionalDouble(q, p, multiplier) - exact);
        expect(difference <= exact * 2 ** -51).toBe(true);
      }),
    );
  });
});
