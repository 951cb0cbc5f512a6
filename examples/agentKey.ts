// Lets another key trade for an account, and nothing but trade; a cancel that it signed beforehand
// takes its orders back when the program is gone.
import { createClient, RefusedError } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import { AGENT_SCOPES } from '@plimsoll/core/schema';
import { WebSocket } from 'ws';
import { clientOf, devKey, erin, url } from './devNetwork.ts';

const owner = await clientOf(erin);
const { account } = owner;
const agent = privateKeySigner(devKey(Date.now()));
const expiresMs = Date.now() + 3_600_000;

const scopes = AGENT_SCOPES.trade | AGENT_SCOPES.cancel;
await owner.submit({ kind: 'approveAgent', agent: agent.address, scopes, expiresMs });
console.log(`${agent.address} may trade for account ${account} for an hour.`);

const client = createClient({ url, account, signer: agent, WebSocket });
await client.cancelOnDisconnect();
const btc = await client.market('BTC-PERP');
const book = client.book(btc.name);
await book.whenLive();
const price = btc.formatPrice(btc.toPrice(book.bids[0]?.[0] ?? '0') - btc.toPrice(btc.tickSize));
await client.submit(btc.limit({ side: 'buy', size: '0.01', price, clientId: 1 }));
console.log(`The agent placed an order at ${price}.`);

const usdc = await client.asset('USDC');
await client
  .submit(usdc.withdraw('1', { chain: 0, address: agent.address }))
  .catch((error: unknown) => {
    if (!(error instanceof RefusedError)) throw error;
    console.log(`The agent may not withdraw (${error.rejection}): ${error.problem.detail}`);
  });

// The program of the agent ends, or the node does, however they end: what it left is cancelled.
client.close();
let open = 1;
while (open > 0) open = (await owner.read('orders', { account })).orders.length;
console.log('The agent is gone, and so is its order.');

await owner.submit({ kind: 'revokeAgent', agent: agent.address });
console.log('The key is revoked.');
owner.close();
