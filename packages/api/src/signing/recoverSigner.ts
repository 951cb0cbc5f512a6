import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Address } from '@plimsoll/core/schema';
import { addressOfPublicKey } from './keys.ts';
import { recoveryBit, SignatureError, signatureFault } from './signature.ts';

/**
 * Who signed a digest (32 bytes). Of a digest that was formed otherwise, or of a signature that was
 * changed, it gives another address: whether that one may act is the machine's to say.
 *
 * @throws SignatureError with the fault; low s is checked before any library sees it.
 */
export function recoverSigner(digest: Uint8Array, signature: Uint8Array): Address {
  const fault = signatureFault(signature);
  if (fault !== undefined) throw new SignatureError(fault);
  return addressOfPublicKey(recoverPublicKey(digest, signature));
}

function recoverPublicKey(digest: Uint8Array, signature: Uint8Array): Uint8Array {
  try {
    const pair = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact');
    const point = pair.addRecoveryBit(recoveryBit(signature)).recoverPublicKey(digest);
    return point.toBytes(false);
  } catch (cause) {
    throw new SignatureError('noPoint', cause);
  }
}
