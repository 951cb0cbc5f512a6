import { expect, test } from 'vitest';
import { conservationErrors } from '../../src/ledger/index.ts';
import { liquidationErrors } from '../../src/liquidation/index.ts';
import { lossErrors } from '../../src/losses/index.ts';
import { rootNow } from '../../src/machine/index.ts';
import type { Event } from '../../src/schema/index.ts';
import { bookErrors } from '../../src/venue/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { ACCOUNTS, by, createWorld, order, step, type World } from '../fixtures/world.ts';

/** Random trading by seven accounts while both prices run, then fall; no book to speak of. */
function run(seed: number, blocks: number): { world: World; events: Event[] } {
  const draw = seeded(seed);
  const world = createWorld();
  const events: Event[] = [];
  for (let block = 0; block < blocks; block++) {
    world.prices = world.prices.map((price) => move(price, draw)) as [number, number];
    const orders = Array.from({ length: draw(4) }, () => randomOrder(world, draw));
    const outcome = step(world, 1_000, orders);
    expect(outcome.code).toBe(0);
    events.push(...outcome.events);
    const { state } = world.machine;
    expect([
      ...conservationErrors(state),
      ...liquidationErrors(state),
      ...lossErrors(state),
      ...bookErrors(state),
    ]).toEqual([]);
  }
  return { world, events };
}

/** Up to 3 % a block, within the step that is accepted at once, and mostly down. */
function move(price: number, draw: Draw): number {
  return Math.max(1_000, Math.floor(price * (1 + (draw(19_000) - 10_500) / 1_000_000)));
}

function randomOrder(world: World, draw: Draw): ReturnType<typeof by> {
  const account = 1 + draw(Object.keys(ACCOUNTS).length);
  const instrument = 1 + draw(2);
  const tick = instrument === 1 ? 100 : 10;
  const price = world.prices[instrument - 1] ?? 0;
  const away = 0.98 + draw(40) / 1_000;
  return by(
    account,
    order({
      instrument,
      side: draw(2) === 0 ? 'buy' : 'sell',
      size: 1 + draw(30_000),
      price: Math.floor((price * away) / tick) * tick,
    }),
  );
}

test('through a crash every block leaves books, ledger, queue and losses sound, twice with one root', () => {
  const seen = new Map<string, number>();
  for (const seed of [1, 2, 3]) {
    const first = run(seed, 400);
    for (const { kind } of first.events) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    const again = run(seed, 400);
    expect(rootNow(again.world.machine).root).toEqual(rootNow(first.world.machine).root);
  }
  process.stdout.write(`crash: ${[...seen].map(([k, n]) => `${k} ${n}`).join(', ')}\n`);
  for (const kind of ['liquidationStarted', 'closedOut', 'liquidationEnded', 'deleveraged']) {
    expect([kind, seen.get(kind) ?? 0]).not.toEqual([kind, 0]);
  }
});
