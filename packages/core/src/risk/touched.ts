import type { State } from '../state/index.ts';

/**
 * The accounts whose margin may have changed since an entry of the undo log, each once, ascending:
 * those with a write to their balances or positions, those whose rows came or went (their count
 * changed; a row that was given up names nobody), those whose own rate changed. An account whose
 * envelope was charged, whose agents or liquidation marks changed is not among them. Spec: margin
 * 8.1.
 */
export function collectTouched(state: State, fromEntry: number): number[] {
  const { log, balances, positions, accounts } = state;
  const { columnIds, cells } = log;
  const balanceAccount = balances.account;
  const positionAccount = positions.account;
  // Columns are numbered table by table; `next` is the last of a slab and links free rows only.
  const balancesFrom = balances.account.id;
  const balancesTo = balances.next.id;
  const positionsFrom = positions.account.id;
  const positionsTo = positions.next.id;
  const ownRate = accounts.ownRatePpm.id;
  const balanceCount = accounts.balanceCount.id;
  const positionCount = accounts.positionCount.id;
  const touched: number[] = [];
  let last = 0;
  for (let entry = fromEntry; entry < log.count; entry++) {
    const raw = columnIds[entry] as number;
    const id = raw < 0 ? ~raw : raw;
    const cell = cells[entry] as number;
    let account = 0;
    if (id >= positionsFrom && id < positionsTo) account = positionAccount.get(cell);
    else if (id >= balancesFrom && id < balancesTo) account = balanceAccount.get(cell);
    else if (id === positionCount || id === balanceCount || id === ownRate) account = cell;
    else continue;
    if (account !== last) {
      add(touched, account);
      last = account;
    }
  }
  return touched;
}

/** Visits the accounts of `collectTouched`. */
export function touchedAccounts(
  state: State,
  fromEntry: number,
  visit: (account: number) => void,
): void {
  for (const account of collectTouched(state, fromEntry)) visit(account);
}

/** Adds an account to an ascending list that does not hold it; 0 is nobody. */
function add(accounts: number[], account: number): void {
  if (account === 0) return;
  let low = 0;
  let high = accounts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((accounts[middle] as number) < account) low = middle + 1;
    else high = middle;
  }
  if (accounts[low] !== account) accounts.splice(low, 0, account);
}
