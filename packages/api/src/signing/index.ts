// How commands and prices are signed and signatures opened: EIP-712 digests from the tables of the
// schema, secp256k1 with low s, addresses. Keeps true: a digest is what every wallet computes for
// `typedData`; a signature has one accepted form of s. Start at digester.ts, then signature.ts.
export { type DigestDescription, digestText } from './describeDigest.ts';
export {
  commandDigest,
  createDigester,
  type Digester,
  describeCommandDigest,
  describePricesDigest,
  pricesDigest,
} from './digester.ts';
export { bytesOfHex, hexOfBytes, MalformedHexError } from './hex.ts';
export { addressOf, addressOfPublicKey, PrivateKeyError, privateKeyOf } from './keys.ts';
export { recoverSigner } from './recoverSigner.ts';
export {
  recoveryBit,
  SIGNATURE_BYTES,
  SignatureError,
  type SignatureFault,
  signatureFault,
  signatureFaults,
} from './signature.ts';
export {
  checkedCommand,
  checkedPrices,
  MalformedCommandError,
  signCommand,
  signDigest,
  signPrices,
} from './signCommand.ts';
export type { Keccak } from './signedTypes.ts';
export { accountSigner, privateKeySigner, type Signer, type TypedDataAccount } from './signer.ts';
