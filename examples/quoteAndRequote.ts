// Quotes both sides of a market around its mark price and moves the quotes when it moves: cancel
// and place again in one command, under one signature.
import { RefusedError } from '@plimsoll/api/client';
import { carol, clientOf } from './devNetwork.ts';

const ROUNDS = 5;
const client = await clientOf(carol);
const btc = await client.market('BTC-PERP');
const tick = Number(btc.tickSize);

/** A price on the tick grid, so far from the mark. */
const near = (mark: string, share: number): string => {
  const ticks = Math.round((Number(mark) * (1 + share)) / tick);
  return btc.formatPrice(ticks * btc.toPrice(btc.tickSize));
};

let round = 0;
for await (const { markPrice } of client.subscribe({ channel: 'prices', key: btc.name })) {
  if (markPrice === null) continue;
  const buy = near(markPrice, -0.002);
  const sell = near(markPrice, 0.002);
  try {
    const receipt = await client.submit([
      btc.cancelAll(),
      btc.limit({ side: 'buy', size: '0.01', price: buy, isPostOnly: true }),
      btc.limit({ side: 'sell', size: '0.01', price: sell, isPostOnly: true }),
    ]);
    console.log(`Mark ${markPrice}: quoting ${buy} / ${sell} since block ${receipt.height}.`);
  } catch (error) {
    // A post-only quote that would trade at once is refused; the other actions took effect.
    if (!(error instanceof RefusedError)) throw error;
    console.log(`Mark ${markPrice}: action ${error.action} was refused: ${error.problem.detail}`);
  }
  round += 1;
  if (round === ROUNDS) break;
}

const { orders } = await client.read('orders', { account: client.account });
console.log(`Open orders: ${orders.map(({ side, price }) => `${side} at ${price}`).join(', ')}.`);
await client.submit(btc.cancelAll());
console.log('All cancelled.');
client.close();
