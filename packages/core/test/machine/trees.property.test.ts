import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DenseTree } from '../../src/machine/roots/denseTree.ts';
import { hashPairsPortable, hex } from '../../src/machine/roots/hash.ts';
import { LeafBatch } from '../../src/machine/roots/leafBatch.ts';

const sha = (...parts: Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The obvious tree over chunks: pairs, an odd node with zeros. */
function obviousLeaf(chunks: Uint8Array[]): Uint8Array {
  let nodes = chunks.map((chunk) => sha(chunk));
  while (nodes.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < nodes.length; i += 2) {
      above.push(sha(nodes[i]!, nodes[i + 1] ?? new Uint8Array(32)));
    }
    nodes = above;
  }
  return nodes[0]!;
}

/** The obvious dense tree: all leaves of the power of two, zeros where there is none. */
function obviousRoot(leaves: (Uint8Array | undefined)[], capacity: number): Uint8Array {
  let width = 1;
  while (width < capacity) width *= 2;
  let nodes = Array.from({ length: width }, (_, i) => leaves[i] ?? new Uint8Array(32));
  while (nodes.length > 1) {
    nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
      sha(nodes[2 * i]!, nodes[2 * i + 1]!),
    );
  }
  return nodes[0]!;
}

test('leaves hashed in a batch equal the obvious trees over the same chunks', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(fc.uint8Array({ minLength: 64, maxLength: 64 }), { minLength: 1, maxLength: 9 }),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      (items) => {
        const batch = new LeafBatch();
        for (const chunks of items) {
          batch.begin();
          for (const chunk of chunks) {
            const at = batch.room(64);
            for (let i = 0; i < 64; i++) batch.view.setUint8(at + i, chunk[i]!);
          }
        }
        const leaves: string[] = [];
        batch.hash(hashPairsPortable, (_, nodes, at) =>
          leaves.push(hex(nodes.subarray(at, at + 32))),
        );
        expect(leaves).toEqual(items.map((chunks) => hex(obviousLeaf(chunks))));
      },
    ),
  );
});

test('a dense tree equals the full tree with zeros, however its leaves were set', () => {
  const step = fc.array(fc.tuple(fc.nat(20), fc.uint8Array({ minLength: 32, maxLength: 32 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const tree = new DenseTree(21, hashPairsPortable);
      const leaves: Uint8Array[] = [];
      for (const writes of steps) {
        const dirty = new Set<number>();
        // Leaves are dense: what is skipped is a leaf of zeros that was set too.
        const highest = Math.max(leaves.length - 1, ...writes.map(([at]) => at));
        for (let at = leaves.length; at <= highest; at++) {
          leaves[at] = new Uint8Array(32);
          dirty.add(at);
        }
        for (const [at, leaf] of writes) {
          leaves[at] = leaf;
          dirty.add(at);
        }
        tree.count = leaves.length;
        for (const at of dirty) tree.setLeaf(at, leaves[at]!, 0);
        tree.update(Int32Array.from(dirty).sort());
        expect(hex(tree.root())).toBe(hex(obviousRoot(leaves, 21)));
      }
    }),
  );
});
