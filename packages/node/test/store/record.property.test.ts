import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DamagedRecordError, decodeRecord, encodeRecord } from '../../src/store/index.ts';
import { Chain } from '../fixtures/chain.ts';

const chain = new Chain({ isSigned: true });
const records = [...chain.open(), ...Array.from({ length: 12 }, () => chain.trade())].map(
  ({ record }) => Buffer.from(record),
);
const anyRecord = fc.constantFrom(...records);

test('a block comes back as it was written, signatures, results and refusals included', () => {
  let refusals = 0;
  let roots = 0;
  for (const bytes of records) {
    const record = decodeRecord(bytes);
    expect(Buffer.from(encodeRecord(record)).equals(bytes)).toBe(true);
    expect(record.digests.length).toBe(32 * record.block.commands.length);
    expect(record.signatures.length).toBe(65 * record.block.commands.length);
    refusals += record.refusals.length;
    if (record.root !== undefined) roots += 1;
  }
  expect(refusals).toBeGreaterThan(0);
  expect(roots).toBeGreaterThan(0);
  expect(roots).toBeLessThan(records.length);
});

test('a record does not share bytes with the next one that is written', () => {
  const first = encodeRecord(decodeRecord(records[6] as Buffer));
  const before = Buffer.from(first);
  encodeRecord(decodeRecord(records[7] as Buffer));
  expect(before.equals(first)).toBe(true);
});

test('any flipped bit is refused', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), (bytes, at) => {
      const changed = Buffer.from(bytes);
      const bit = at % (changed.length * 8);
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decodeRecord(changed)).toThrow(DamagedRecordError);
    }),
    { numRuns: 2000 },
  );
});

test('any cut, and anything appended, is refused', () => {
  fc.assert(
    fc.property(
      anyRecord,
      fc.nat(),
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      (bytes, at, more) => {
        expect(() => decodeRecord(bytes.subarray(0, at % bytes.length))).toThrow(
          DamagedRecordError,
        );
        expect(() => decodeRecord(Buffer.concat([bytes, more]))).toThrow(DamagedRecordError);
      },
    ),
    { numRuns: 500 },
  );
});

test('bytes that are no record at all are refused, never thrown over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(() => decodeRecord(bytes)).toThrow(DamagedRecordError);
    }),
  );
});
