import { expect, test } from 'vitest';
import { order } from '../../src/agents/market.ts';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 21: a refused command is sent again and again until it passes. The guard: what the
// envelope wrote stays, so that the nonce is used.

test('attack 21, a refused command sent again: 105, though its body would pass by now', () => {
  const market = new Market();
  const { world } = market;
  market.open('trader', 10);
  const bid = order({ instrument: 1, side: 'buy', size: 100, price: 10_000 });
  const command = world.sign(market.id('trader'), [bid]);
  world.send(command);
  expect(market.step(0).results).toEqual([{ code: 0, actions: [500] }]);
  market.top('trader', 1, 1_000_000_000n);
  for (let k = 0; k < 3; k++) {
    world.send(command);
    expect(market.step(1_000).results).toEqual([{ code: 105, actions: [] }]);
  }
  // The body passes under a new nonce: only the envelope stood in the way.
  expect(market.does('trader', bid)).toEqual([0]);
});
