import { crc32 as zipCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bookChecksum, crc32 } from '../../src/wire/index.ts';

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
