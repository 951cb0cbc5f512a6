import { createRequire } from 'node:module';
import { keccak_256 } from '@noble/hashes/sha3.js';
import {
  addressOfPublicKey,
  bytesOfHex,
  type Keccak,
  recoverSigner,
  recoveryBit,
  SignatureError,
  signatureFault,
} from '@plimsoll/api/signing';
import { PlimsollError } from '@plimsoll/core/math';
import type { Address } from '@plimsoll/core/schema';
import { createKeccak } from 'hash-wasm';

export type CurveName = 'native' | 'noble';

/** A library loads and is wrong: it opens nothing. */
class WrongCurveError extends PlimsollError {}

/** One way to recover and to hash. All ways give the same, or the same fault. */
export interface Curve {
  readonly name: CurveName;
  /** Why the native library is not used; absent where it is, or was not asked for. */
  readonly fallbackReason?: string;
  readonly keccak: Keccak;
  /** @throws SignatureError */
  recover(digest: Uint8Array, signature: Uint8Array): Address;
}

/** Only JavaScript: the twin, and what is used where the native library does not load. */
export function nobleCurve(fallbackReason?: string): Curve {
  const curve: Curve = { name: 'noble', keccak: keccak_256, recover: recoverSigner };
  return fallbackReason === undefined ? curve : { ...curve, fallbackReason };
}

/** libsecp256k1 and Keccak in WASM; noble where one of them does not load, or answers wrongly. */
export async function loadCurve(load: () => NativeLibrary = loadNative): Promise<Curve> {
  try {
    return nativeCurve(load(), await wasmKeccak());
  } catch (error) {
    return nobleCurve(error instanceof Error ? error.message : String(error));
  }
}

/** What of the native library is used. */
export type NativeLibrary = Pick<typeof import('secp256k1'), 'ecdsaRecover'>;

/** By its inner path: the outer one falls back in silence to a library that we would not choose. */
function loadNative(): NativeLibrary {
  return createRequire(import.meta.url)('secp256k1/bindings.js') as NativeLibrary;
}

async function wasmKeccak(): Promise<Keccak> {
  const hasher = await createKeccak(256);
  return (bytes) => hasher.init().update(bytes).digest('binary');
}

function nativeCurve(native: NativeLibrary, keccak: Keccak): Curve {
  const publicKey = new Uint8Array(65);
  const curve: Curve = {
    name: 'native',
    keccak,
    recover(digest, signature) {
      const fault = signatureFault(signature);
      if (fault !== undefined) throw new SignatureError(fault);
      try {
        const rs = signature.subarray(0, 64);
        native.ecdsaRecover(rs, recoveryBit(signature), digest, false, publicKey);
      } catch (cause) {
        throw new SignatureError('noPoint', cause);
      }
      return addressOfPublicKey(publicKey, keccak);
    },
  };
  proveOnce(curve);
  return curve;
}

/** A library that loads and is wrong must not open anything: one known answer before the first. */
function proveOnce(curve: Curve): void {
  const digest = new Uint8Array(32).fill(1);
  const signature = bytesOfHex(KNOWN_SIGNATURE);
  const found = curve.recover(digest, signature);
  const hash = Buffer.from(curve.keccak(new Uint8Array(0))).toString('hex');
  if (found !== KNOWN_SIGNER || hash !== KECCAK_OF_NOTHING) {
    throw new WrongCurveError({
      code: 'CURVE_WRONG',
      message: 'the native library gives a wrong answer to a known question',
      facts: { found, hash },
    });
  }
}

const KNOWN_SIGNATURE =
  '0xc64b1924157748652733c41294e5f6e395c3626a8e911f3742a4b8ad4fdb922f' +
  '347ba5cdd629027ef5846eb85c9452f6312e0aea697625d66b202448f3e9618f1b';
const KNOWN_SIGNER = '0x1a642f0e3c3af545e7acbd38b07251b3990914f1';
const KECCAK_OF_NOTHING = 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';
