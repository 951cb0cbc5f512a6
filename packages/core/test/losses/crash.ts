import { type Event, globalParameters } from '../../src/schema/index.ts';
import { findPosition, type State } from '../../src/state/index.ts';
import {
  addCollateral,
  BTC,
  ETH,
  fund,
  listedMarkets,
  maker,
  open,
  setDepth,
  setParameter,
  setPrice,
  trade,
} from '../fixtures/markets.ts';
import type { Draw } from '../fixtures/seeded.ts';
import { give, setAssetParameter, setGlobalParameter } from '../fixtures/state.ts';

/** Accounts that traded at random, some with collateral and loans, before prices moved far. */
export function crash(draw: Draw): State {
  const state = listedMarkets();
  const coin = addCollateral(state, BTC, draw(400_000));
  setAssetParameter(state, coin, { id: 4 }, 100_000);
  const count = 4 + draw(10);
  const accounts = Array.from({ length: count }, () => open(state, draw(60_000)));
  for (const account of accounts) {
    if (draw(3) === 0) give(state, account, { asset: coin, amount: BigInt(1 + draw(9)) });
  }
  if (draw(2) === 0) lend(state, { coin, supplier: 1, borrower: 2, owed: 1 + draw(20) });
  for (let k = 0; k < 3 * count; k++) {
    const long = accounts[draw(count)] ?? 1;
    const short = accounts[draw(count)] ?? 1;
    if (long === short) continue;
    const instrument = 1 + draw(2);
    const price = instrument === BTC ? 9_500 + draw(1_000) : 1_900 + draw(200);
    trade(state, { long, short, lots: 1 + draw(40), price, instrument });
  }
  fund(state, { pool: draw(40_000), fund: draw(40_000) });
  if (draw(2) === 0) fund(state, { pool: draw(20_000), instrument: ETH });
  if (draw(2) === 0) {
    const [bid, ask] = [9_000 + draw(900), 10_100 + draw(900)];
    maker(state, { bid, ask, lots: 1 + draw(60) });
    setDepth(state, BTC, draw(3) === 0 ? 0 : draw(2_000_000));
    setParameter(state, BTC, 'depthSharePpm', 250_000);
  }
  if (draw(4) === 0) setParameter(state, BTC, 'poolDailyCap', draw(20_000));
  if (draw(4) === 0) setGlobalParameter(state, globalParameters.fundDailyCap, draw(20_000));
  open(state, 5_000);
  setPrice(state, BTC, 5_000 + draw(10_000));
  if (draw(3) !== 0) setPrice(state, ETH, 1_000 + draw(2_000));
  state.events.length = 0;
  return state;
}

/** A loan of an asset between two accounts, as if it had been supplied and borrowed. */
export function lend(
  state: State,
  loan: { coin: number; supplier: number; borrower: number; owed: number },
): void {
  const { coin, supplier, borrower } = loan;
  const { balances, assets, slabs } = state;
  const owed = BigInt(loan.owed);
  const supplied = owed * 2n;
  give(state, supplier, { asset: coin, amount: supplied + 1n });
  const row = slabs.balances.find(supplier, coin);
  balances.amount.add(row, -supplied);
  balances.supplyShares.add(row, supplied * 1_000n);
  assets.supplyTotal.add(coin, supplied);
  assets.supplyShares.add(coin, supplied * 1_000n);
  give(state, borrower, { asset: coin, amount: 1n });
  const debt = slabs.balances.find(borrower, coin);
  balances.debtShares.add(debt, owed * 1_000n);
  balances.amount.add(debt, owed);
  assets.borrowTotal.add(coin, owed);
  assets.borrowShares.add(coin, owed * 1_000n);
  // What was borrowed was taken out.
  balances.amount.add(debt, -owed);
  assets.custody.add(coin, -owed);
}

/** Everything that an account holds, as text: equal texts are equal bits. */
export function holdings(state: State, account: number): string {
  const { accounts, balances, positions } = state;
  const parts: (number | bigint)[] = [];
  const base = accounts.balanceBase.get(account);
  for (let row = base; row < base + accounts.balanceCount.get(account); row++) {
    const { asset, amount, supplyShares, debtShares } = balances;
    for (const column of [asset, amount, supplyShares, debtShares]) parts.push(column.get(row));
  }
  const first = accounts.positionBase.get(account);
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    const { instrument, size, entry, lockedGain } = positions;
    for (const column of [instrument, size, entry, lockedGain]) parts.push(column.get(row));
  }
  return parts.join(' ');
}

/** Whether an account is in an instrument: with a position or a locked gain. */
export function isIn(state: State, account: number, instrument: number): boolean {
  return findPosition(state, account, instrument) >= 0;
}

/** Σ of a field over the events of a kind that pass. */
export function total<K extends Event['kind']>(
  events: readonly Event[],
  kind: K,
  amountOf: (event: Extract<Event, { kind: K }>) => bigint,
): bigint {
  return events
    .filter((event): event is Extract<Event, { kind: K }> => event.kind === kind)
    .reduce((sum, event) => sum + amountOf(event), 0n);
}
