import {
  type ActionOf,
  AGENT_SCOPES,
  accepted,
  type Code,
  globalParameters,
  rejections,
} from '../schema/index.ts';
import {
  addressEquals,
  type Caller,
  globalParameter,
  refuse,
  type State,
  timeMs,
  writeAddress,
} from '../state/index.ts';
import { startNonces } from './nonces.ts';
import { findAgent } from './signer.ts';

const YEAR_MS = 31_536_000_000;
const ALL_SCOPES: number = Object.values(AGENT_SCOPES).reduce((all, bit) => all | bit, 0);

/**
 * Lets another key act for the account. A key that is approved already gets new scopes and a new
 * expiry and keeps its nonces; a fresh one starts above every nonce that could have been signed for
 * an earlier approval. Spec: accounts 5.
 */
export function approveAgent(state: State, action: ActionOf<'approveAgent'>, caller: Caller): Code {
  const { agent, scopes, expiresMs } = action;
  const { account } = caller;
  const now = timeMs(state);
  const isOwner = addressEquals(state.accounts.owner, account, agent);
  const hasScopes = scopes >= 1 && scopes <= ALL_SCOPES;
  if (isOwner || !hasScopes || !(expiresMs > now && expiresMs <= now + YEAR_MS)) {
    return refuse(state, rejections.agentInvalid, { scopes, expiresMs });
  }
  let row = findAgent(state, account, agent);
  if (row < 0) {
    dropExpired(state, account);
    const agentsMax = globalParameter(state, globalParameters.agentsPerAccountMax);
    const isFull = state.accounts.agentCount.get(account) >= agentsMax;
    if (isFull || !state.slabs.agents.hasRoom(account)) {
      return refuse(state, rejections.agentsFull, { agentsMax });
    }
    row = state.slabs.agents.insert(account, freeSlot(state, account));
    writeAddress(state.agents.address, row, agent);
    startNonces(state.agents, row, Math.max(now, state.accounts.agentNonceHigh.get(account)));
  }
  state.agents.scopes.set(row, scopes);
  state.agents.expiresMs.set(row, expiresMs);
  state.events.push({ kind: 'agentApproved', account, agent, scopes, expiresMs });
  return accepted;
}

/** Withdraws an agent key; the nonces it used ahead of time stay used. */
export function revokeAgent(state: State, action: ActionOf<'revokeAgent'>, caller: Caller): Code {
  const { agent } = action;
  const { account } = caller;
  const row = findAgent(state, account, agent);
  if (row < 0) return refuse(state, rejections.agentUnknown);
  removeAgent(state, account, row);
  state.events.push({ kind: 'agentRevoked', account, agent });
  return accepted;
}

/** Sets the owner's own least initial margin rate, 0 to 1,000,000 ppm. */
export function setOwnRate(state: State, action: ActionOf<'setOwnRate'>, caller: Caller): Code {
  const { ratePpm } = action;
  if (!(ratePpm >= 0 && ratePpm <= 1_000_000)) {
    return refuse(state, rejections.ownRateInvalid, { ratePpm });
  }
  state.accounts.ownRatePpm.set(caller.account, ratePpm);
  state.events.push({ kind: 'ownRateSet', account: caller.account, ratePpm });
  return accepted;
}

function removeAgent(state: State, account: number, row: number): void {
  const { agentNonceHigh } = state.accounts;
  const high = state.agents.nonceHigh.get(row);
  if (high > agentNonceHigh.get(account)) agentNonceHigh.set(account, high);
  state.slabs.agents.remove(account, row);
}

/** Expired agents make room for a new one. */
function dropExpired(state: State, account: number): void {
  const { accounts, agents } = state;
  let k = 0;
  while (k < accounts.agentCount.get(account)) {
    const row = accounts.agentBase.get(account) + k;
    if (agents.expiresMs.get(row) > timeMs(state)) k += 1;
    else removeAgent(state, account, row);
  }
}

/** The lowest slot number that no agent of the account has; rows are in order of slots. */
function freeSlot(state: State, account: number): number {
  const first = state.accounts.agentBase.get(account);
  const count = state.accounts.agentCount.get(account);
  let slot = 0;
  while (slot < count && state.agents.slot.get(first + slot) === slot) slot += 1;
  return slot;
}
