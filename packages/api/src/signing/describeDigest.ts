import type { TypedDataTarget } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';
import { hexOfBytes } from './hex.ts';
import type { PrimaryType } from './signedTypes.ts';

/** How a digest was formed, for whoever formed another one. */
export interface DigestDescription {
  readonly digest: Hex;
  readonly primaryType: string;
  /** `encodeType` of the primary type; `typeHash` is its hash. */
  readonly encodedType: string;
  readonly typeHash: Hex;
  readonly domainName: string;
  readonly domainVersion: '1';
  readonly chainId: number;
  /** Absent where the domain has none. */
  readonly salt?: Hex;
  readonly domainSeparator: Hex;
}

/** One sentence for an error. */
export function digestText(description: DigestDescription): string {
  const { digest, primaryType, typeHash, domainName, chainId, salt } = description;
  const salted = salt === undefined ? '' : `, salt ${salt}`;
  return (
    `the digest ${digest} is of ${primaryType} (type hash ${typeHash}) in the domain ` +
    `"${domainName}", version 1, chain id ${chainId}${salted}`
  );
}

export function describeDigest(
  target: TypedDataTarget,
  type: PrimaryType,
  hashes: { readonly digest: Uint8Array; readonly domainSeparator: Uint8Array },
): DigestDescription {
  return {
    digest: hexOfBytes(hashes.digest),
    primaryType: type.name,
    encodedType: type.encodedType,
    typeHash: hexOfBytes(type.typeHash),
    domainName: target.network === undefined ? 'Plimsoll' : `Plimsoll ${target.network}`,
    domainVersion: '1',
    chainId: target.chainId,
    ...(target.salt === undefined ? {} : { salt: target.salt }),
    domainSeparator: hexOfBytes(hashes.domainSeparator),
  };
}
