import type { ScenarioAccount } from '../scenarios/index.ts';
import { pairPositions } from '../setup/index.ts';
import type { Opening } from './opening.ts';
import { openPositions, type Target } from './openPositions.ts';

/** An account with whether its positions may be smaller than wanted. */
export interface Holder {
  readonly account: ScenarioAccount;
  readonly mayShrink: boolean;
}

/** The wishes for one instrument at one price. */
interface Group {
  readonly instrument: number;
  readonly price: number;
  readonly targets: Target[];
}

/** Opens all positions of the accounts; returns how many are smaller than wanted. */
export function takePositions(opening: Opening, holders: readonly Holder[]): number {
  const groups = groupPositions(opening, holders);
  if (groups.length === 0) return 0;
  const house = openHouse(opening, groups);
  let shrunkCount = 0;
  for (const group of groups) {
    shrunkCount += openPositions(opening, { ...group, house }).shrunkCount;
  }
  return shrunkCount;
}

function groupPositions(opening: Opening, holders: readonly Holder[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { account, mayShrink } of holders) {
    for (const position of account.positions) {
      const instrument = opening.directory.instrument(position.instrument) as number;
      const price = position.price ?? opening.priceOf(instrument);
      if (price <= 0) {
        opening.fail('/prices', `${position.instrument} has no price at the start to trade at`);
      }
      const key = `${instrument} ${price}`;
      const group = groups.get(key) ?? { instrument, price, targets: [] };
      groups.set(key, group);
      const id = opening.directory.account(account.name) as number;
      group.targets.push({ account: id, lots: position.lots, mayShrink });
    }
  }
  return [...groups.values()];
}

/**
 * The counterparty of what longs and shorts leave over: without leverage, and with some more
 * because positions may turn out smaller on the other side.
 */
function openHouse(opening: Opening, groups: readonly Group[]): number {
  let funds = 0n;
  for (const { instrument, price, targets } of groups) {
    const wanted = targets.map(({ account, lots }) => ({ account: String(account), lots }));
    const { counterpartyLots } = pairPositions(wanted, '');
    const gross = targets.reduce((sum, { lots }) => sum + Math.abs(lots), 0);
    const lots = BigInt(Math.abs(counterpartyLots)) + BigInt(Math.ceil(gross / 10));
    funds += lots * BigInt(price) * opening.directory.listing(instrument).settlementUnitsPerLot;
  }
  return opening.openOwn('(house)', funds);
}
