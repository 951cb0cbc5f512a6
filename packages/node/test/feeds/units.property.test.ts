import { crc32 as zipCrc32 } from 'node:zlib';
import { formatAmount } from '@plimsoll/api/units';
import { bookChecksum, crc32 } from '@plimsoll/api/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalOf } from '../../src/feeds/units.ts';

const integers = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });

test('the fast decimal writes what the exact one writes', () => {
  fc.assert(
    fc.property(integers, fc.integer({ min: 0, max: 20 }), (units, places) => {
      expect(decimalOf(units, places)).toBe(formatAmount(BigInt(units), places));
    }),
  );
});

test('negative places are zeros behind the integer', () => {
  expect(decimalOf(15, -3)).toBe('15000');
  expect(decimalOf(-1, -1)).toBe('-10');
  expect(decimalOf(0, -2)).toBe('0');
});

test('the checksum is the CRC-32 of zip files', () => {
  expect(crc32('123456789')).toBe(0xcbf43926);
  const ascii = fc.string({ unit: 'grapheme-ascii', maxLength: 400 });
  fc.assert(
    fc.property(ascii, (text) => {
      expect(crc32(text)).toBe(zipCrc32(text) >>> 0);
    }),
  );
});

test('levels behind the tenth do not enter the checksum', () => {
  const levels = Array.from({ length: 12 }, (_, i) => [String(100 - i), '1'] as const);
  expect(bookChecksum(levels, [])).toBe(bookChecksum(levels.slice(0, 10), []));
  expect(bookChecksum(levels, [])).not.toBe(bookChecksum(levels.slice(0, 9), []));
});
