import { describe, expect, test } from 'vitest';
import {
  custodyErrors,
  deposit,
  releaseWithdrawals,
  settleWithdrawal,
  withdraw,
} from '../../src/custody/index.ts';
import { balanceAmount, conservationErrors } from '../../src/ledger/index.ts';
import {
  type ActionOf,
  assetParameters,
  type EventOf,
  rejections,
} from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { address, advance, freshState, setAssetParameter, smallLimits } from '../fixtures/state.ts';

const dayMs = 86_400_000;
const custodian = { account: 0, isOwner: false, role: 3 };

/** Accounts 1 and 2 of 1,000,000 each; capacity 100,000 a day, bucket full. */
function fundedState(limits = smallLimits): State {
  const state = freshState(limits);
  setAssetParameter(state, 1, assetParameters.outflowMin, 100_000);
  setAssetParameter(state, 1, assetParameters.outflowPpm, 0);
  state.assets.outflowLevel.set(1, 100_000n);
  state.assets.outflowLane.set(1, 20_000n);
  for (const n of [1, 2]) {
    const parts = { chain: 0, sequence: n, owner: address(n), account: 0 } as const;
    deposit(state, { kind: 'deposit', ...parts, asset: 1, amount: 1_000_000n }, custodian);
  }
  return state;
}

function ask(
  state: State,
  amount: bigint,
  parts: Partial<ActionOf<'withdraw'>> & { by?: number } = {},
) {
  const { by = 1, ...rest } = parts;
  const base = { kind: 'withdraw', asset: 1, chain: 0, destination: address(77) } as const;
  return withdraw(state, { ...base, amount, ...rest }, { account: by, isOwner: true, role: 0 });
}

function report(state: State, withdrawal: number, outcome: 'paid' | 'returned' = 'paid') {
  return settleWithdrawal(state, { kind: 'settleWithdrawal', withdrawal, outcome }, custodian);
}

function released(state: State): [number, bigint][] {
  state.events.length = 0;
  releaseWithdrawals(state);
  return state.events
    .filter((event): event is EventOf<'withdrawalReleased'> => event.kind === 'withdrawalReleased')
    .map((event) => [event.withdrawal, event.amount]);
}

function sound(state: State): void {
  expect(conservationErrors(state)).toEqual([]);
  expect(custodyErrors(state)).toEqual([]);
}

describe('requests', () => {
  test('the amount leaves the account at once and is in flight', () => {
    const state = fundedState();
    expect(ask(state, 30_000n)).toBe(0);
    expect(balanceAmount(state, 1, 1)).toBe(970_000n);
    expect(state.assets.inFlight.get(1)).toBe(30_000n);
    sound(state);
  });

  test('unknown assets and chains, nothing, too much and too little are refused', () => {
    const state = fundedState();
    setAssetParameter(state, 1, assetParameters.withdrawalMin, 100);
    expect(ask(state, 100n, { asset: 2 })).toBe(rejections.assetUnknown.code);
    expect(ask(state, 100n, { chain: 16 })).toBe(rejections.chainUnknown.code);
    expect(ask(state, 0n)).toBe(rejections.amountInvalid.code);
    expect(ask(state, 1_000_001n)).toBe(rejections.balanceInsufficient.code);
    expect(ask(state, 99n)).toBe(rejections.withdrawalMinimum.code);
    expect([ask(state, 999_950n), ask(state, 50n)]).toEqual([0, 0]);
  });

  test('a full queue refuses', () => {
    const state = fundedState({ ...smallLimits, withdrawalsMax: 1 });
    expect(ask(state, 1n)).toBe(0);
    expect(ask(state, 1n)).toBe(rejections.withdrawalsFull.code);
  });
});

describe('releases', () => {
  test('requests are released first come first, in slices, and a lane stays for small ones', () => {
    const state = fundedState();
    ask(state, 50_000n);
    ask(state, 70_000n, { by: 2 });
    expect(released(state)).toEqual([
      [1, 50_000n],
      [2, 30_000n],
    ]);
    expect(state.assets.outflowLevel.get(1)).toBe(20_000n);
    sound(state);
  });

  test('a withdrawal has one slice out at a time, and others go on meanwhile', () => {
    const state = fundedState();
    ask(state, 200_000n);
    ask(state, 5_000n, { by: 2 });
    expect(released(state)).toEqual([[1, 80_000n]]);
    advance(state, dayMs / 2);
    expect(released(state)).toEqual([[2, 5_000n]]);
    expect(report(state, 1)).toBe(0);
    expect(released(state)).toEqual([[1, 45_000n]]);
    sound(state);
  });

  test('small requests of old accounts use the lane though a large one waits in front', () => {
    const state = fundedState();
    advance(state, dayMs + 1);
    ask(state, 500_000n, { by: 2 });
    expect(released(state)).toEqual([[1, 80_000n]]);
    report(state, 1);
    ask(state, 100n);
    ask(state, 101n);
    expect(released(state)).toEqual([[2, 100n]]);
    expect(state.assets.outflowLane.get(1)).toBe(19_900n);
    sound(state);
  });

  test('a small request of a young account waits in line', () => {
    const state = fundedState();
    ask(state, 500_000n, { by: 2 });
    released(state);
    ask(state, 100n);
    expect(released(state)).toEqual([]);
  });

  test('a slice that does not complete its request is at least a thousandth of the capacity', () => {
    const state = fundedState();
    ask(state, 80_000n);
    ask(state, 50_000n, { by: 2 });
    expect(released(state)).toEqual([[1, 80_000n]]);
    advance(state, 80_000);
    expect(released(state)).toEqual([]);
    advance(state, 20_000);
    expect(released(state)).toEqual([[2, 115n]]);
  });

  test('nothing is released that custody does not hold', () => {
    const state = fundedState();
    ask(state, 50_000n);
    state.assets.custody.set(1, 20_000n);
    expect(released(state)).toEqual([[1, 20_000n]]);
    expect(released(state)).toEqual([]);
  });

  test('deposits never refill the bucket', () => {
    const state = fundedState();
    ask(state, 80_000n);
    released(state);
    const parts = { chain: 0, sequence: 3, owner: address(1), account: 1 } as const;
    deposit(state, { kind: 'deposit', ...parts, asset: 1, amount: 80_000n }, custodian);
    ask(state, 80_000n);
    expect(released(state)).toEqual([]);
  });
});

describe('reports', () => {
  test('paid leaves custody, once', () => {
    const state = fundedState();
    ask(state, 50_000n);
    expect(report(state, 1)).toBe(rejections.withdrawalUnknown.code);
    released(state);
    expect(report(state, 1)).toBe(0);
    expect([state.assets.custody.get(1), state.assets.inFlight.get(1)]).toEqual([1_950_000n, 0n]);
    expect(report(state, 1)).toBe(rejections.withdrawalUnknown.code);
    expect(state.pools.withdrawals.used).toBe(0);
    sound(state);
  });

  test('returned is credited again, once', () => {
    const state = fundedState();
    ask(state, 50_000n);
    released(state);
    expect(report(state, 1, 'returned')).toBe(0);
    expect(balanceAmount(state, 1, 1)).toBe(1_000_000n);
    expect(report(state, 1, 'returned')).toBe(rejections.withdrawalUnknown.code);
    expect(report(state, 0)).toBe(rejections.withdrawalUnknown.code);
    sound(state);
  });
});

test('the scan of custody names what does not add up', () => {
  const state = fundedState();
  ask(state, 50_000n);
  state.assets.inFlight.add(1, 1n);
  state.assets.outflowReleased.add(1, 1n);
  state.assets.withdrawalTail.set(1, 0);
  state.assets.outflowLane.set(1, -1n);
  expect(custodyErrors(state)).toEqual([
    'asset 1: in flight is not the sum of withdrawals 50000',
    'asset 1: released is not the sum of withdrawals 0',
    'asset 1: the tail is not last',
    'asset 1: the lane holds -1 of a bucket of 100000',
  ]);
});
