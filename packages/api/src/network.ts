import type { Action, Address, TypedDataTarget, UnsignedObservation } from '@plimsoll/core/schema';

/** Bytes as `0x` and lower-case hex. */
export type Hex = `0x${string}`;

/** Which network a node serves; what every signature is bound to. */
export interface Network {
  /** Stands in the name of the EIP-712 domain: `Plimsoll <name>`. */
  readonly name: string;
  readonly chainId: number;
  /** SHA-256 of the genesis document, the salt of the domain. */
  readonly genesisHash: Hex;
}

/** The EIP-712 domain of a network. Spec: encoding 6.5. */
export function typedDataTarget(network: Network): TypedDataTarget {
  return { chainId: network.chainId, network: network.name, salt: network.genesisHash };
}

/** A command before it is signed. */
export interface UnsignedCommand {
  readonly account: number;
  readonly nonce: number;
  readonly expiresMs: number;
  readonly actions: readonly Action[];
}

/** A command with the 65 bytes (r, s, v) that its signer made over its EIP-712 digest. */
export interface SignedCommand extends UnsignedCommand {
  readonly signature: Hex;
}

/** Prices with one signature of their publisher over all of them. */
export interface SignedPrices {
  readonly prices: readonly UnsignedObservation[];
  readonly signature: Hex;
}

/** Who signed what, as opening found it. */
export interface OpenedSignature {
  readonly signer: Address;
  /** The EIP-712 digest, 32 bytes: the identity of what was signed. */
  readonly digest: Uint8Array;
}
