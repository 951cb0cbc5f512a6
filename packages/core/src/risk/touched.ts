import type { State } from '../state/index.ts';

/** What entries of the undo log changed for margin. */
export interface Touched {
  /** The accounts whose own margin may have changed, each once, ascending. */
  readonly accounts: number[];
  /** Whether a parameter or a tier changed that maintenance is computed by. */
  readonly hasRule: boolean;
}

/**
 * The accounts whose margin may have changed since an entry of the undo log, each once, ascending:
 * those with a write to their balances or positions, those whose rows came or went (their count
 * changed; a row that was given up names nobody), those whose own rate changed. An account whose
 * envelope was charged, whose agents or liquidation marks changed is not among them. Spec: margin
 * 8.1.
 */
export function touchedSince(state: State, fromEntry: number): Touched {
  const { log, balances, positions, accounts } = state;
  const { columnIds, cells, count } = log;
  // Columns are numbered table by table; `next` is the last of a slab and links free rows only.
  const balancesFrom = balances.account.id;
  const balancesTo = balances.next.id;
  const positionsFrom = positions.account.id;
  const positionsTo = positions.next.id;
  const rulesFrom = state.assets.name.id;
  const ownRate = accounts.ownRatePpm.id;
  const balanceCount = accounts.balanceCount.id;
  const positionCount = accounts.positionCount.id;
  const touched: number[] = [];
  let hasRule = false;
  let last = 0;
  for (let entry = fromEntry; entry < count; entry++) {
    const raw = columnIds[entry] as number;
    const id = raw < 0 ? ~raw : raw;
    const cell = cells[entry] as number;
    let account = 0;
    if (id >= positionsFrom && id < positionsTo) account = positions.account.get(cell);
    else if (id >= balancesFrom && id < balancesTo) account = balances.account.get(cell);
    else if (id === positionCount || id === balanceCount || id === ownRate) account = cell;
    else {
      if (id >= rulesFrom) hasRule ||= isRule(state, id);
      continue;
    }
    if (account !== last) {
      add(touched, account);
      last = account;
    }
  }
  return { accounts: touched, hasRule };
}

/** Visits the accounts of `collectTouched`. */
export function touchedAccounts(
  state: State,
  fromEntry: number,
  visit: (account: number) => void,
): void {
  for (const account of touchedSince(state, fromEntry).accounts) visit(account);
}

/** Whether a column holds what maintenance is computed by, besides rows and frozen values. */
function isRule(state: State, id: number): boolean {
  const { assets, instruments } = state;
  return (
    id === assets.parameters.id ||
    id === assets.listedMs.id ||
    id === assets.rampedMs.id ||
    id === instruments.multiplier.id ||
    (id >= instruments.tierCount.id && id <= instruments.tierMaintenanceDeduction.id)
  );
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
