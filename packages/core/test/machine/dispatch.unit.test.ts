import { describe, expect, test } from 'vitest';
import { quotaLeft } from '../../src/accounts/index.ts';
import { runAction } from '../../src/machine/dispatch.ts';
import { admit, nextDueMs, preview } from '../../src/machine/index.ts';
import { freeMargin } from '../../src/risk/index.ts';
import { globalParameters, rejections, SETTLEMENT_ASSET } from '../../src/schema/index.ts';
import { findBalance, findPosition } from '../../src/state/index.ts';
import { bytesOf, changedColumns } from '../fixtures/bytes.ts';
import {
  ACCOUNTS,
  AGENT,
  by,
  byAdmin,
  CUSTODIAN,
  commandOf,
  createWorld,
  deposit,
  key,
  order,
  step,
  stepAccepted,
} from '../fixtures/world.ts';

const { alice, bob, frank, grace } = ACCOUNTS;

describe('order of commands in a block', () => {
  test('a cancel sent after an order that would hit it goes first', () => {
    const world = createWorld();
    const outcome = step(world, 1_000, [
      by(grace, order({ side: 'sell', size: 800, price: 5_980_000 })),
      by(frank, { kind: 'cancelAll', instrument: 1 }),
      by(ACCOUNTS.erin, { kind: 'cancelAll', instrument: 1 }),
    ]);
    expect(outcome.refusals).toEqual([]);
    expect(outcome.events.some(({ kind }) => kind === 'filled')).toBe(false);
  });

  test('a deposit goes before an order that needs it, wherever it stands', () => {
    const world = createWorld();
    const outcome = step(world, 1_000, [
      by(8, order({ side: 'buy', size: 10, price: 5_900_000 })),
      deposit(world, { owner: key(8) }),
    ]);
    expect(outcome.results.map(({ code, actions }) => [code, ...actions])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('lanes do not put the nonces of a client out of order', () => {
    const world = createWorld();
    world.nonce += 1_000;
    const place = commandOf(world, by(frank, order({ side: 'buy', size: 5, price: 5_900_000 })));
    world.nonce += 1_000;
    const cancel = commandOf(world, by(frank, { kind: 'cancelAll', instrument: 2 }));
    const outcome = step(world, 1_000);
    expect(outcome.code).toBe(0);
    expect(admit(world.machine, place)).toBe(0);
    expect(admit(world.machine, cancel)).toBe(0);
  });

  test('an agent revoked in the block does not trade in it', () => {
    const world = createWorld();
    // A fresh agent's nonces begin at the time of its approval.
    world.nonce = world.timeMs;
    const trade = { signer: AGENT, account: bob, action: order({ size: 1, price: 5_900_000 }) };
    const outcome = step(world, 1_000, [trade, by(bob, { kind: 'revokeAgent', agent: AGENT })]);
    expect(outcome.results.map(({ code }) => code)).toEqual([
      rejections.signerUnauthorized.code,
      0,
    ]);
  });
});

describe('refused work', () => {
  test('an order that meets many others and is undone costs quota by what it met', () => {
    const world = createWorld();
    const { state } = world.machine;
    const asks = Array.from({ length: 40 }, () =>
      by(bob, order({ side: 'sell', size: 1_000, price: 6_010_000 })),
    );
    stepAccepted(world, 1_000, [by(grace, { kind: 'setOwnRate', ratePpm: 1_000_000 })]);
    stepAccepted(world, 60_000, asks);
    const left = (): number => quotaLeft(state, grace, state.accounts.quota);
    const before = left();
    // 40,000 lots are 2.4 M on a deposit of 1 M, at an own rate of 100 %: all of it is undone.
    const huge = order({ size: 40_000, price: 6_010_000, timeInForce: 'immediateOrCancel' });
    const outcome = step(world, 0, [by(grace, huge)]);
    expect(outcome.results[0]?.actions).toEqual([rejections.initialMargin.code]);
    // One action of its own, and one for every 8 of the orders it met, in thousandths.
    expect(before - left()).toBeGreaterThanOrEqual(1_000 + 4 * 1_000);
    expect((before - left()) % 1_000).toBe(0);
  });
});

describe('withdrawals', () => {
  test('one account cannot fill the queue for all', () => {
    const world = createWorld();
    const ask = (amount: bigint) =>
      by(bob, { kind: 'withdraw', asset: 1, amount, chain: 1, destination: key(0xdd) });
    const most = globalParameters.withdrawalsPerAccountMax.initial;
    for (let i = 0; i < most; i++) stepAccepted(world, 10, [ask(1n)]);
    const outcome = step(world, 10, [ask(1n)]);
    expect(outcome.results[0]?.actions[0]).toBe(rejections.withdrawalsFull.code);
    const settle = { kind: 'settleWithdrawal', withdrawal: 2, outcome: 'paid' } as const;
    stepAccepted(world, 10, [{ signer: CUSTODIAN, account: 0, action: settle }]);
    stepAccepted(world, 10, [ask(1n)]);
  });
});

describe('a broken invariant', () => {
  test.each([
    ['an amount out of nothing', 'claims and backing'],
    ['a size without its other side', 'sizes of an instrument'],
    ['an entry that nobody realized', 'claims and backing'],
  ])('%s is undone with 199 and the machine goes close-only', (what, sentence) => {
    const { machine } = createWorld();
    const { state } = machine;
    const balance = findBalance(state, alice, SETTLEMENT_ASSET);
    const position = findPosition(state, alice, 1);
    const before = bytesOf(state);
    // The handler of an action is watched through its events: the plant rides on a real transfer.
    const push = state.events.push.bind(state.events);
    state.events.push = (...events) => {
      state.events.push = push;
      if (what.startsWith('an amount')) state.balances.amount.add(balance, 1n);
      if (what.startsWith('a size')) state.positions.size.add(position, 1);
      if (what.startsWith('an entry')) state.positions.entry.add(position, 5n);
      return push(...events);
    };
    const transfer = { kind: 'transfer', to: bob, asset: 1, amount: 1_000n } as const;
    const code = runAction(machine, transfer, { account: alice, isOwner: true, role: 0 });
    expect(code).toBe(rejections.invariantBroken.code);
    expect(String(state.figures?.invariant)).toContain(sentence);
    expect(state.machine.isCloseOnly.get(0)).toBe(1);
    expect(changedColumns(state, before)).toEqual(['machine.isCloseOnly']);
  });

  test('in close-only mode opens are refused, cancels and reductions are not, and an admin ends it', () => {
    const world = createWorld();
    world.machine.state.machine.isCloseOnly.set(0, 1);
    const outcome = step(world, 1_000, [
      by(grace, order({ size: 1, price: 5_900_000 })),
      by(frank, { kind: 'cancelAll', instrument: 0 }),
      by(alice, order({ side: 'sell', size: 10, price: 5_960_000, isReduceOnly: true })),
    ]);
    expect(outcome.results.map(({ actions }) => actions[0])).toEqual([
      rejections.closeOnly.code,
      0,
      0,
    ]);
    step(world, 1_000, [byAdmin({ kind: 'resumeMachine' })]);
    const after = step(world, 1_000, [by(grace, order({ size: 1, price: 5_900_000 }))]);
    expect(after.refusals).toEqual([]);
  });
});

describe('previews', () => {
  test('a preview tells codes, events and figures and leaves no trace', () => {
    const { machine } = createWorld();
    const { state } = machine;
    const before = bytesOf(state);
    const margin = freeMargin(state, grace);
    const seen = preview(
      machine,
      {
        account: grace,
        actions: [
          order({ side: 'sell', size: 500, price: 5_970_000 }),
          { kind: 'transfer', to: bob, asset: 1, amount: 10n ** 15n },
        ],
      },
      () => freeMargin(state, grace),
    );
    expect(seen.codes).toEqual([0, rejections.balanceInsufficient.code]);
    expect(seen.events.some(({ kind }) => kind === 'filled')).toBe(true);
    expect(seen.figures[1]).toMatchObject({ amount: 10n ** 15n });
    expect(seen.after).toBeLessThan(margin);
    expect(changedColumns(state, before)).toEqual([]);
    expect(state.events).not.toContainEqual(expect.objectContaining({ kind: 'filled' }));
  });
});

test('the next due time is in the future, and an empty block then is accepted', () => {
  const world = createWorld();
  for (let i = 0; i < 50; i++) {
    const dueMs = nextDueMs(world.machine.state);
    expect(dueMs).toBeGreaterThan(world.timeMs);
    const elapsedMs = Math.min(dueMs - world.timeMs, 3_600_000);
    expect(step(world, elapsedMs).code).toBe(0);
  }
});
