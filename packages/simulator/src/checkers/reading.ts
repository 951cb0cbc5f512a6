import type { State } from '@plimsoll/core/state';

// The rows of all accounts as plain records, read column by column after each block: what checkers
// count again, without any of the machine's own sums.

export interface OrderRow {
  readonly id: number;
  readonly side: number;
  readonly flags: number;
  readonly price: number;
  readonly size: number;
}

export interface PositionRow {
  readonly instrument: number;
  readonly size: number;
  readonly entry: bigint;
  readonly fundingIndex: bigint;
  readonly lockedGain: bigint;
  readonly lockedMs: number;
  readonly frozenMaintenance: number;
  readonly orders: readonly OrderRow[];
}

export interface BalanceRow {
  readonly asset: number;
  readonly amount: bigint;
  readonly supplyShares: bigint;
  readonly debtShares: bigint;
}

export interface AccountRows {
  readonly account: number;
  readonly owner: string;
  readonly ownRatePpm: number;
  readonly liquidationStage: number;
  readonly positions: readonly PositionRow[];
  readonly balances: readonly BalanceRow[];
}

export interface Reading {
  readonly timeMs: number;
  /** By account id; entry 0 is nobody's. */
  readonly accounts: readonly AccountRows[];
  /** Custody per asset id. */
  readonly custody: readonly bigint[];
}

/** Reads everything that belongs to accounts. */
export function readRows(state: State): Reading {
  const count = state.machine.accountCount.get(0);
  const accounts: AccountRows[] = [];
  for (let account = 0; account <= count; account++) accounts.push(readAccount(state, account));
  const custody: bigint[] = [];
  const assets = state.machine.assetCount.get(0);
  for (let asset = 0; asset <= assets; asset++) custody.push(state.assets.custody.get(asset));
  return { timeMs: state.machine.timeMs.get(0), accounts, custody };
}

function readAccount(state: State, account: number): AccountRows {
  const { accounts } = state;
  let owner = '';
  for (let word = 0; word < 5; word++) owner += `${accounts.owner.get(account * 5 + word)}.`;
  return {
    account,
    owner,
    ownRatePpm: accounts.ownRatePpm.get(account),
    liquidationStage: accounts.liquidationStage.get(account),
    positions: account === 0 ? [] : readPositions(state, account),
    balances: account === 0 ? [] : readBalances(state, account),
  };
}

function readPositions(state: State, account: number): PositionRow[] {
  const { accounts, positions } = state;
  const first = accounts.positionBase.get(account);
  const rows: PositionRow[] = [];
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    rows.push({
      instrument: positions.instrument.get(row),
      size: positions.size.get(row),
      entry: positions.entry.get(row),
      fundingIndex: positions.fundingIndex.get(row),
      lockedGain: positions.lockedGain.get(row),
      lockedMs: positions.lockedMs.get(row),
      frozenMaintenance: positions.frozenMaintenance.get(row),
      orders: readOrders(state, positions.ordersHead.get(row)),
    });
  }
  return rows;
}

function readOrders(state: State, head: number): OrderRow[] {
  const { orders } = state;
  const rows: OrderRow[] = [];
  for (let link = head; link !== 0; link = orders.accountNext.get(link - 1)) {
    const row = link - 1;
    rows.push({
      id: orders.id.get(row),
      side: orders.side.get(row),
      flags: orders.flags.get(row),
      price: orders.price.get(row),
      size: orders.size.get(row),
    });
  }
  return rows;
}

function readBalances(state: State, account: number): BalanceRow[] {
  const { accounts, balances } = state;
  const first = accounts.balanceBase.get(account);
  const rows: BalanceRow[] = [];
  for (let row = first; row < first + accounts.balanceCount.get(account); row++) {
    rows.push({
      asset: balances.asset.get(row),
      amount: balances.amount.get(row),
      supplyShares: balances.supplyShares.get(row),
      debtShares: balances.debtShares.get(row),
    });
  }
  return rows;
}

/** Signed lots of an account in an instrument. */
export function sizeIn(rows: AccountRows | undefined, instrument: number): number {
  return rows?.positions.find((row) => row.instrument === instrument)?.size ?? 0;
}
