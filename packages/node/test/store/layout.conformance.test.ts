import { createHash } from 'node:crypto';
import { decodeBlock, decodeResults, isMalformed } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/network.ts';
import { encodeIdentity } from '../../src/store/identity.ts';
import { decodeRecord } from '../../src/store/index.ts';
import { Chain } from '../fixtures/chain.ts';

/** The first 16 bytes of SHA-256 over what stands before the checksum and behind it. */
function checksum(bytes: Buffer, at: number): Buffer {
  const hash = createHash('sha256')
    .update(bytes.subarray(0, at))
    .update(bytes.subarray(at + 16));
  return hash.digest().subarray(0, 16);
}

test('nodeStore 2.1: the identity of a store lies where the table says', () => {
  const { network } = new Chain();
  const bytes = encodeIdentity(network);
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('PLST');
  expect([bytes.readUInt32LE(4), bytes.readUInt32LE(8)]).toEqual([1, 1]);
  expect(bytes.subarray(12, 28).equals(checksum(bytes, 12))).toBe(true);
  expect(bytes.subarray(28).toString()).toBe(canonicalJson(network));
});

test('nodeStore 2.2: a block lies where the table says', () => {
  const chain = new Chain({ isSigned: true });
  const made = [...chain.open(), ...Array.from({ length: 6 }, () => chain.trade())];
  let roots = 0;
  for (const { height, record } of made) {
    const bytes = Buffer.from(record);
    const read = decodeRecord(record);
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('PLBR');
    expect(bytes.readUInt32LE(4)).toBe(1);
    expect(bytes.subarray(8, 24).equals(checksum(bytes, 8))).toBe(true);
    expect(bytes.subarray(24, 56).equals(read.chainHash)).toBe(true);
    const root = bytes.subarray(56, 88);
    expect(bytes[88]).toBe(read.root === undefined ? 0 : 1);
    expect(root.equals(read.root ?? Buffer.alloc(32))).toBe(true);
    roots += bytes[88] as number;
    let at = 117;
    const parts = Array.from({ length: 7 }, (_, i) => {
      const part = bytes.subarray(at, at + bytes.readUInt32LE(89 + 4 * i));
      at += part.length;
      return part;
    }) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    expect(at).toBe(bytes.length);
    const [block, results, digests, signatures, prices, codes, refusals] = parts;
    const decoded = decodeBlock(block);
    expect(isMalformed(decoded) ? decoded : decoded.height).toBe(height);
    expect(decodeResults(results)).toEqual(read.results);
    const commands = read.block.commands.length;
    expect([digests.length, signatures.length]).toEqual([32 * commands, 65 * commands]);
    expect([prices.length, codes.length]).toEqual([
      101 * read.prices.length,
      2 * read.prices.length,
    ]);
    read.prices.forEach(({ signature, digest, count }, i) => {
      expect(prices.subarray(101 * i, 101 * i + 65).equals(signature)).toBe(true);
      expect(prices.subarray(101 * i + 65, 101 * i + 97).equals(digest)).toBe(true);
      expect(prices.readUInt32LE(101 * i + 97)).toBe(count);
    });
    expect(JSON.parse(refusals.toString())).toEqual(read.refusals);
  }
  expect(roots).toBeGreaterThan(0);
});
