import { type Address, type TypedData, typedData } from '@plimsoll/core/schema';
import { type Hex, type Network, typedDataTarget, type UnsignedCommand } from '../network.ts';
import { addressOf, privateKeyOf } from './keys.ts';
import { checkedCommand, signCommand } from './signCommand.ts';

/** Whoever signs commands for a client: an owner's key or wallet, or an agent's key. */
export interface Signer {
  readonly address: Address;
  /** 65 bytes: r, s, v. */
  signCommand(command: UnsignedCommand, network: Network): Promise<Hex>;
}

/** What of a viem account is needed; its local accounts and wallets have it. */
export interface TypedDataAccount {
  readonly address: string;
  signTypedData(typedData: {
    readonly domain: TypedData['domain'];
    readonly types: { readonly [type: string]: readonly { name: string; type: string }[] };
    readonly primaryType: string;
    readonly message: Record<string, unknown>;
  }): Promise<Hex>;
}

/**
 * Signs with a private key in memory.
 *
 * @throws PrivateKeyError
 */
export function privateKeySigner(privateKey: Hex | Uint8Array): Signer {
  const key = privateKeyOf(privateKey).slice();
  return {
    address: addressOf(key),
    signCommand: async (command, network) => signCommand(command, network, key).signature,
  };
}

/** Signs with an account that shows its owner what is signed, such as a wallet. */
export function accountSigner(account: TypedDataAccount): Signer {
  return {
    address: account.address.toLowerCase() as Address,
    async signCommand(command, network) {
      const { domain, types, primaryType, message } = typedData(
        checkedCommand(command),
        typedDataTarget(network),
      );
      return account.signTypedData({ domain, types, primaryType, message });
    },
  };
}
