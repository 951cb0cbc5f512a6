import { formatAmount } from '@plimsoll/api/units';
import type { Machine } from '@plimsoll/core/machine';
import { explain } from '@plimsoll/core/risk';
import {
  LIQUIDATION_STAGE,
  LIQUIDATION_WAIT,
  ORDER_FLAG,
  readableTime,
  SETTLEMENT_ASSET,
  SIDE,
} from '@plimsoll/core/schema';
import { readAddress } from '@plimsoll/core/state';
import { assetName, marketUnits } from '../../units/index.ts';

/** Everything a machine holds of an account, and its margin in settlement asset. */
export function accountText(machine: Machine, account: number): string {
  const { accounts, machine: head } = machine.state;
  const stage = keyOf(LIQUIDATION_STAGE, accounts.liquidationStage.get(account));
  const wait = keyOf(LIQUIDATION_WAIT, accounts.liquidationWait.get(account));
  return [
    `account ${account} after block ${head.height.get(0)}, ${readableTime(head.timeMs.get(0))}`,
    `  owner ${readAddress(accounts.owner, account)}`,
    `  opened ${readableTime(accounts.createdMs.get(account))}`,
    `  highest nonce ${accounts.nonceHigh.get(account)}`,
    `  liquidation: ${stage}${wait === 'none' ? '' : `, waits for ${wait}`}`,
    ...balanceLines(machine, account),
    ...positionLines(machine, account),
    ...orderLines(machine, account),
    ...agentLines(machine, account),
    ...marginLines(machine, account),
    '',
  ].join('\n');
}

function balanceLines(machine: Machine, account: number): string[] {
  const { accounts, balances } = machine.state;
  const { assets } = machine.state;
  return rowsOf(accounts.balanceBase.get(account), accounts.balanceCount.get(account)).map(
    (row) => {
      const asset = balances.asset.get(row);
      const amount = formatAmount(balances.amount.get(row), assets.decimals.get(asset));
      const shares: string[] = [];
      const supplied = balances.supplyShares.get(row);
      const owed = balances.debtShares.get(row);
      if (supplied !== 0n) shares.push(`${supplied} shares lent`);
      if (owed !== 0n) shares.push(`${owed} shares owed`);
      return `  balance ${[`${amount} ${assetName(machine.state, asset)}`, ...shares].join(', ')}`;
    },
  );
}

function positionLines(machine: Machine, account: number): string[] {
  const { accounts, positions } = machine.state;
  return rowsOf(accounts.positionBase.get(account), accounts.positionCount.get(account)).map(
    (row) => {
      const units = marketUnits(machine.state, positions.instrument.get(row));
      const entry = money(machine, positions.entry.get(row));
      const locked = money(machine, positions.lockedGain.get(row));
      const size = units.size(positions.size.get(row));
      return `  position ${units.name}: size ${size}, entry ${entry}, locked gain ${locked}`;
    },
  );
}

function orderLines(machine: Machine, account: number): string[] {
  const { accounts, orders } = machine.state;
  if (accounts.orderCount.get(account) === 0) return [];
  const rows: number[] = [];
  for (let row = 0; row < orders.account.rows; row++) {
    if (orders.account.get(row) === account) rows.push(row);
  }
  return rows
    .sort((a, b) => orders.id.get(a) - orders.id.get(b))
    .map((row) => {
      const flags = orders.flags.get(row);
      const units = marketUnits(machine.state, orders.instrument.get(row));
      const marks = Object.entries(ORDER_FLAG).filter(([, bit]) => (flags & bit) !== 0);
      const what = `${keyOf(SIDE, orders.side.get(row))} ${units.size(orders.size.get(row))}`;
      const limit = units.price(orders.price.get(row));
      return [`  order ${orders.id.get(row)} ${units.name}: ${what} at ${limit}`]
        .concat(marks.map(([name]) => name))
        .join(', ');
    });
}

function agentLines(machine: Machine, account: number): string[] {
  const { accounts, agents } = machine.state;
  return rowsOf(accounts.agentBase.get(account), accounts.agentCount.get(account)).map((row) => {
    const until = readableTime(agents.expiresMs.get(row));
    const address = readAddress(agents.address, row);
    return `  agent ${address}, scopes ${agents.scopes.get(row)}, until ${until}`;
  });
}

function marginLines(machine: Machine, account: number): string[] {
  const { figures } = explain(machine.state, account);
  const parts = (['equity', 'marginBalance', 'maintenance', 'health', 'freeMargin'] as const).map(
    (name) => `  ${name} ${money(machine, BigInt(Math.floor(figures[name])))}`,
  );
  return [...parts];
}

function money(machine: Machine, amount: bigint): string {
  const decimals = machine.state.assets.decimals.get(SETTLEMENT_ASSET);
  return `${formatAmount(amount, decimals)} ${assetName(machine.state, SETTLEMENT_ASSET)}`;
}

function rowsOf(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function keyOf(table: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(table).find(([, each]) => each === value)?.[0] ?? String(value);
}
