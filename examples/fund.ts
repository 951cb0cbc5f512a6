// Opens an account for a new owner: the custodian says that money arrived in its vault.
import { createClient, RefusedError } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import type { Action } from '@plimsoll/core/schema';
import { WebSocket } from 'ws';
import { custodian, devKey, url } from './devNetwork.ts';

const owner = privateKeySigner(devKey(Date.now()));
const client = createClient({ url, signer: custodian, WebSocket });
const usdc = await client.asset('USDC');

/** Deposits of a chain are numbered, so that each is credited once. */
const deposit = (sequence: number): Action => ({
  kind: 'deposit',
  chain: 1,
  sequence,
  owner: owner.address,
  account: 0, // A new one.
  asset: usdc.id,
  amount: usdc.amount('2500'),
});

const receipt = await client.submit(deposit(1)).catch((error: unknown) => {
  if (!(error instanceof RefusedError) || error.reason !== 'depositSequence') throw error;
  // Someone else deposited before: the refusal says which number is next.
  console.log(`Refused: ${error.problem.detail} The next one is ${error.figures.next}.`);
  return client.submit(deposit(Number(error.figures.next)));
});
console.log(`The deposit stands in block ${receipt.height}, at place ${receipt.index}.`);

// What this client did is in what it reads next.
const { accounts } = await client.read('accountsOfOwner', { owner: owner.address });
const account = accounts[0]?.account ?? 0;
const { balances } = await client.read('balances', { account });
for (const { amount } of balances) {
  console.log(`Account ${account} of ${owner.address} has ${amount.amount} ${amount.asset}.`);
}
client.close();
