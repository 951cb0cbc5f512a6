import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyAccount } from '../../../../examples/verifyAccount.ts';
import {
  DamagedSnapshotError,
  hashAhead,
  hex,
  type Machine,
  proveAccount,
  restore,
  rootNow,
  snapshot,
  undoBlock,
} from '../../src/machine/index.ts';
import { Roots } from '../../src/machine/roots/roots.ts';
import { bytesOf, changedColumns } from '../fixtures/bytes.ts';
import { smallLimits } from '../fixtures/state.ts';
import {
  ACCOUNTS,
  acceptedExamples,
  by,
  commandKinds,
  createWorld,
  order,
  type Sent,
  step,
  type World,
} from '../fixtures/world.ts';

const rootOf = (machine: Machine): string => hex(rootNow(machine).root);
const chainOf = ({ state }: Machine): string => Array.from(state.machine.chainHash.data).join();

/** A world in which every example was sent once, and what it is asked next. */
function busyWorld(): World {
  const world = createWorld();
  for (const kind of commandKinds) {
    if (['setMarketState', 'haltMarket', 'disputeIndex', 'limitOutflow'].includes(kind)) continue;
    step(world, 500, [acceptedExamples[kind](world)]);
  }
  return world;
}

/** Trades, a falling price and a rising one. */
function furtherBlocks(world: World): Sent[][] {
  const { grace, frank, alice } = ACCOUNTS;
  return Array.from({ length: 12 }, (_, i) => {
    world.prices[0] = Math.round(world.prices[0] * (i < 6 ? 0.98 : 1.01));
    const price = Math.round(world.prices[0] / 100) * 100;
    return [
      by(frank, order({ side: 'buy', size: 20 + i, price: price - 500 })),
      by(grace, order({ side: 'sell', size: 30, price: price - 600 })),
      by(alice, { kind: 'cancelAll', instrument: 0 }),
    ];
  });
}

test('a snapshot restored with shuffled placement has the same root, then and ever after (I13)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const world = busyWorld();
      let x = seed;
      const placement = (count: number): Int32Array => {
        const order = Int32Array.from({ length: count }, (_, i) => i);
        for (let i = count - 1; i > 0; i--) {
          x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
          const j = x % (i + 1);
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
        return order;
      };
      const bytes = snapshot(world.machine);
      const twin = { ...world, machine: restore(bytes, smallLimits, { placement }) };
      twin.prices = [...world.prices];
      expect(rootOf(twin.machine)).toBe(rootOf(world.machine));
      expect(Buffer.compare(snapshot(twin.machine), bytes)).toBe(0);
      const asked = furtherBlocks({ ...world, prices: [...world.prices] });
      for (const [i, sent] of asked.entries()) {
        for (const each of [world, twin]) {
          each.prices = [...each.prices];
          each.prices[0] = Math.round(each.prices[0] * (i < 6 ? 0.98 : 1.01));
        }
        const first = step(world, 1_000, sent);
        const second = step(twin, 1_000, sent);
        expect(second.events).toEqual(first.events);
        expect(second.results).toEqual(first.results);
        expect(rootOf(twin.machine)).toBe(rootOf(world.machine));
        expect(chainOf(twin.machine)).toBe(chainOf(world.machine));
      }
    }),
    { numRuns: 6, seed: 3 },
  );
});

test('the root kept up to date from the log equals the root hashed from nothing', () => {
  const world = busyWorld();
  for (const sent of furtherBlocks({ ...world, prices: [...world.prices] })) {
    step(world, 1_000, sent);
    const { state, hashPairs } = world.machine;
    const fresh = new Roots(state, hashPairs);
    fresh.noteAll();
    expect(hex(fresh.compute().root)).toBe(rootOf(world.machine));
  }
});

test('a snapshot that is cut off, changed or too large is refused by name', () => {
  const bytes = snapshot(createWorld().machine);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ bits;
      expect(() => restore(changed, smallLimits)).toThrow(DamagedSnapshotError);
    }),
    { numRuns: 60 },
  );
  for (const length of [0, 10, 95, bytes.length - 1]) {
    expect(() => restore(bytes.slice(0, length), smallLimits)).toThrow(DamagedSnapshotError);
  }
  expect(() => restore(bytes, { ...smallLimits, accountsMax: 4 })).toThrow(/does not fit/);
});

test('a proof of any account verifies by an independent program, and no changed one does', () => {
  const world = busyWorld();
  for (let account = 1; account <= world.machine.state.machine.accountCount.get(0); account++) {
    const proof = proveAccount(world.machine, account)!;
    expect(verifyAccount(proof)).toBe(true);
    const chunks = proof.chunks.slice();
    chunks[70] = chunks[70]! ^ 1;
    expect(verifyAccount({ ...proof, chunks })).toBe(false);
    expect(verifyAccount({ ...proof, account: account + 1 })).toBe(false);
  }
  expect(proveAccount(world.machine, 999)).toBeUndefined();
});

test('a block that is undone leaves the columns and the next root as if it had never been', () => {
  const world = busyWorld();
  const { machine } = world;
  const before = bytesOf(machine.state);
  const root = rootOf(machine);
  const mark = { height: world.height, timeMs: world.timeMs, nonce: world.nonce };
  step(world, 1_000, [by(ACCOUNTS.grace, order({ side: 'sell', size: 50, price: 5_970_000 }))]);
  expect(rootOf(machine)).not.toBe(root);
  undoBlock(machine);
  Object.assign(world, mark);
  expect(changedColumns(machine.state, before)).toEqual([]);
  expect(rootOf(machine)).toBe(root);
});

test('a root is the same however much of it a host hashed ahead, also across an undone block', () => {
  const blocks = (hash: (world: World) => void): string[] => {
    const world = busyWorld();
    return furtherBlocks(world).map((sent, i) => {
      step(world, 500, sent);
      hash(world);
      if (i % 3 === 1) {
        undoBlock(world.machine);
        world.height -= 1;
        hash(world);
        step(world, 500, sent);
      }
      return i % 2 === 0 ? '' : rootOf(world.machine);
    });
  };
  const plain = blocks(() => undefined);
  expect(new Set(plain).size).toBe(7);
  fc.assert(
    fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 20 }), (most) => {
      let turn = 0;
      const ahead = blocks(({ machine }) => {
        hashAhead(machine, most[turn++ % most.length] as number);
      });
      expect(ahead).toEqual(plain);
    }),
    { numRuns: 25 },
  );
});
