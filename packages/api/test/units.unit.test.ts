import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAmount,
  formatSteps,
  formatUnits,
  parseDecimal,
  settlementUnitsPerLot,
  toAmount,
  toDouble,
  toLots,
  toPriceUnits,
} from '../src/units.ts';

describe('decimals become integers exactly or not at all', () => {
  test('an amount takes the decimals of its asset', () => {
    expect(toAmount('1.5', 6)).toBe(1_500_000n);
    expect(toAmount('-0.000001', 6)).toBe(-1n);
    expect(toAmount('2.500', 1)).toBe(25n);
    expect(() => toAmount('0.0000001', 6)).toThrow('"0.0000001" must have at most 6 decimals');
  });

  test('a price is a multiple of the price unit, a size of the lot', () => {
    expect(toPriceUnits('10000.1', '0.1')).toBe(100_001);
    expect(toPriceUnits('10002.5', '2.5')).toBe(4001);
    expect(toLots('-1.25', '0.001')).toBe(-1250);
    expect(() => toPriceUnits('10000.15', '0.1')).toThrow('must be a multiple of 0.1');
    expect(() => toLots('0.0005', '0.001')).toThrow('must be a multiple of 0.001');
  });

  test('what is no decimal is refused', () => {
    for (const text of ['', '1e3', '+1', '01', '.5', '5.', '1,5', 'NaN', ' 1']) {
      expect(() => parseDecimal(text)).toThrow('must be a decimal number such as "1.5"');
    }
  });

  test('more units than the machine can hold are refused', () => {
    expect(toPriceUnits('2147483647', '1')).toBe(2_147_483_647);
    expect(() => toPriceUnits('2147483648', '1')).toThrow('at most 2147483647 steps of 1');
  });

  test('v is a whole number of settlement units, at least one', () => {
    const v = (priceUnit: string, lotSize: string, settlementDecimals: number): bigint =>
      settlementUnitsPerLot({ priceUnit, lotSize, settlementDecimals });
    expect(v('0.1', '0.001', 6)).toBe(100n);
    expect(v('1', '1', 0)).toBe(1n);
    expect(() => v('0.1', '0.001', 3)).toThrow('whole number of settlement units');
    expect(() => v('0.01', '0.00125', 6)).toThrow('whole number of settlement units');
  });

  test('a decimal written by a formatter reads back as the same integer', () =>
    fc.assert(
      fc.property(fc.bigInt(), fc.integer({ min: 0, max: 18 }), (amount, decimals) => {
        expect(toAmount(formatAmount(amount, decimals), decimals)).toBe(amount);
      }),
    ));

  test('steps written by a formatter read back as the same integer', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -2147483647, max: 2147483647 }),
        fc.constantFrom('0.1', '2.5', '1', '0.00025', '50'),
        (steps, step) => {
          expect(toLots(formatSteps(steps, step), step)).toBe(steps);
        },
      ),
    ));

  test('a double for plots is the nearest one', () => {
    expect(toDouble('-12.5')).toBe(-12.5);
    expect(toDouble('0.1')).toBe(0.1);
  });
});

test('the fast decimal writes what the exact one writes', () => {
  const integers = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(integers, fc.integer({ min: 0, max: 20 }), (units, places) => {
      expect(formatUnits(units, places)).toBe(formatAmount(BigInt(units), places));
    }),
  );
  expect(formatUnits(2 ** 60, 2)).toBe(formatAmount(2n ** 60n, 2));
});

test('negative places are zeros behind the integer', () => {
  expect(formatUnits(15, -3)).toBe('15000');
  expect(formatUnits(-1, -1)).toBe('-10');
  expect(formatUnits(0, -2)).toBe('0');
});
