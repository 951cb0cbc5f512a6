import { describe, expect, test } from 'vitest';
import { balanceAmount } from '../../src/ledger/index.ts';
import { freeMargin, maximumWithdrawal } from '../../src/risk/index.ts';
import { type Action, rejections, SETTLEMENT_ASSET } from '../../src/schema/index.ts';
import { ACCOUNTS, by, createWorld, deposit, key, step, stepAccepted } from '../fixtures/world.ts';

const { bob, carol } = ACCOUNTS;
/** A second account of bob's. */
const bobsOther = 8;

const waysOut: readonly [string, (amount: bigint) => Action][] = [
  ['a transfer', (amount) => ({ kind: 'transfer', to: carol, asset: 1, amount })],
  [
    'a transfer to an own account',
    (amount) => ({ kind: 'transfer', to: bobsOther, asset: 1, amount }),
  ],
  [
    'a withdrawal',
    (amount) => ({ kind: 'withdraw', asset: 1, amount, chain: 1, destination: key(0xdd) }),
  ],
  ['money for a pool', (amount) => ({ kind: 'fundPool', instrument: 1, amount })],
];

describe('money leaves an account only as the withdrawal test allows (F4, attack 2)', () => {
  test.each(waysOut)(
    '%s: the most passes, one unit more is refused with free margin to spare',
    (_, out) => {
      const world = createWorld();
      stepAccepted(world, 1_000, [deposit(world, { owner: key(bob) })]);
      const { state } = world.machine;
      const most = maximumWithdrawal(state, bob, SETTLEMENT_ASSET);
      const held = balanceAmount(state, bob, SETTLEMENT_ASSET);
      expect(most).toBeGreaterThan(0n);
      expect(held).toBeGreaterThan(most);
      // In the same block: no funding and no price comes between.
      const outcome = step(world, 0, [by(bob, out(most + 1n)), by(bob, out(most))]);
      expect(outcome.results.map(({ actions }) => actions[0])).toEqual([
        rejections.withdrawalMargin.code,
        0,
      ]);
      expect(balanceAmount(state, bob, SETTLEMENT_ASSET)).toBe(held - most);
      expect(freeMargin(state, bob)).toBeGreaterThan(1);
    },
  );
});
