import { describe, expect, test } from 'vitest';
import {
  approveAgent,
  callerOf,
  chargeEnvelope,
  grantRole,
  judgeEnvelope,
  openAccount,
  signerOf,
} from '../../src/accounts/index.ts';
import {
  type Action,
  AGENT_SCOPES,
  AUTHORITY_ROLE,
  globalParameters,
  type OpenedCommand,
  rejections,
} from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { address, advance, freshState, setGlobalParameter, startMs } from '../fixtures/state.ts';

const owner = address(1);
const agent = address(2);
const stranger = address(3);
const cancel: Action = { kind: 'cancelAll', instrument: 0 };
const transfer: Action = { kind: 'transfer', to: 2, asset: 1, amount: 1n };
const withdraw: Action = {
  kind: 'withdraw',
  asset: 1,
  amount: 1n,
  chain: 0,
  destination: owner,
};
const halt: Action = { kind: 'haltMarket', instrument: 1, untilMs: 0 };
const resume: Action = { kind: 'resumeMachine' };

function stateWithOwner(): State {
  const state = freshState();
  openAccount(state, owner);
  return state;
}

function commandOf(parts: Partial<OpenedCommand> = {}): OpenedCommand {
  return {
    signer: owner,
    account: 1,
    nonce: startMs,
    expiresMs: startMs + 1_000,
    actions: [cancel],
    ...parts,
  };
}

function judged(state: State, parts: Partial<OpenedCommand> = {}): number {
  return judgeEnvelope(state, commandOf(parts));
}

function approve(state: State, scopes: number, expiresMs = startMs + 60_000): void {
  const caller = { account: 1, isOwner: true, role: 0 };
  expect(approveAgent(state, { kind: 'approveAgent', agent, scopes, expiresMs }, caller)).toBe(0);
}

describe('the order of checks', () => {
  test('a command has 1 to 32 actions', () => {
    const state = stateWithOwner();
    const code = rejections.actionsCount.code;
    expect(judged(state, { actions: [] })).toBe(code);
    expect(judged(state, { actions: new Array(33).fill(cancel) })).toBe(code);
    expect(judged(state, { actions: new Array(32).fill(cancel) })).toBe(0);
  });

  test('the number of actions is judged before the account, the account before the signer', () => {
    const state = stateWithOwner();
    expect(judged(state, { actions: [], account: 9 })).toBe(rejections.actionsCount.code);
    expect(judged(state, { account: 9, signer: stranger })).toBe(rejections.accountUnknown.code);
    const late = { signer: stranger, expiresMs: 0 };
    expect(judged(state, late)).toBe(rejections.signerUnauthorized.code);
  });

  test('expiry is judged before the nonce, the nonce before the quota', () => {
    const state = stateWithOwner();
    expect(judged(state, { expiresMs: startMs, nonce: 0 })).toBe(rejections.commandExpired.code);
    state.accounts.cancelQuota.set(1, 0);
    expect(judged(state, { nonce: 0 })).toBe(rejections.nonceUsed.code);
    expect(judged(state)).toBe(rejections.quotaExceeded.code);
  });

  test('a judgement writes nothing, accepted or refused', () => {
    const state = stateWithOwner();
    state.log.clear();
    judged(state);
    judged(state, { signer: stranger });
    judged(state, { nonce: -1 });
    expect(state.log.count).toBe(0);
  });
});

describe('authority', () => {
  test('the owner may send everything an account can, but no act of an authority', () => {
    const state = stateWithOwner();
    expect(judged(state, { actions: [cancel, transfer, withdraw] })).toBe(0);
    expect(judged(state, { actions: [cancel, halt] })).toBe(rejections.signerUnauthorized.code);
  });

  test('an agent needs the scope of every action and may not act as owner', () => {
    const state = stateWithOwner();
    approve(state, AGENT_SCOPES.cancel);
    const parts = { signer: agent, nonce: startMs + 1 };
    expect(judged(state, parts)).toBe(0);
    const code = rejections.agentScope.code;
    expect(judged(state, { ...parts, actions: [cancel, transfer] })).toBe(code);
    const asOwner = { ...parts, actions: [withdraw] };
    expect(judged(state, asOwner)).toBe(rejections.signerUnauthorized.code);
  });

  test('an agent is refused from its expiry on', () => {
    const state = stateWithOwner();
    approve(state, AGENT_SCOPES.cancel, startMs + 10);
    const parts = { signer: agent, nonce: startMs + 1 };
    advance(state, 9);
    expect(judged(state, parts)).toBe(0);
    advance(state, 1);
    expect(judged(state, parts)).toBe(rejections.agentExpired.code);
  });

  test('account 0 is for authorities, each within its role', () => {
    const state = stateWithOwner();
    grantRole(state, 'admin', address(11));
    grantRole(state, 'guardian', address(12));
    grantRole(state, 'custodian', address(13));
    const by = (n: number, action: Action) =>
      judged(state, { account: 0, signer: address(n), actions: [action] });
    const code = rejections.signerUnauthorized.code;
    expect([by(11, halt), by(11, resume), by(12, halt)]).toEqual([0, 0, 0]);
    expect([by(12, resume), by(13, halt), by(1, halt), by(11, cancel)]).toEqual([
      code,
      code,
      code,
      code,
    ]);
    const mixed = { account: 0, signer: address(12), actions: [halt, resume] };
    expect(judged(state, mixed)).toBe(code);
  });

  test('the caller is what the envelope found', () => {
    const state = stateWithOwner();
    approve(state, AGENT_SCOPES.cancel);
    grantRole(state, 'guardian', address(12));
    expect(callerOf(state, commandOf())).toEqual({ account: 1, isOwner: true, role: 0 });
    const byAgent = commandOf({ signer: agent });
    expect(callerOf(state, byAgent)).toEqual({ account: 1, isOwner: false, role: 0 });
    const byGuardian = commandOf({ account: 0, signer: address(12), actions: [halt] });
    const role = AUTHORITY_ROLE.guardian;
    expect(callerOf(state, byGuardian)).toEqual({ account: 0, isOwner: false, role });
  });
});

describe('expiry', () => {
  test('a command is refused at its expiry and later, and when it lives too long', () => {
    const state = stateWithOwner();
    const { code } = rejections.commandExpired;
    expect(judged(state, { expiresMs: startMs })).toBe(code);
    expect(judged(state, { expiresMs: startMs + 1 })).toBe(0);
    const lifetimeMs = globalParameters.commandLifetimeMs.initial;
    expect(judged(state, { expiresMs: startMs + lifetimeMs })).toBe(0);
    const tooFar = { expiresMs: startMs + lifetimeMs + 1 };
    expect(judged(state, tooFar)).toBe(rejections.expiryTooFar.code);
  });
});

describe('nonce and charge', () => {
  test('a charged command cannot be sent again', () => {
    const state = stateWithOwner();
    const command = commandOf();
    chargeEnvelope(state, command);
    expect(judgeEnvelope(state, command)).toBe(rejections.nonceUsed.code);
  });

  test('a nonce may lie a day above block time and the highest one, not more', () => {
    const state = stateWithOwner();
    const far = startMs + 86_400_000;
    expect(judged(state, { nonce: far + 1 })).toBe(rejections.nonceTooFar.code);
    chargeEnvelope(state, commandOf({ nonce: far }));
    expect(judged(state, { nonce: far + 86_400_000 })).toBe(0);
    expect(judged(state, { nonce: far + 86_400_001 })).toBe(rejections.nonceTooFar.code);
  });

  test('hostile nonces are refused', () => {
    const state = stateWithOwner();
    const hostile = [-1, 0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
    for (const nonce of hostile) {
      expect([105, 106]).toContain(judged(state, { nonce }));
    }
  });

  test('a fresh agent starts above block time and above every nonce a revoked one used', () => {
    const state = stateWithOwner();
    approve(state, AGENT_SCOPES.cancel);
    const parts = { signer: agent, nonce: startMs };
    expect(judged(state, parts)).toBe(rejections.nonceUsed.code);
    expect(judged(state, { ...parts, nonce: startMs - 63 })).toBe(rejections.nonceUsed.code);
    const ahead = commandOf({ ...parts, nonce: startMs + 5_000 });
    chargeEnvelope(state, ahead);
    state.slabs.agents.remove(1, state.accounts.agentBase.get(1));
    state.accounts.agentNonceHigh.set(1, startMs + 5_000);
    approve(state, AGENT_SCOPES.cancel);
    expect(judgeEnvelope(state, ahead)).toBe(rejections.nonceUsed.code);
  });

  test('keys have windows of their own', () => {
    const state = stateWithOwner();
    approve(state, AGENT_SCOPES.cancel);
    const nonce = startMs + 1;
    chargeEnvelope(state, commandOf({ signer: agent, nonce }));
    expect(judged(state, { nonce })).toBe(0);
    expect(judged(state, { signer: agent, nonce })).toBe(rejections.nonceUsed.code);
  });
});

describe('quota', () => {
  test('actions draw on the quota, cancels and reductions on their own', () => {
    const state = stateWithOwner();
    setGlobalParameter(state, globalParameters.quotaBurst, 32);
    setGlobalParameter(state, globalParameters.quotaPerSecond, 10);
    const transfers = commandOf({ actions: new Array(32).fill(transfer) });
    expect(judgeEnvelope(state, transfers)).toBe(0);
    chargeEnvelope(state, transfers);
    const one = commandOf({ nonce: startMs + 1, actions: [transfer] });
    expect(judgeEnvelope(state, one)).toBe(rejections.quotaExceeded.code);
    const cancels = commandOf({ nonce: startMs + 2, actions: new Array(32).fill(cancel) });
    expect(judgeEnvelope(state, cancels)).toBe(0);
    advance(state, 99);
    expect(judgeEnvelope(state, one)).toBe(rejections.quotaExceeded.code);
    advance(state, 1);
    expect(judgeEnvelope(state, one)).toBe(0);
  });

  test('a quota never fills above its burst', () => {
    const state = stateWithOwner();
    setGlobalParameter(state, globalParameters.quotaBurst, 32);
    advance(state, 10_000_000);
    chargeEnvelope(state, commandOf({ actions: [transfer], expiresMs: startMs + 20_000_000 }));
    expect(state.accounts.quota.get(1)).toBe(31_000);
  });
});

test('the signer of an unknown account is nobody', () => {
  expect(signerOf(freshState(), commandOf({ account: 4_294_967_295 }))).toBe(0);
});
