// Asks what an order would do before it is sent: margin, liquidation price, or why it is refused.
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

for (const wanted of ['0.5', '1000']) {
  const { actions, before, after } = await client.preview(
    btc.marketOrder({ side: 'buy', size: wanted }),
  );
  const refusal = actions[0];
  if (refusal) {
    console.log(`${wanted} BTC would be refused (${refusal.code}): ${refusal.detail}`);
    console.log(`  figures: ${JSON.stringify(refusal.figures)}; what to do: ${refusal.remedy}`);
    continue;
  }
  const { freeMargin, asset } = after.figures;
  console.log(
    `${wanted} BTC: free margin ${before.freeMargin} would become ${freeMargin} ${asset}.`,
  );
  for (const position of after.positions) {
    const { liquidationPrice, maintenance } = position;
    console.log(`  it would be liquidated at ${liquidationPrice}; maintenance ${maintenance}`);
  }
}

// Nothing was changed.
const { positions } = await client.read('positions', { account });
console.log(`Positions of account ${account}: ${positions.length}.`);
client.close();
