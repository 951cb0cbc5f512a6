import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { PlimsollError } from '@plimsoll/core/math';
import type { Address } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';
import { bytesOfHex, hexOfBytes } from './hex.ts';
import type { Keccak } from './signedTypes.ts';

/** A private key that is none. The error does not say it. */
export class PrivateKeyError extends PlimsollError {}

/**
 * A private key as its 32 bytes.
 *
 * @throws PrivateKeyError when it is not a number from 1 to n − 1.
 */
export function privateKeyOf(key: Hex | Uint8Array): Uint8Array {
  const bytes = typeof key === 'string' ? hexKey(key) : key;
  if (secp256k1.utils.isValidSecretKey(bytes)) return bytes;
  throw malformed({ bytes: bytes.length });
}

/** The address of a private key, in lower case. */
export function addressOf(key: Hex | Uint8Array): Address {
  return addressOfPublicKey(secp256k1.getPublicKey(privateKeyOf(key), false));
}

/** The last 20 bytes of the hash of an uncompressed public key (65 bytes, the first of them 4). */
export function addressOfPublicKey(publicKey: Uint8Array, keccak: Keccak = keccak_256): Address {
  return hexOfBytes(keccak(publicKey.subarray(1)).subarray(12));
}

function hexKey(key: string): Uint8Array {
  try {
    return bytesOfHex(key);
  } catch {
    throw malformed({ characters: key.length });
  }
}

function malformed(facts: { readonly [fact: string]: number }): PrivateKeyError {
  return new PrivateKeyError({
    code: 'PRIVATE_KEY_MALFORMED',
    message: 'a private key is 32 bytes (0x and 64 hex digits), above 0 and below the order',
    facts,
  });
}
