import { type Address, globalParameters, SETTLEMENT_ASSET } from '../schema/index.ts';
import { globalParameter, type State, timeMs, writeAddress } from '../state/index.ts';

/**
 * Opens the next account for an owner, with an empty settlement balance and a full quota; accounts
 * are numbered in order and never reused. Returns its id, or 0 where a table is full.
 * Spec: accounts 1.
 */
export function openAccount(state: State, owner: Address): number {
  const account = state.machine.accountCount.get(0) + 1;
  if (account >= state.limits.accountsMax || !state.slabs.balances.hasRoom(account)) return 0;
  state.machine.accountCount.set(0, account);
  state.slabs.balances.insert(account, SETTLEMENT_ASSET);
  const { accounts } = state;
  writeAddress(accounts.owner, account, owner);
  accounts.createdMs.set(account, timeMs(state));
  const burst = globalParameter(state, globalParameters.quotaBurst) * 1000;
  accounts.quota.set(account, burst);
  accounts.cancelQuota.set(account, burst);
  accounts.quotaMs.set(account, timeMs(state));
  state.events.push({ kind: 'accountOpened', account, owner });
  return account;
}
