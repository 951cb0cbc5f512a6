// Buys nearly as much ether as the margin lets, and watches what happens when its price falls: on
// the network of devNode.ts it falls as soon as somebody is long of it.
import { eventText } from '@plimsoll/api/wire';
import { clientOf, dave } from './devNetwork.ts';

const client = await clientOf(dave);
const { account } = client;
const eth = await client.market('ETH-PERP');

// Subscribed before there is anything to see: nothing is missed.
const steps = client.subscribe({ channel: 'liquidations' });

const wanted = { account, instrument: eth.name, side: 'buy' } as const;
const { lots } = await client.read('maximumOrder', wanted);
const size = eth.formatSize(Math.floor(lots * 0.9));
await client.submit(eth.marketOrder({ side: 'buy', size }));
const { positions } = await client.read('positions', { account });
const { liquidationPrice, entryPrice } = positions[0] ?? {};
console.log(
  `Bought ${positions[0]?.size} ETH at ${entryPrice}; liquidated at ${liquidationPrice}.`,
);

watching: for await (const message of steps) {
  for (const { height, event } of message.events) {
    if (!('account' in event) || event.account !== account) continue;
    console.log(`Block ${height}: ${eventText(event)}`);
    if (event.kind === 'liquidationEnded') break watching;
  }
}

const { margin } = await client.read('margin', { account });
const { equity, health, asset } = margin.figures;
console.log(`What is left: equity ${equity}, health ${health} ${asset}: ${margin.verdict}.`);
if (margin.positions.length > 0) {
  const rest = margin.positions[0]?.size ?? '0';
  await client.submit(eth.marketOrder({ side: 'sell', size: rest, isReduceOnly: true }));
  console.log(`Sold the remaining ${rest} ETH.`);
}
client.close();
