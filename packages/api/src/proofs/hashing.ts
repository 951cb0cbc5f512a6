import { sha256 } from '@noble/hashes/sha2.js';

export const ZERO_NODE: Uint8Array = new Uint8Array(32);

/** SHA-256 of two 32-byte values. */
export function hashTwo(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(left).update(right).digest();
}

/** The root of the tree over nodes: on every level an odd last one is paired with zeros. */
export function foldNodes(leaves: readonly Uint8Array[]): Uint8Array {
  let nodes = leaves;
  while (nodes.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < nodes.length; i += 2) {
      above.push(hashTwo(nodes[i] as Uint8Array, nodes[i + 1] ?? ZERO_NODE));
    }
    nodes = above;
  }
  return nodes[0] ?? ZERO_NODE;
}

/** The root of the tree over the hashes of 64-byte chunks. */
export function foldChunks(bytes: Uint8Array): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 64) leaves.push(sha256(bytes.subarray(at, at + 64)));
  return foldNodes(leaves);
}

export function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
