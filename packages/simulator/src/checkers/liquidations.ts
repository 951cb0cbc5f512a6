import { nominate } from '@plimsoll/core/risk';
import { LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import type { Checker } from './checker.ts';
import { isSurelyLiquidatable, standingOf } from './margin.ts';
import type { AccountRows } from './reading.ts';

/**
 * I3: whoever is below maintenance on lawful evidence after a block is in liquidation; who is in it
 * and has recovered without anybody's act was dropped when it was reached.
 */
export const liquidationsChecker: Checker = {
  name: 'liquidations',
  invariant: 'I3',
  check: ({ state, before, after }) => {
    const sentences: string[] = [];
    for (const rows of after.accounts) {
      const { account } = rows;
      const isIn = rows.liquidationStage !== LIQUIDATION_STAGE.none;
      if (!isIn && isSurelyLiquidatable(state, rows)) {
        const { health } = standingOf(state, rows);
        sentences.push(`account ${account} has health ${health} and is not in liquidation`);
      }
      const was = before.accounts[account];
      if (!isIn || was === undefined || was.liquidationStage === LIQUIDATION_STAGE.none) continue;
      const { health, slack } = standingOf(state, rows);
      if (health > slack && isSame(rows, was)) {
        sentences.push(`account ${account} has recovered to ${health} and is still in liquidation`);
      }
    }
    return sentences;
  },
};

/** I14: the screen nominates at least the accounts that a full scan finds below maintenance. */
export const screenChecker: Checker = {
  name: 'screen',
  invariant: 'I14',
  check: ({ state, after }) => {
    const nominated = new Set<number>();
    nominate(state, (account) => nominated.add(account));
    const sentences: string[] = [];
    for (const rows of after.accounts) {
      if (rows.account === 0 || nominated.has(rows.account)) continue;
      const { health, slack } = standingOf(state, rows);
      if (health < -slack) {
        sentences.push(`account ${rows.account} has health ${health} and is not nominated`);
      }
    }
    return sentences;
  },
};

/** Whether positions, orders and balances are what they were. */
export function isSame(rows: AccountRows, was: AccountRows): boolean {
  if (rows.positions.length !== was.positions.length) return false;
  if (rows.balances.length !== was.balances.length) return false;
  if (rows.ownRatePpm !== was.ownRatePpm) return false;
  const hasPositions = rows.positions.every((row, k) => {
    const other = was.positions[k];
    return (
      other !== undefined &&
      row.instrument === other.instrument &&
      row.size === other.size &&
      row.entry === other.entry &&
      row.fundingIndex === other.fundingIndex &&
      row.lockedGain === other.lockedGain &&
      row.orders.length === other.orders.length &&
      row.orders.every((order, n) => {
        const before = other.orders[n];
        return before !== undefined && order.id === before.id && order.size === before.size;
      })
    );
  });
  return (
    hasPositions &&
    rows.balances.every((row, k) => {
      const other = was.balances[k];
      return (
        other !== undefined &&
        row.asset === other.asset &&
        row.amount === other.amount &&
        row.supplyShares === other.supplyShares &&
        row.debtShares === other.debtShares
      );
    })
  );
}
