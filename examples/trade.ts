// Buys two bitcoin, looks at the position and its liquidation price, and sells it again.
import type { Receipt } from '@plimsoll/api/wire';
import { bob, clientOf } from './devNetwork.ts';

const client = await clientOf(bob);
const { account } = client;
const btc = await client.market('BTC-PERP');

/** A receipt says what the command did. */
function sayFills(receipt: Receipt): void {
  for (const event of receipt.events ?? []) {
    if (event.kind === 'filled') console.log(`  filled ${event.size} BTC at ${event.price}`);
  }
}

console.log('Buying 2 BTC at the market:');
sayFills(await client.submit(btc.marketOrder({ side: 'buy', size: '2' })));

const { positions } = await client.read('positions', { account });
for (const { name, size, entryPrice, liquidationPrice } of positions) {
  console.log(`${name}: ${size} since ${entryPrice}, liquidated at ${liquidationPrice}.`);
}

console.log('Selling it again, and not a lot more:');
sayFills(await client.submit(btc.marketOrder({ side: 'sell', size: '2', isReduceOnly: true })));

const { fills } = await client.read('accountFills', { account, limit: 10 });
const fees = fills.map(({ fee }) => `${fee.amount} ${fee.asset}`).join(', ');
console.log(`Fees of the last ${fills.length} fills: ${fees}.`);
client.close();
