import { describe, expect, test } from 'vitest';
import { applyBlock } from '../../src/machine/index.ts';
import { healthErrors } from '../../src/risk/index.ts';
import { type OpenedCommand, rejections } from '../../src/schema/index.ts';
import {
  by,
  commandOf,
  createWorld,
  deposit,
  key,
  order,
  step,
  stepAccepted,
  type World,
} from '../fixtures/world.ts';

const late = 8;

/** A world in which an account with little money was measured while it held no position. */
function measuredWorld(): World {
  const world = createWorld();
  stepAccepted(world, 1_000, [deposit(world, { owner: key(late), amount: 10_000_000_000n })]);
  stepAccepted(world, 1_000, []);
  stepAccepted(world, 1_000, []);
  expect(world.machine.state.accounts.armedAt.get(late)).toBeGreaterThan(1e9);
  return world;
}

/** BTC falls by half a percent a block; whose liquidation began. */
function fall(world: World, blocks: number): number[] {
  const started: number[] = [];
  for (let i = 0; i < blocks; i++) {
    world.prices[0] = Math.round(world.prices[0] * 0.995);
    for (const event of step(world, 1_000).events) {
      if (event.kind === 'liquidationStarted') started.push(event.account);
    }
    expect(healthErrors(world.machine.state)).toEqual([]);
  }
  return started;
}

describe('an account that was measured when nothing could hurt it (I14)', () => {
  test('is found when the price falls after it traded, though no price moved in between', () => {
    const world = measuredWorld();
    stepAccepted(world, 0, [by(late, order({ size: 2_000, price: 6_000_000 }))]);
    expect(fall(world, 16)).toEqual([late]);
  });
});

describe('a command whose body was refused', () => {
  test('is refused by its nonce when it is sent again, until a new one is signed (attack 21)', () => {
    const world = measuredWorld();
    const refused = commandOf(world, by(late, order({ size: 100_000, price: 6_000_000 })));
    const apply = (command: OpenedCommand): readonly number[] => {
      world.height += 1;
      const { machine, height, timeMs } = world;
      const block = { height, timeMs, version: 1, observations: [], commands: [command] };
      const { results } = applyBlock(machine, block);
      return results.flatMap(({ code, actions }) => [code, ...actions]);
    };
    expect(apply(refused)).toEqual([0, rejections.initialMargin.code]);
    // Now it could be paid.
    stepAccepted(world, 0, [deposit(world, { owner: key(late), account: late })]);
    expect(apply(refused)).toEqual([rejections.nonceUsed.code]);
    expect(apply({ ...refused, nonce: refused.nonce + 2 })).toEqual([0, 0]);
  });
});
