import {
  AGENT_SCOPES,
  accepted,
  type Code,
  type CommandSchema,
  commandSchema,
  globalParameters,
  type OpenedCommand,
  rejections,
} from '../schema/index.ts';
import { accountExists, globalParameter, refuse, type State, timeMs } from '../state/index.ts';
import { isNonceFree, markNonce, NONCE_AHEAD_MAX, type NonceColumns } from './nonces.ts';
import { chargeQuota, hasQuota } from './quota.ts';
import { agentRowOf, authorityRowOf, SIGNER_NONE, SIGNER_OWNER, signerOf } from './signer.ts';

/** How many actions one signature may carry. */
export const ACTIONS_MAX = 32;

/**
 * Judges a command before its body runs, reading only: authority, expiry, nonce, quota, in the
 * order of the spec. Give `signer` where `signerOf` was already asked. Spec: accounts 2.
 */
export function judgeEnvelope(
  state: State,
  command: OpenedCommand,
  signer: number = signerOf(state, command),
): Code {
  const count = command.actions.length;
  if (!(count >= 1 && count <= ACTIONS_MAX))
    return refuse(state, rejections.actionsCount, { count });
  const authority = judgeAuthority(state, command, signer);
  if (authority !== accepted) return authority;
  const expiry = judgeExpiry(state, command);
  if (expiry !== accepted) return expiry;
  const nonce = judgeNonce(state, command, signer);
  if (nonce !== accepted) return nonce;
  if (command.account !== 0 && !hasQuota(state, command)) {
    return refuse(state, rejections.quotaExceeded, { actions: count });
  }
  return accepted;
}

/** Writes what an accepted envelope costs: the nonce and the quota. It stays if the body fails. */
export function chargeEnvelope(
  state: State,
  command: OpenedCommand,
  signer: number = signerOf(state, command),
): void {
  markNonce(nonceColumns(state, signer), nonceRow(command, signer), command.nonce);
  if (command.account !== 0) chargeQuota(state, command);
}

/** Whether the signer may send every action of the command for the account. Spec: accounts 2.2. */
export function judgeAuthority(state: State, command: OpenedCommand, signer: number): Code {
  const { account, actions } = command;
  if (account !== 0 && !accountExists(state, account)) {
    return refuse(state, rejections.accountUnknown, { account });
  }
  if (signer === SIGNER_NONE) return refuse(state, rejections.signerUnauthorized);
  if (signer < 0) return accepted;
  const agent = agentRowOf(signer);
  if (agent >= 0 && state.agents.expiresMs.get(agent) <= timeMs(state)) {
    return refuse(state, rejections.agentExpired, { expiresMs: state.agents.expiresMs.get(agent) });
  }
  const scopes = agent >= 0 ? state.agents.scopes.get(agent) : 0;
  for (const action of actions) {
    const { authority, scope }: CommandSchema = commandSchema[action.kind];
    if (authority === 'agent') {
      if (agent < 0 || (scope !== undefined && (scopes & AGENT_SCOPES[scope]) !== 0)) continue;
      return refuse(state, rejections.agentScope, { action: action.kind });
    }
    if (authority !== 'owner' || signer !== SIGNER_OWNER) {
      return refuse(state, rejections.signerUnauthorized, { action: action.kind });
    }
  }
  return accepted;
}

function judgeExpiry(state: State, command: OpenedCommand): Code {
  const now = timeMs(state);
  const { expiresMs } = command;
  if (!(now < expiresMs))
    return refuse(state, rejections.commandExpired, { expiresMs, timeMs: now });
  const latestMs = now + globalParameter(state, globalParameters.commandLifetimeMs);
  if (!(expiresMs <= latestMs))
    return refuse(state, rejections.expiryTooFar, { expiresMs, latestMs });
  return accepted;
}

function judgeNonce(state: State, command: OpenedCommand, signer: number): Code {
  const { nonce } = command;
  const columns = nonceColumns(state, signer);
  const row = nonceRow(command, signer);
  const high = columns.nonceHigh.get(row);
  if (!(nonce >= 1 && Number.isSafeInteger(nonce)) || !isNonceFree(columns, row, nonce)) {
    return refuse(state, rejections.nonceUsed, { nonce, high });
  }
  const highest = Math.max(high, timeMs(state)) + NONCE_AHEAD_MAX;
  if (nonce > highest) return refuse(state, rejections.nonceTooFar, { nonce, highest });
  return accepted;
}

function nonceColumns(state: State, signer: number): NonceColumns {
  if (signer === SIGNER_OWNER) return state.accounts;
  return signer < 0 ? state.authorities : state.agents;
}

function nonceRow(command: OpenedCommand, signer: number): number {
  if (signer === SIGNER_OWNER) return command.account;
  return signer < 0 ? authorityRowOf(signer) : agentRowOf(signer);
}
