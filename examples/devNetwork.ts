// What the programs here share: where the node is, and keys of a network for trying things out.
// They are no secret: whoever reads this file has them.
import { type Client, createClient } from '@plimsoll/api/client';
import { privateKeySigner, type Signer } from '@plimsoll/api/signing';
import { WebSocket } from 'ws';

/** The address of the node: the first argument, or where `npx tsx examples/devNode.ts` listens. */
export const url = process.argv[2] ?? process.env.PLIMSOLL_URL ?? 'http://127.0.0.1:7420';

/** A private key of this network: 32 bytes that end with a small number. */
export const devKey = (number: number): `0x${string}` =>
  `0x${number.toString(16).padStart(64, '0')}`;

const signerOf = (number: number): Signer => privateKeySigner(devKey(number));

export const custodian: Signer = signerOf(3);
export const maker: Signer = signerOf(5);
/** Owners with an account and 100,000 USDC in it. */
export const alice: Signer = signerOf(6);
export const bob: Signer = signerOf(7);
export const carol: Signer = signerOf(8);
export const dave: Signer = signerOf(9);
export const erin: Signer = signerOf(10);
export const frank: Signer = signerOf(11);

/** A client for the first account of an owner. */
export async function clientOf(signer: Signer): Promise<Client> {
  const { accounts } = await createClient({ url }).read('accountsOfOwner', {
    owner: signer.address,
  });
  const account = accounts[0]?.account;
  if (account === undefined) throw new Error(`${signer.address} has no account on ${url}`);
  return createClient({ url, account, signer, WebSocket });
}
