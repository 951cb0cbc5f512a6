import { describe, expect, test } from 'vitest';
import { CUSTODY_MAX, custodyErrors, deposit } from '../../src/custody/index.ts';
import { balanceAmount, conservationErrors, debtOf, settle } from '../../src/ledger/index.ts';
import { type ActionOf, rejections } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { address, freshState, smallLimits } from '../fixtures/state.ts';

const custodian = { account: 0, isOwner: false, role: 3 };
const million = 1_000_000n;

function bring(state: State, parts: Partial<ActionOf<'deposit'>> = {}): number {
  const chain = parts.chain ?? 0;
  const sequence = (state.machine.depositSequences.data[chain] ?? 0) + 1;
  const base = { kind: 'deposit', chain, sequence, owner: address(1), account: 0 } as const;
  return deposit(state, { ...base, asset: 1, amount: million, ...parts }, custodian);
}

describe('deposits', () => {
  test('account 0 opens an account for the owner, a number credits an account of the owner', () => {
    const state = freshState();
    expect(bring(state)).toBe(0);
    expect(bring(state, { account: 1, amount: 5n })).toBe(0);
    expect(balanceAmount(state, 1, 1)).toBe(million + 5n);
    expect(state.assets.custody.get(1)).toBe(million + 5n);
    expect(conservationErrors(state)).toEqual([]);
    expect(custodyErrors(state)).toEqual([]);
  });

  test('a deposit takes effect once and in order of its chain', () => {
    const state = freshState();
    expect(bring(state, { sequence: 1 })).toBe(0);
    const { code } = rejections.depositSequence;
    expect([1, 3, 0].map((sequence) => bring(state, { sequence }))).toEqual([code, code, code]);
    expect(bring(state, { sequence: 2 })).toBe(0);
    expect(bring(state, { chain: 15, sequence: 1 })).toBe(0);
  });

  test('a refused deposit uses up no number', () => {
    const state = freshState();
    expect(bring(state, { amount: million - 1n })).toBe(rejections.depositMinimum.code);
    expect(state.machine.depositSequences.get(0)).toBe(0);
  });

  test('unknown chains, assets and accounts, other owners and nothing are refused', () => {
    const state = freshState();
    bring(state);
    expect(bring(state, { chain: 16, sequence: 1 })).toBe(rejections.chainUnknown.code);
    expect(bring(state, { asset: 2 })).toBe(rejections.assetUnknown.code);
    expect(bring(state, { account: 2 })).toBe(rejections.accountUnknown.code);
    const other = { account: 1, owner: address(2) };
    expect(bring(state, other)).toBe(rejections.ownerMismatch.code);
    expect(bring(state, { amount: 0n })).toBe(rejections.amountInvalid.code);
  });

  test('custody never holds more than a double counts exactly', () => {
    const state = freshState();
    expect(bring(state, { amount: CUSTODY_MAX })).toBe(0);
    expect(bring(state, { account: 1, amount: 1n })).toBe(rejections.balanceOverflow.code);
    expect(bring(state, { amount: 2n ** 63n - 1n })).toBe(rejections.balanceOverflow.code);
  });

  test('where no account is free a new one is refused', () => {
    const state = freshState({ ...smallLimits, accountsMax: 2 });
    expect(bring(state)).toBe(0);
    expect(bring(state)).toBe(rejections.accountsFull.code);
  });

  test('a deposit credits and repays nothing by itself', () => {
    const state = freshState();
    bring(state);
    settle(state, 1, -3n * million);
    bring(state, { account: 1 });
    expect(balanceAmount(state, 1, 1)).toBe(million);
    expect(debtOf(state, 1, 1)).toBe(2n * million);
  });
});
