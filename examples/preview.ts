// Asks what an order would do before it is sent: margin, liquidation price, or why it is refused.
import { valueText } from '@plimsoll/api/wire';
import { alice, clientOf } from './devNetwork.ts';

const client = await clientOf(alice);
const { account } = client;
const btc = await client.market('BTC-PERP');

const { size, price } = await client.read('maximumOrder', {
  account,
  instrument: btc.name,
  side: 'buy',
});
console.log(`Account ${account} may buy ${size} BTC at ${price} at most.`);

const { market } = await client.read('market', { instrument: btc.name });
for (const wanted of ['2', '200']) {
  const order = btc.limit({ side: 'buy', size: wanted, price: market.bestAsk ?? price });
  const { actions, before, after } = await client.preview(order);
  const refusal = actions[0];
  if (refusal) {
    console.log(`${wanted} BTC would be refused (${refusal.code}): ${refusal.detail}`);
    for (const [name, figure] of Object.entries(refusal.figures ?? {})) {
      console.log(`  ${name}: ${valueText(figure)}`);
    }
    console.log(`  what to do: ${refusal.remedy}`);
    continue;
  }
  const { freeMargin, asset } = after.figures;
  console.log(
    `${wanted} BTC: free margin ${before.freeMargin} would become ${freeMargin} ${asset}.`,
  );
  for (const { lots, liquidationPrice, maintenance } of after.positions) {
    const held = `liquidated at ${liquidationPrice}; maintenance margin ${maintenance}`;
    console.log(`  it would ${lots === 0 ? 'rest on the book' : `be filled, and ${held}`}`);
  }
}

// Nothing was changed.
const { positions } = await client.read('positions', { account });
console.log(`Positions of account ${account}: ${positions.length}.`);
client.close();
