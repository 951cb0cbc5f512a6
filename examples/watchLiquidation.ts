// Buys as much ether as the margin lets, and watches what happens when its price falls: on the
// network of devNode.ts it falls by an eighth and comes back, again and again.
import { eventOf } from '@plimsoll/api/client';
import { clientOf, dave } from './devNetwork.ts';

const client = await clientOf(dave);
const { account } = client;
const eth = await client.market('ETH-PERP');

const wanted = { account, instrument: eth.name, side: 'buy' } as const;
const { size } = await client.read('maximumOrder', wanted);
await client.submit(eth.marketOrder({ side: 'buy', size }));
const { positions } = await client.read('positions', { account });
const { liquidationPrice, entryPrice } = positions[0] ?? {};
console.log(
  `Bought ${positions[0]?.size} ETH at ${entryPrice}; liquidated at ${liquidationPrice}.`,
);

watching: for await (const message of client.subscribe({ channel: 'liquidations' })) {
  for (const { height, event } of message.events) {
    const step = eventOf(event);
    if (!('account' in step) || step.account !== account) continue;
    console.log(`Block ${height}: ${step.kind} ${JSON.stringify(event)}`);
    if (step.kind === 'liquidationEnded') break watching;
  }
}

const { margin } = await client.read('margin', { account });
const { equity, health, asset } = margin.figures;
console.log(`What is left: equity ${equity}, health ${health} ${asset}: ${margin.verdict}.`);
client.close();
