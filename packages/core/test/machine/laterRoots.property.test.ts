import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyBlock,
  chainHashOf,
  hex,
  rootNow,
  snapshot,
  undoBlock,
} from '../../src/machine/index.ts';
import { restore } from '../../src/machine/snapshot.ts';
import { globalParameters } from '../../src/schema/index.ts';
import { smallLimits } from '../fixtures/state.ts';
import { ACCOUNTS, by, createWorld, nextBlock, order, type Sent } from '../fixtures/world.ts';

const { alice, grace, frank } = ACCOUNTS;

const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc
    .record({
      account: fc.constantFrom(alice, grace, frank),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      size: fc.integer({ min: 1, max: 40 }),
      offset: fc.integer({ min: -20, max: 20 }),
    })
    .map(({ account, side, size, offset }) =>
      by(account, order({ side, size, price: 6_000_000 + offset * 100 })),
    ),
  fc.constant(by(frank, { kind: 'cancelAll', instrument: 0 })),
  fc.constant(by(alice, { kind: 'transfer', to: grace, asset: 1, amount: 5n })),
);

const steps = fc.array(
  fc.record({
    elapsedMs: fc.constantFrom(0, 50, 300),
    sent: fc.array(sent, { maxLength: 4 }),
    isComputed: fc.boolean(),
    isUndone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('roots that are left out change no outcome, no state and no later root', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const world = createWorld();
      world.machine.state.machine.parameters.set(globalParameters.rootIntervalMs.id, 250);
      const twin = restore(snapshot(world.machine), smallLimits);
      for (const { elapsedMs, sent: commands, isComputed, isUndone } of list) {
        const block = nextBlock(world, elapsedMs, commands);
        const outcome = applyBlock(world.machine, block);
        if (isUndone) {
          applyBlock(twin, block, { roots: 'later' });
          undoBlock(twin);
        }
        const same = applyBlock(twin, block, { roots: isComputed ? 'due' : 'later' });
        expect(outcome.isRootDue).toBe(outcome.root !== undefined);
        expect(same).toEqual({ ...outcome, root: isComputed ? outcome.root : undefined });
        expect(hex(chainHashOf(twin))).toBe(hex(chainHashOf(world.machine)));
      }
      expect(hex(rootNow(twin).root)).toBe(hex(rootNow(world.machine).root));
      expect(Buffer.compare(snapshot(twin), snapshot(world.machine))).toBe(0);
    }),
    { numRuns: 40, seed: 9 },
  );
});
