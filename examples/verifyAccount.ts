// Verifies that an account's rows stand under a state root: nothing but SHA-256 and the numbered
// rules of docs/spec/roots.md. Shares no code with the machine that made the proof.
import { createHash } from 'node:crypto';

export interface Proof {
  account: number;
  chunks: Uint8Array;
  siblings: readonly Uint8Array[];
  meta: Uint8Array;
  globalRoot: Uint8Array;
  root: Uint8Array;
}

const hash = (...parts: Uint8Array[]): Uint8Array => {
  const sha = createHash('sha256');
  for (const part of parts) sha.update(part);
  return sha.digest();
};

export function verifyAccount(proof: Proof): boolean {
  let nodes: Uint8Array[] = [];
  for (let at = 0; at < proof.chunks.length; at += 64) {
    nodes.push(hash(proof.chunks.subarray(at, at + 64)));
  }
  while (nodes.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < nodes.length; i += 2) {
      above.push(hash(nodes[i]!, nodes[i + 1] ?? new Uint8Array(32)));
    }
    nodes = above;
  }
  let node = nodes[0]!;
  let index = proof.account;
  for (const sibling of proof.siblings) {
    node = index % 2 === 0 ? hash(node, sibling) : hash(sibling, node);
    index = Math.floor(index / 2);
  }
  return Buffer.from(hash(hash(proof.meta), hash(node, proof.globalRoot))).equals(proof.root);
}
