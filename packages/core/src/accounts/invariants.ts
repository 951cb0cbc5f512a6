import { AUTHORITY_ROLE, globalParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { readAddress, type State, timeMs } from '../state/index.ts';

// What must hold of accounts and keys in every state, by a full scan. Spec: accounts 8.

/** The sentences about accounts, agents and authorities that do not hold; empty when sound. */
export function accountErrors(state: State): string[] {
  const errors: string[] = [];
  const count = state.machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    checkAccount(state, account, errors);
    checkAgents(state, account, errors);
  }
  checkAuthorities(state, errors);
  return errors;
}

function checkAccount(state: State, account: number, errors: string[]): void {
  const { accounts, balances } = state;
  const base = accounts.balanceBase.get(account);
  const count = accounts.balanceCount.get(account);
  if (count === 0 || balances.asset.get(base) !== SETTLEMENT_ASSET) {
    errors.push(`account ${account} has no settlement balance`);
  }
  for (let row = base; row < base + count; row++) {
    const isSorted = row === base || balances.asset.get(row - 1) < balances.asset.get(row);
    if (!isSorted || balances.account.get(row) !== account) {
      errors.push(`account ${account}: balance row ${row} is out of place`);
    }
  }
  // A burst that was lowered cuts a bucket only when it is next counted.
  const most = globalParameters.quotaBurst.max * 1000;
  for (const bucket of [accounts.quota, accounts.cancelQuota]) {
    const held = bucket.get(account);
    if (!(held >= 0 && held <= most)) errors.push(`account ${account} has a quota of ${held}`);
  }
  if (accounts.quotaMs.get(account) > timeMs(state)) {
    errors.push(`account ${account}: its quota is counted ahead of time`);
  }
}

function checkAgents(state: State, account: number, errors: string[]): void {
  const { accounts, agents } = state;
  const base = accounts.agentBase.get(account);
  const count = accounts.agentCount.get(account);
  if (count > globalParameters.agentsPerAccountMax.max) {
    errors.push(`account ${account} has ${count} agents`);
  }
  const keys: string[] = [readAddress(accounts.owner, account)];
  for (let row = base; row < base + count; row++) {
    const key = readAddress(agents.address, row);
    if (keys.includes(key)) errors.push(`account ${account} has the key ${key} twice`);
    keys.push(key);
    if (agents.scopes.get(row) === 0) errors.push(`account ${account}: ${key} has no scope`);
  }
}

function checkAuthorities(state: State, errors: string[]): void {
  const { role, address } = state.authorities;
  const keys: string[] = [];
  for (let row = 0; row < role.rows; row++) {
    if (role.get(row) === AUTHORITY_ROLE.none) continue;
    const key = readAddress(address, row);
    if (keys.includes(key)) errors.push(`the key ${key} has two roles`);
    keys.push(key);
  }
}
