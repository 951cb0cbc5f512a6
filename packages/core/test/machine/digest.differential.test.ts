import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from '../../src/machine/chain.ts';
import { type HashPairs, hashTwo, hex } from '../../src/machine/roots/hash.ts';
import { seeded } from '../fixtures/seeded.ts';

/** By the native hash of the platform: megabytes would take minutes otherwise. */
const hashPairs: HashPairs = (input, output, count) => {
  for (let i = 0; i < count; i++) {
    const chunk = input.subarray(i * 64, i * 64 + 64);
    output.set(createHash('sha256').update(chunk).digest(), i * 32);
  }
};

/** The sentence of the spec, level by level over the whole. */
function plainly(bytes: Uint8Array): string {
  const count = Math.max(1, Math.ceil(bytes.length / 64));
  const padded = new Uint8Array(count * 64);
  padded.set(bytes);
  let nodes = new Uint8Array(count * 32);
  hashPairs(padded, nodes, count);
  while (nodes.length > 32) {
    const even = new Uint8Array(Math.ceil(nodes.length / 64) * 64);
    even.set(nodes);
    nodes = new Uint8Array(even.length / 2);
    hashPairs(even, nodes, even.length / 64);
  }
  const length = new Uint8Array(32);
  new DataView(length.buffer).setFloat64(0, bytes.length, true);
  return hex(hashTwo(hashPairs, nodes, length));
}

test('a digest in parts is the digest of the whole, whatever its length', () => {
  const draw = seeded(1);
  const part = 64 << 14;
  const lengths = [0, 1, 63, 64, 65, 128, 129, 200, 4_096, 5_000, 70_001];
  for (const parts of [1, 2]) {
    for (const off of [-1, 0, 65, part >> 1]) lengths.push(parts * part + off);
  }
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, () => draw(256));
    expect(hex(digest(hashPairs, bytes)), `${length} bytes`).toBe(plainly(bytes));
  }
});
