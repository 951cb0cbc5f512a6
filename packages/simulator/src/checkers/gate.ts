import { assetParameters, type Event } from '@plimsoll/core/schema';
import { assetParameter, type State } from '@plimsoll/core/state';
import type { CheckContext, Checker } from './checker.ts';
import { isSame } from './liquidations.ts';
import { standingOf } from './margin.ts';
import type { AccountRows } from './reading.ts';

/**
 * I4: no command leaves an account short that was not short at these prices before it, or shorter
 * than it was; what no event names has not changed by a bit.
 */
export const gateChecker: Checker = {
  name: 'gate',
  invariant: 'I4',
  check: (context) => {
    const sentences: string[] = [];
    const { after, before, events } = context;
    const { named, settled } = namesOf(events);
    const sweeps = events.some((event) => event.kind === 'suppliersPaid');
    for (const rows of after.accounts) {
      const { account } = rows;
      const was = before.accounts[account];
      if (was === undefined || isSame(rows, was)) continue;
      const isSupplier = sweeps && was.balances.some((row) => row.supplyShares > 0n);
      if (!named.has(account) && !isSupplier && !isCleared(rows, was)) {
        sentences.push(`account ${account} changed though no event names it`);
      }
      if (!settled.has(account) && !isSupplier) checkShort(context, { rows, was }, sentences);
    }
    return sentences;
  },
};

/** Free margin by the rows of before and of after, both at the prices of this block. */
function checkShort(
  { state }: CheckContext,
  change: { readonly rows: AccountRows; readonly was: AccountRows },
  sentences: string[],
): void {
  const { rows, was } = change;
  const now = standingOf(state, rows);
  const slack = now.slack * 4 + repaidUnits(state, rows, was);
  if (now.freeMargin >= -slack) return;
  const then = standingOf(state, was);
  // Funding rounds against the account once per settlement; slack has room for it.
  if (then.freeMargin >= slack) {
    sentences.push(
      `account ${rows.account} went from free margin ${then.freeMargin} to ${now.freeMargin}`,
    );
  } else if (now.freeMargin < then.freeMargin - slack || now.health < then.health - slack) {
    sentences.push(
      `account ${rows.account} was short by ${-then.freeMargin} and is by ${-now.freeMargin}`,
    );
  }
  for (const { instrument, size } of rows.positions) {
    const held = was.positions.find((row) => row.instrument === instrument)?.size ?? 0;
    if (Math.abs(size) > Math.abs(held) || (size !== 0 && size > 0 !== held > 0)) {
      if (then.freeMargin < -slack) {
        sentences.push(`account ${rows.account} was short and grew in instrument ${instrument}`);
      }
    }
  }
}

/** A repayment burns shares rounded down: a unit of what was repaid, at what a liability weighs. */
function repaidUnits(state: State, rows: AccountRows, was: AccountRows): number {
  let units = 0;
  for (const { asset, debtShares } of was.balances) {
    const left = rows.balances.find((row) => row.asset === asset)?.debtShares ?? 0n;
    if (left >= debtShares) continue;
    const { liabilityInitialPpm, liabilityMaintenancePpm } = assetParameters;
    const ppm = Math.max(
      assetParameter(state, asset, liabilityInitialPpm),
      assetParameter(state, asset, liabilityMaintenancePpm),
    );
    const price = Math.max(state.assets.priceHigh.get(asset), state.assets.priceIndex.get(asset));
    units += 2 * price * (1 + ppm / 1_000_000);
  }
  return units;
}

/** Rows that hold nothing may go at any touch. */
function isCleared(rows: AccountRows, was: AccountRows): boolean {
  const kept = was.positions.filter((row) =>
    rows.positions.some((each) => each.instrument === row.instrument),
  );
  const gone = was.positions.filter((row) => !kept.includes(row));
  return (
    gone.every((row) => row.size === 0 && row.orders.length === 0) &&
    isSame(rows, { ...was, positions: kept })
  );
}

/** Accounts that events name; and those that liquidation or losses changed. */
function namesOf(events: readonly Event[]): { named: Set<number>; settled: Set<number> } {
  const named = new Set<number>();
  const settled = new Set<number>();
  for (const event of events) {
    const record: { readonly [field: string]: unknown } = event;
    for (const field of ['account', 'to', 'taker', 'maker', 'bankrupt']) {
      const account = record[field];
      if (typeof account === 'number') named.add(account);
    }
    switch (event.kind) {
      case 'deleveraged':
        settled.add(event.account).add(event.bankrupt);
        break;
      case 'closedOut':
      case 'collateralSold':
      case 'assetBought':
      case 'suppliersPaid':
      case 'lossSocialized':
      case 'deficitOpened':
      case 'liquidationStarted':
      case 'liquidationEnded':
        settled.add(event.account);
        break;
    }
  }
  return { named, settled };
}
