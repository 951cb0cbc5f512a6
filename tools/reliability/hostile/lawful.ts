import { type Hex, type Network, typedDataTarget, type UnsignedCommand } from '@plimsoll/api';
import { createDigester, type Digester, hexOfBytes, signDigest } from '@plimsoll/api/signing';
import {
  type Action,
  type Address,
  encodeCommandBody,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import type { Keyed } from './cast.ts';

/** A command ready to be sent through any door; without `command` only as bytes. */
export interface Sealed {
  readonly command?: UnsignedCommand;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SealedPrices {
  readonly prices: readonly UnsignedObservation[];
  readonly signature: Uint8Array;
}

export interface Sealing {
  readonly signer: Keyed;
  readonly account: number;
  readonly actions: readonly Action[];
  /** Another network than the one that it is sent to. */
  readonly on?: Partial<Network>;
  readonly envelope?: Partial<UnsignedCommand>;
}

const LIFETIME_MS = 600_000;

/**
 * What may stand in a block. Whoever signs something that its key may do says so here before it is
 * sent: all else in a block is a breach, whatever the node answered.
 */
export class Lawful {
  /** Signer by digest, of commands; publisher by digest, of prices. */
  readonly commands: Map<Hex, Address> = new Map();
  readonly prices: Map<Hex, Address> = new Map();

  allow(digest: Hex, signer: Address): void {
    this.commands.set(digest, signer);
  }

  allowPrices(digest: Hex, publisher: Address): void {
    this.prices.set(digest, publisher);
  }
}

/** Signs for everybody, lawfully and otherwise. Nonces rise from the clock. */
export class Seals {
  readonly network: Network;
  readonly lawful: Lawful;
  readonly #digester: Digester;
  #nonce = Date.now();

  constructor(network: Network, lawful: Lawful) {
    this.network = network;
    this.lawful = lawful;
    this.#digester = createDigester(typedDataTarget(network));
  }

  /** A nonce that nobody used yet. */
  nextNonce(): number {
    this.#nonce = Math.max(this.#nonce + 1, Date.now());
    return this.#nonce;
  }

  /** The first of so many that follow each other. */
  nextNonces(count: number): number {
    const first = this.nextNonce();
    this.#nonce += count;
    return first;
  }

  /** What its signer may do: it may stand in a block, once. */
  lawfully(sealing: Sealing): Sealed {
    const sealed = this.forge(sealing);
    this.lawful.allow(this.digestOf(sealed), sealing.signer.address);
    return sealed;
  }

  /** What its signer may not do: it may stand in no block. */
  forge({ signer, account, actions, on, envelope }: Sealing): Sealed {
    const nonce = this.nextNonce();
    const expiresMs = Date.now() + LIFETIME_MS;
    const command = { account, nonce, expiresMs, actions, ...envelope };
    const digester =
      on === undefined
        ? this.#digester
        : createDigester(typedDataTarget({ ...this.network, ...on }));
    const signature = signDigest(digester.command(command), signer.key);
    return { command, body: encodeCommandBody(command), signature };
  }

  digestOf({ command }: Sealed): Hex {
    if (command === undefined) throw new Error('bytes without a command have no digest here');
    return hexOfBytes(this.#digester.command(command));
  }

  lawfulPrices(signer: Keyed, prices: readonly UnsignedObservation[]): SealedPrices {
    const digest = hexOfBytes(this.#digester.prices(prices));
    this.lawful.allowPrices(digest, signer.address);
    return this.forgePrices(signer, prices);
  }

  forgePrices(
    signer: Keyed,
    prices: readonly UnsignedObservation[],
    on: Partial<Network> = {},
  ): SealedPrices {
    const target = typedDataTarget({ ...this.network, ...on });
    return { prices, signature: signDigest(createDigester(target).prices(prices), signer.key) };
  }
}
