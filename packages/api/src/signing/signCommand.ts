import { secp256k1 } from '@noble/curves/secp256k1.js';
import { PlimsollError } from '@plimsoll/core/math';
import {
  type Address,
  commandProblem,
  observationProblem,
  type UnsignedObservation,
} from '@plimsoll/core/schema';
import {
  type Hex,
  type Network,
  type SignedCommand,
  type SignedPrices,
  typedDataTarget,
  type UnsignedCommand,
} from '../network.ts';
import { createDigester, type Digester } from './digester.ts';
import { hexOfBytes } from './hex.ts';
import { privateKeyOf } from './keys.ts';
import { SIGNATURE_BYTES } from './signature.ts';

/** What was to be signed has no canonical bytes; the message names the place. */
export class MalformedCommandError extends PlimsollError {}

const NOBODY: Address = '0x0000000000000000000000000000000000000000';
const digesters = new WeakMap<Network, Digester>();

/**
 * Signs a digest (32 bytes): r, s, v, with low s, v 27 or 28, and the nonce of RFC 6979, so that
 * the same digest and key give the same 65 bytes.
 */
export function signDigest(digest: Uint8Array, privateKey: Hex | Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(digest, privateKeyOf(privateKey), {
    prehash: false,
    lowS: true,
    format: 'recovered',
  });
  const signature = new Uint8Array(SIGNATURE_BYTES);
  signature.set(recovered.subarray(1));
  signature[SIGNATURE_BYTES - 1] = 27 + (recovered[0] as number);
  return signature;
}

/** @throws MalformedCommandError, PrivateKeyError */
export function signCommand(
  command: UnsignedCommand,
  network: Network,
  privateKey: Hex | Uint8Array,
): SignedCommand {
  const digest = digesterOf(network).command(checkedCommand(command));
  return { ...command, signature: hexOfBytes(signDigest(digest, privateKey)) };
}

/** @throws MalformedCommandError, PrivateKeyError */
export function signPrices(
  prices: readonly UnsignedObservation[],
  network: Network,
  privateKey: Hex | Uint8Array,
): SignedPrices {
  const digest = digesterOf(network).prices(checkedPrices(prices));
  return { prices, signature: hexOfBytes(signDigest(digest, privateKey)) };
}

/**
 * The command, if it has canonical bytes: a digest of anything else would be of nothing.
 *
 * @throws MalformedCommandError
 */
export function checkedCommand(command: UnsignedCommand): UnsignedCommand {
  const { account, nonce, expiresMs, actions } = command;
  refuse(commandProblem({ signer: NOBODY, account, nonce, expiresMs, actions }), 'command');
  return command;
}

/** @throws MalformedCommandError */
export function checkedPrices(
  prices: readonly UnsignedObservation[],
): readonly UnsignedObservation[] {
  if (prices.length === 0) refuse('there must be at least one', 'prices');
  prices.forEach((price, i) => {
    refuse(observationProblem({ ...price, publisher: NOBODY }), `prices[${i}]`);
  });
  return prices;
}

function digesterOf(network: Network): Digester {
  const known = digesters.get(network);
  if (known !== undefined) return known;
  const digester = createDigester(typedDataTarget(network));
  digesters.set(network, digester);
  return digester;
}

function refuse(problem: string | undefined, what: string): void {
  if (problem === undefined) return;
  throw new MalformedCommandError({ code: 'COMMAND_MALFORMED', message: `${what}: ${problem}` });
}
