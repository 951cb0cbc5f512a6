import { PlimsollError } from '@plimsoll/core/math';

/** r, s and v. Spec: encoding 6.6. */
export const SIGNATURE_BYTES = 65;

/** What can be wrong with a signature, in the order in which it is looked for. */
export const signatureFaults = {
  length: 'a signature has 65 bytes: r, s and v',
  v: 'v must be 27 or 28 (or 0 or 1)',
  rZero: 'r is 0',
  rRange: 'r is not below the order of the curve',
  sZero: 's is 0',
  sRange: 's is not below the order of the curve',
  sHigh: 's is in the upper half: replace s by n − s and flip v',
  noPoint: 'no public key gives this r and s for the digest',
} as const;
export type SignatureFault = keyof typeof signatureFaults;

/** A signature that opens to nobody. `fault` says why. */
export class SignatureError extends PlimsollError {
  readonly fault: SignatureFault;

  constructor(fault: SignatureFault, cause?: unknown) {
    super({
      code: `SIGNATURE_${fault}`,
      message: `the signature does not open: ${signatureFaults[fault]}`,
      cause,
    });
    this.fault = fault;
  }
}

const ORDER = wordOf('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141');
const HALF_ORDER = wordOf('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0');

/**
 * What is wrong with the bytes of a signature alone. Whoever recovers asks here first: of the two
 * forms (s, n − s) that libraries accept, one is refused here. Undefined: nothing is wrong.
 */
export function signatureFault(signature: Uint8Array): SignatureFault | undefined {
  if (signature.length !== SIGNATURE_BYTES) return 'length';
  const v = signature[64];
  if (v !== 27 && v !== 28 && v !== 0 && v !== 1) return 'v';
  if (isZero(signature, 0)) return 'rZero';
  if (compare(signature, 0, ORDER) >= 0) return 'rRange';
  if (isZero(signature, 32)) return 'sZero';
  if (compare(signature, 32, ORDER) >= 0) return 'sRange';
  if (compare(signature, 32, HALF_ORDER) > 0) return 'sHigh';
  return undefined;
}

/** 0 or 1: which of the two points with this r. Only of a signature without fault. */
export function recoveryBit(signature: Uint8Array): 0 | 1 {
  const v = signature[64];
  return v === 28 || v === 1 ? 1 : 0;
}

function isZero(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 32; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Big-endian, as numbers. Nothing here is secret, so it may take the short way. */
function compare(bytes: Uint8Array, at: number, word: Uint8Array): number {
  for (let i = 0; i < 32; i++) {
    const difference = (bytes[at + i] as number) - (word[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function wordOf(digits: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
