import {
  type Address,
  AUTHORITY_ROLE,
  type Authority,
  commandSchema,
  type OpenedCommand,
} from '../schema/index.ts';
import { accountExists, addressEquals, type Caller, type State } from '../state/index.ts';

// Which key signed a command, as one number: 0 nobody's, 1 the account's owner, 2 + row an agent,
// −1 − row an authority. A number, so that the path of every command allocates nothing.

export const SIGNER_NONE = 0;
export const SIGNER_OWNER = 1;
export const SIGNER_AGENT = 2;

/** The authority row of a signer, or −1 for other signers. */
export function authorityRowOf(signer: number): number {
  return signer < 0 ? -1 - signer : -1;
}

/** The agent row of a signer, or −1 for other signers. */
export function agentRowOf(signer: number): number {
  return signer >= SIGNER_AGENT ? signer - SIGNER_AGENT : -1;
}

/** Whose key signed the command. Spec: accounts 2.2. */
export function signerOf(state: State, command: OpenedCommand): number {
  const { account, signer } = command;
  if (account === 0) return authoritySigner(state, command);
  if (!accountExists(state, account)) return SIGNER_NONE;
  if (addressEquals(state.accounts.owner, account, signer)) return SIGNER_OWNER;
  const row = findAgent(state, account, signer);
  return row < 0 ? SIGNER_NONE : SIGNER_AGENT + row;
}

/** The row of an account's agent with this key, or −1. */
export function findAgent(state: State, account: number, agent: Address): number {
  const { accounts, agents } = state;
  const first = accounts.agentBase.get(account);
  const end = first + accounts.agentCount.get(account);
  for (let row = first; row < end; row++) {
    if (addressEquals(agents.address, row, agent)) return row;
  }
  return -1;
}

/** Who sends the actions of an accepted command. */
export function callerOf(
  state: State,
  command: OpenedCommand,
  signer: number = signerOf(state, command),
): Caller {
  const row = authorityRowOf(signer);
  return {
    account: command.account,
    isOwner: signer === SIGNER_OWNER,
    role: row < 0 ? AUTHORITY_ROLE.none : state.authorities.role.get(row),
  };
}

/** The first authority row that has the key and may send every action of the command. */
function authoritySigner(state: State, command: OpenedCommand): number {
  const { role, address } = state.authorities;
  for (let row = 0; row < role.rows; row++) {
    const held = role.get(row);
    if (held === AUTHORITY_ROLE.none || !mayAll(held, command)) continue;
    if (addressEquals(address, row, command.signer)) return -1 - row;
  }
  return SIGNER_NONE;
}

function mayAll(role: number, command: OpenedCommand): boolean {
  for (const action of command.actions) {
    if (!may(role, commandSchema[action.kind].authority)) return false;
  }
  return true;
}

/** Whether a role may send actions of an authority; an admin may do a guardian's acts too. */
function may(role: number, authority: Authority): boolean {
  switch (authority) {
    case 'custodian':
      return role === AUTHORITY_ROLE.custodian;
    case 'admin':
      return role === AUTHORITY_ROLE.admin;
    case 'guardian':
      return role === AUTHORITY_ROLE.guardian || role === AUTHORITY_ROLE.admin;
    default:
      return false;
  }
}
