// Hostile signatures: each has its named fault, or opens to somebody else.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Address } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Network, typedDataTarget, type UnsignedCommand } from '../../src/index.ts';
import {
  addressOf,
  bytesOfHex,
  commandDigest,
  recoverSigner,
  SignatureError,
  type SignatureFault,
  signatureFault,
  signatureFaults,
  signDigest,
} from '../../src/signing/index.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FIELD = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const key = new Uint8Array(32).fill(7);
const signer = addressOf(key);
const network: Network = { name: 'test', chainId: 31_337, genesisHash: `0x${'11'.repeat(32)}` };
const command: UnsignedCommand = {
  account: 7,
  nonce: 1_760_000_000_000,
  expiresMs: 1_760_000_060_000,
  actions: [{ kind: 'cancelAll', instrument: 3 }],
};
const digest = commandDigest(command, typedDataTarget(network));
const good = signDigest(digest, key);

function word(value: bigint): Uint8Array {
  return bytesOfHex(`0x${value.toString(16).padStart(64, '0')}`);
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function withR(value: bigint): Uint8Array {
  const signature = good.slice();
  signature.set(word(value), 0);
  return signature;
}

function withS(value: bigint): Uint8Array {
  const signature = good.slice();
  signature.set(word(value), 32);
  return signature;
}

function withV(v: number): Uint8Array {
  const signature = good.slice();
  signature[64] = v;
  return signature;
}

/** The fault, or who seems to have signed. */
function opened(signature: Uint8Array, over = digest): SignatureFault | Address {
  try {
    return recoverSigner(over, signature);
  } catch (error) {
    expect(error).toBeInstanceOf(SignatureError);
    const { fault, code, message } = error as SignatureError;
    expect(code).toBe(`SIGNATURE_${fault}`);
    expect(message).toContain(signatureFaults[fault]);
    return fault;
  }
}

/** The smallest r above 0 that is no x of a point: x³ + 7 is no square. */
function noPoint(): bigint {
  for (let x = 1n; ; x++) {
    let power = 1n;
    let base = (x ** 3n + 7n) % FIELD;
    for (let e = (FIELD - 1n) / 2n; e > 0n; e >>= 1n) {
      if (e & 1n) power = (power * base) % FIELD;
      base = (base * base) % FIELD;
    }
    if (power !== 1n) return x;
  }
}

const highS = ORDER - number(good.subarray(32, 64));

const hostile: readonly (readonly [string, SignatureFault, Uint8Array])[] = [
  ['no bytes at all', 'length', new Uint8Array(0)],
  ['64 bytes, without v', 'length', good.subarray(0, 64)],
  ['66 bytes', 'length', Uint8Array.from([...good, 0])],
  ['65 zeros', 'rZero', new Uint8Array(65)],
  ['65 times 255', 'v', new Uint8Array(65).fill(255)],
  ['r = 0', 'rZero', withR(0n)],
  ['r = n', 'rRange', withR(ORDER)],
  ['r = n + 1', 'rRange', withR(ORDER + 1n)],
  ['r = 2^256 − 1', 'rRange', withR((1n << 256n) - 1n)],
  ['s = 0', 'sZero', withS(0n)],
  ['s = n', 'sRange', withS(ORDER)],
  ['s = 2^256 − 1', 'sRange', withS((1n << 256n) - 1n)],
  ['s = n − s, which libraries accept', 'sHigh', withS(highS)],
  [
    's = n − s with v flipped',
    'sHigh',
    Uint8Array.from([...withS(highS).subarray(0, 64), 55 - (good[64] as number)]),
  ],
  ['s = n − 1', 'sHigh', withS(ORDER - 1n)],
  ['s = (n + 1) / 2, the least high s', 'sHigh', withS((ORDER + 1n) / 2n)],
  ['r that is no x of a point', 'noPoint', withR(noPoint())],
];

describe('a signature that cannot be one is refused by its name', () => {
  test.each(hostile)('%s: %s', (_, fault, signature) => {
    expect(opened(signature)).toBe(fault);
    if (fault !== 'noPoint') expect(signatureFault(signature)).toBe(fault);
  });

  test('every fault has a case', () => {
    expect(new Set(hostile.map(([, fault]) => fault))).toEqual(
      new Set(Object.keys(signatureFaults)),
    );
  });

  test('a point at infinity is nobody', () => {
    // r = x(k·G), s = z/k·… chosen so that s·R = z·G: the key would be the point at infinity.
    const k = 5n;
    const point = secp256k1.Point.BASE.multiply(k);
    const z = number(digest) % ORDER;
    const inverse = secp256k1.Point.Fn.inv(k);
    const s = (z * inverse) % ORDER;
    const low = s > ORDER / 2n ? ORDER - s : s;
    const isOdd = point.y % 2n === 1n;
    const bit = (s > ORDER / 2n ? !isOdd : isOdd) ? 1 : 0;
    const signature = Uint8Array.from([...word(point.x), ...word(low), 27 + bit]);
    expect(opened(signature)).toBe('noPoint');
  });

  test('the greatest low s is accepted', () => {
    expect(signatureFault(withS((ORDER - 1n) / 2n))).toBeUndefined();
  });

  test('of all 256 values of v, two of Ethereum and two bare bits are known', () => {
    const known = Array.from({ length: 256 }, (_, v) => v).filter((v) => opened(withV(v)) !== 'v');
    expect(known).toEqual([0, 1, 27, 28]);
    const v = good[64] as number;
    expect(opened(withV(v))).toBe(signer);
    expect(opened(withV(v - 27))).toBe(signer);
    expect(opened(withV(55 - v))).not.toBe(signer);
  });
});

describe('a signature over something else opens to somebody else', () => {
  const others: readonly (readonly [string, Network, UnsignedCommand])[] = [
    ['another chain id', { ...network, chainId: 31_338 }, command],
    ['another network name', { ...network, name: 'Test' }, command],
    ['another genesis', { ...network, genesisHash: `0x${'12'.repeat(32)}` }, command],
    ['another account', network, { ...command, account: 8 }],
    ['another nonce', network, { ...command, nonce: command.nonce + 1 }],
    ['another expiry', network, { ...command, expiresMs: command.expiresMs + 1 }],
    [
      'another instrument',
      network,
      { ...command, actions: [{ kind: 'cancelAll', instrument: 4 }] },
    ],
    ['another kind', network, { ...command, actions: [{ kind: 'cancelProposal', proposal: 3 }] }],
    [
      'the same action twice',
      network,
      { ...command, actions: [...command.actions, ...command.actions] },
    ],
  ];

  test.each(others)('%s', (_, on, other) => {
    const found = opened(good, commandDigest(other, typedDataTarget(on)));
    expect(found).not.toBe(signer);
    expect(found).toMatch(/^0x[0-9a-f]{40}$|^noPoint$/);
  });

  test('any flipped bit of r or s never opens to the signer', () => {
    for (let bit = 0; bit < 512; bit++) {
      const signature = good.slice();
      signature[bit >> 3] = (signature[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(opened(signature)).not.toBe(signer);
    }
  });

  test('any flipped bit of the digest never opens to the signer', () => {
    for (let bit = 0; bit < 256; bit += 3) {
      const other = digest.slice();
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(opened(good, other)).not.toBe(signer);
    }
  });

  test('random bytes open to a fault or to somebody else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 65, maxLength: 65 }), (signature) => {
        expect(opened(signature)).not.toBe(signer);
      }),
      { numRuns: 100 },
    );
  });
});
