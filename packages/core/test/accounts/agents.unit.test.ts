import { describe, expect, test } from 'vitest';
import {
  accountErrors,
  approveAgent,
  findAgent,
  grantRole,
  openAccount,
  revokeAgent,
  setOwnRate,
} from '../../src/accounts/index.ts';
import { AGENT_SCOPES, globalParameters, rejections } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  address,
  advance,
  freshState,
  setGlobalParameter,
  smallLimits,
  startMs,
} from '../fixtures/state.ts';

const caller = { account: 1, isOwner: true, role: 0 };

function stateWithOwner(): State {
  const state = freshState();
  openAccount(state, address(1));
  return state;
}

function approve(state: State, n: number, parts: { scopes?: number; expiresMs?: number } = {}) {
  const { scopes = AGENT_SCOPES.trade, expiresMs = startMs + 1_000 } = parts;
  const agent = address(n);
  return approveAgent(state, { kind: 'approveAgent', agent, scopes, expiresMs }, caller);
}

describe('accounts', () => {
  test('accounts are numbered in order until the table is full', () => {
    const state = freshState();
    for (let n = 1; n < smallLimits.accountsMax; n++)
      expect(openAccount(state, address(n))).toBe(n);
    expect(openAccount(state, address(99))).toBe(0);
  });

  test('a key gets one role only', () => {
    const state = freshState();
    grantRole(state, 'admin', address(1));
    expect(() => grantRole(state, 'guardian', address(1))).toThrow('a key has one role');
  });
});

describe('agents', () => {
  test('the owner, no scope, an unknown scope and a past or distant expiry are refused', () => {
    const state = stateWithOwner();
    const { code } = rejections.agentInvalid;
    expect(approve(state, 1)).toBe(code);
    expect(approve(state, 2, { scopes: 0 })).toBe(code);
    expect(approve(state, 2, { scopes: 32 })).toBe(code);
    expect(approve(state, 2, { expiresMs: startMs })).toBe(code);
    expect(approve(state, 2, { expiresMs: startMs + 31_536_000_001 })).toBe(code);
  });

  test('an account has at most so many agents; expired ones make room', () => {
    const state = stateWithOwner();
    setGlobalParameter(state, globalParameters.agentsPerAccountMax, 2);
    expect([approve(state, 2), approve(state, 3)]).toEqual([0, 0]);
    expect(approve(state, 4)).toBe(rejections.agentsFull.code);
    advance(state, 1_000);
    expect(approve(state, 4, { expiresMs: startMs + 5_000 })).toBe(0);
    expect(findAgent(state, 1, address(2))).toBe(-1);
    expect(state.accounts.agentCount.get(1)).toBe(1);
  });

  test('approving a key again changes scopes and expiry and keeps its nonces', () => {
    const state = stateWithOwner();
    approve(state, 2);
    const row = findAgent(state, 1, address(2));
    state.agents.nonceHigh.set(row, startMs + 77);
    expect(approve(state, 2, { scopes: AGENT_SCOPES.cancel })).toBe(0);
    expect(state.accounts.agentCount.get(1)).toBe(1);
    expect(state.agents.nonceHigh.get(row)).toBe(startMs + 77);
    expect(state.agents.scopes.get(row)).toBe(AGENT_SCOPES.cancel);
  });

  test('revoking an unknown agent is refused; a revoked slot is used again', () => {
    const state = stateWithOwner();
    const revoke = (n: number) =>
      revokeAgent(state, { kind: 'revokeAgent', agent: address(n) }, caller);
    expect(revoke(9)).toBe(rejections.agentUnknown.code);
    for (const n of [2, 3, 4]) approve(state, n);
    state.agents.nonceHigh.set(findAgent(state, 1, address(3)), startMs + 500);
    expect(revoke(3)).toBe(0);
    expect(state.accounts.agentNonceHigh.get(1)).toBe(startMs + 500);
    approve(state, 5);
    const row = findAgent(state, 1, address(5));
    expect(state.agents.slot.get(row)).toBe(1);
    expect(state.agents.nonceHigh.get(row)).toBe(startMs + 500);
  });
});

test('an own rate lies between 0 and 1,000,000 ppm', () => {
  const state = stateWithOwner();
  const set = (ratePpm: number) => setOwnRate(state, { kind: 'setOwnRate', ratePpm }, caller);
  expect([set(1_000_000), set(0)]).toEqual([0, 0]);
  expect(set(1_000_001)).toBe(rejections.ownRateInvalid.code);
});

test('the scan of accounts names what does not hold', () => {
  const state = stateWithOwner();
  approve(state, 2);
  expect(accountErrors(state)).toEqual([]);
  const row = findAgent(state, 1, address(2));
  state.agents.address.set(row * 5 + 4, 1);
  state.agents.scopes.set(row, 0);
  state.accounts.quota.set(1, -1);
  state.accounts.quotaMs.set(1, startMs + 1);
  state.slabs.balances.remove(1, state.accounts.balanceBase.get(1));
  grantRole(state, 'admin', address(7));
  state.authorities.role.set(1, 1);
  state.authorities.role.set(2, 1);
  expect(accountErrors(state)).toEqual([
    'account 1 has no settlement balance',
    'account 1 has a quota of -1',
    'account 1: its quota is counted ahead of time',
    `account 1 has the key ${address(1)} twice`,
    `account 1: ${address(1)} has no scope`,
    `the key ${address(0)} has two roles`,
  ]);
});
