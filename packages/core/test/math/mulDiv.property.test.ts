import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  divDown,
  divUp,
  divZero,
  mulDivDown,
  mulDivDownNumber,
  mulDivUp,
  mulDivUpNumber,
  mulDivZero,
  mulDivZeroNumber,
} from '../../src/math/index.ts';

const signed = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
const divisor = fc.bigInt({ min: 1n, max: 2n ** 66n });

describe('bigint division', () => {
  test('down is the greatest integer that times d does not exceed a × b', () => {
    fc.assert(
      fc.property(signed, signed, divisor, (a, b, d) => {
        const q = mulDivDown(a, b, d);
        expect(q * d <= a * b && (q + 1n) * d > a * b).toBe(true);
      }),
    );
  });

  test('up is the least integer that times d is not below a × b', () => {
    fc.assert(
      fc.property(signed, signed, divisor, (a, b, d) => {
        const q = mulDivUp(a, b, d);
        expect(q * d >= a * b && (q - 1n) * d < a * b).toBe(true);
      }),
    );
  });

  test('zero is down above zero and up below it', () => {
    fc.assert(
      fc.property(signed, signed, divisor, (a, b, d) => {
        const expected = a * b < 0n ? mulDivUp(a, b, d) : mulDivDown(a, b, d);
        expect(mulDivZero(a, b, d)).toBe(expected);
      }),
    );
  });

  test('halves round as their names say', () => {
    expect([divDown(-7n, 2n), divUp(-7n, 2n), divZero(-7n, 2n)]).toEqual([-4n, -3n, -3n]);
    expect([divDown(7n, 2n), divUp(7n, 2n), divZero(7n, 2n)]).toEqual([3n, 4n, 3n]);
    expect([divDown(-6n, 2n), divUp(6n, 2n)]).toEqual([-3n, 3n]);
  });

  test('a divisor of zero or below is an error of ours', () => {
    for (const divide of [divDown, divUp, divZero]) {
      expect(() => divide(1n, 0n)).toThrow('a divisor is positive');
      expect(() => divide(1n, -1n)).toThrow('a divisor is positive');
    }
  });
});

describe('the Number path', () => {
  // Products on both sides of 2^53, and quotients right below an integer.
  const factor = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
    fc.maxSafeInteger(),
    fc.integer({ min: -1000, max: 1000 }),
  );
  const positive = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    fc.integer({ min: 1, max: 9 }),
  );
  const pairs = [
    ['down', mulDivDown, mulDivDownNumber],
    ['up', mulDivUp, mulDivUpNumber],
    ['zero', mulDivZero, mulDivZeroNumber],
  ] as const;

  test.each(pairs)('%s equals its bigint twin, and is never -0', (_name, exact, twin) => {
    fc.assert(
      fc.property(factor, factor, positive, (a, b, d) => {
        const expected = exact(BigInt(a), BigInt(b), BigInt(d));
        if (
          expected > BigInt(Number.MAX_SAFE_INTEGER) ||
          expected < -BigInt(Number.MAX_SAFE_INTEGER)
        )
          expect(() => twin(a, b, d)).toThrow('the quotient is a safe integer');
        else expect(Object.is(twin(a, b, d), Number(expected))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(pairs)(
    '%s is exact one below, at and above a multiple near 2^53',
    (_n, exact, twin) => {
      fc.assert(
        fc.property(positive, fc.integer({ min: -1, max: 1 }), fc.double(), (d, offset, share) => {
          const k = Math.floor((2 ** 53 / d) * Math.abs(share % 1 || 0.999));
          const a = k * d + offset;
          if (!Number.isSafeInteger(a)) return;
          expect(twin(a, 1, d)).toBe(Number(exact(BigInt(a), 1n, BigInt(d))));
        }),
        { numRuns: 2000 },
      );
    },
  );

  test('a fraction or a divisor of zero is an error of ours', () => {
    expect(() => mulDivDownNumber(1.5, 2, 1)).toThrow('safe integer');
    expect(() => mulDivUpNumber(1, 2, 0)).toThrow('a divisor is positive');
    expect(() => mulDivZeroNumber(Number.NaN, 2, 1)).toThrow('safe integer');
  });
});
