import { describe, expect, test } from 'vitest';
import { hex, rootNow } from '../../src/machine/index.ts';
import { Roots } from '../../src/machine/roots/roots.ts';
import { ACCOUNTS, by, createWorld, order, type Sent, stepAccepted } from '../fixtures/world.ts';

const { alice, dave, grace, frank } = ACCOUNTS;

const passive: readonly [string, Sent][] = [
  [
    'an account that is sent money',
    by(alice, { kind: 'transfer', to: grace, asset: 1, amount: 5n }),
  ],
  [
    'an account that is sent an asset that it had none of',
    by(dave, { kind: 'transfer', to: frank, asset: 2, amount: 5n }),
  ],
  ['a maker whose order is filled in part', by(grace, order({ size: 3, price: 6_000_000 }))],
  [
    'a maker whose order is filled in full',
    by(alice, order({ side: 'sell', size: 500, price: 5_990_000 })),
  ],
];

describe('the next root has what a command did to an account that sent nothing (I13)', () => {
  test.each(passive)('%s', (_, sent) => {
    const world = createWorld();
    const before = hex(rootNow(world.machine).root);
    stepAccepted(world, 1_000, [sent]);
    const { state, hashPairs } = world.machine;
    const fresh = new Roots(state, hashPairs);
    fresh.noteAll();
    const root = hex(rootNow(world.machine).root);
    expect(root).not.toBe(before);
    expect(root).toBe(hex(fresh.compute().root));
  });
});
