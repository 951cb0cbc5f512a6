// The native library against @noble/curves: the same signer, or the same fault, whatever the bytes.
import { commandDigest, SignatureError, signDigest } from '@plimsoll/api/signing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Curve, loadCurve, nobleCurve } from '../../src/opening/curve.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const native = await loadCurve();
const noble = nobleCurve();

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const key = bytes(32).filter((each) => (each[0] as number) < 255 && (each[31] as number) > 0);

function wordOf(value: bigint): number[] {
  return [...Buffer.from(value.toString(16).padStart(64, '0'), 'hex')];
}

/** Numbers where curves change their minds. */
const edge: fc.Arbitrary<number[]> = fc
  .constantFrom(0n, 1n, 2n, 5n, ORDER / 2n, ORDER / 2n + 1n, ORDER - 1n, ORDER, ORDER + 1n)
  .map(wordOf);
const word = fc.oneof(
  edge,
  bytes(32).map((each) => [...each]),
);

/** Well-formed more often than not. */
const hostile: fc.Arbitrary<Uint8Array> = fc
  .tuple(word, word, fc.constantFrom(0, 1, 26, 27, 28, 29))
  .map(([r, s, v]) => Uint8Array.from([...r, ...s, v]));

function outcome(curve: Curve, digest: Uint8Array, signature: Uint8Array): string {
  try {
    return curve.recover(digest, signature);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    return error.fault;
  }
}

test('the native library is what runs here', () => {
  expect(native).toMatchObject({ name: 'native' });
  expect(native.fallbackReason).toBeUndefined();
  expect(noble).toMatchObject({ name: 'noble' });
});

test('both find who signed', () => {
  fc.assert(
    fc.property(key, bytes(32), (privateKey, digest) => {
      const signature = signDigest(digest, privateKey);
      const found = outcome(native, digest, signature);
      expect(found).toMatch(/^0x[0-9a-f]{40}$/);
      expect(outcome(noble, digest, signature)).toBe(found);
    }),
    { numRuns: 200 },
  );
});

test('both agree on bytes that nobody signed', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(bytes(32), hostile, (digest, signature) => {
      const found = outcome(native, digest, signature);
      expect(outcome(noble, digest, signature)).toBe(found);
      const kind = found.startsWith('0x') ? 'address' : found;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 1000 },
  );
  for (const kind of ['v', 'rZero', 'rRange', 'sZero', 'sRange', 'sHigh', 'noPoint', 'address']) {
    expect([kind, (seen.get(kind) ?? 0) > 0]).toEqual([kind, true]);
  }
});

test('both agree on edges of the digest', () => {
  const signature = signDigest(new Uint8Array(32).fill(3), new Uint8Array(32).fill(9));
  for (const value of [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, (1n << 256n) - 1n]) {
    const digest = Uint8Array.from(wordOf(value));
    expect(outcome(native, digest, signature)).toBe(outcome(noble, digest, signature));
  }
});

test('both hash alike, and so give one digest', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600, size: 'max' }), (data) => {
      expect(Buffer.from(native.keccak(data))).toEqual(Buffer.from(noble.keccak(data)));
    }),
    { numRuns: 200 },
  );
  const target = { chainId: 1, network: 'curves' };
  const actions = [{ kind: 'cancelAll', instrument: 0 } as const];
  const command = { account: 1, nonce: 2, expiresMs: 3, actions };
  expect(Buffer.from(commandDigest(command, target, native.keccak))).toEqual(
    Buffer.from(commandDigest(command, target)),
  );
});

test('a library that does not load, or is wrong, opens nothing: noble does, and says why', async () => {
  const missing = await loadCurve(() => {
    throw new Error('no native build was found');
  });
  expect(missing).toMatchObject({ name: 'noble', fallbackReason: 'no native build was found' });
  const wrong = await loadCurve(() => ({ ecdsaRecover: () => new Uint8Array(65) }));
  expect(wrong.name).toBe('noble');
  expect(wrong.fallbackReason).toMatch(/^the native library gives a wrong answer/);
  const digest = new Uint8Array(32).fill(3);
  const signature = signDigest(digest, new Uint8Array(32).fill(9));
  expect(outcome(missing, digest, signature)).toBe(outcome(native, digest, signature));
});
