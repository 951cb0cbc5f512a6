import { sha256 } from '@noble/hashes/sha2.js';

/**
 * SHA-256 of `count` consecutive 64-byte blocks: block i of `input` to bytes 32·i of `output`. The
 * one cryptographic function of the machine; a host injects a faster one. Spec: roots 1.
 */
export type HashPairs = (input: Uint8Array, output: Uint8Array, count: number) => void;

/** The portable default. */
export function hashPairsPortable(input: Uint8Array, output: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) {
    output.set(sha256(input.subarray(i * 64, i * 64 + 64)), i * 32);
  }
}

/** SHA-256 of two 32-byte nodes. */
export function hashTwo(hashPairs: HashPairs, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(64);
  input.set(left, 0);
  input.set(right, 32);
  const output = new Uint8Array(32);
  hashPairs(input, output, 1);
  return output;
}

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
