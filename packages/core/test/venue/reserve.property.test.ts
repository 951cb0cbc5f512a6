import { expect, test } from 'vitest';
import { settle } from '../../src/ledger/index.ts';
import { amountUp } from '../../src/math/index.ts';
import { applyFill, ensurePosition } from '../../src/positions/index.ts';
import { freeMargin } from '../../src/risk/index.ts';
import { instrumentParameters, SETTLEMENT_ASSET, SIDE, TIERS_MAX } from '../../src/schema/index.ts';
import { findBalance, rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { insertOrder, reduceOrder, removeOrder } from '../../src/venue/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { setInstrumentParameter } from '../fixtures/state.ts';
import { openMarket, setMark } from './market.ts';

const BOOKS = 12_000;
const FEE_PPM = 500;
const V = 10;

/** Tiers at 2.5, 5 and 10 %, and both fees at the taker's. */
function fixture(): State {
  const state = openMarket();
  const { instruments } = state;
  const lows = [0, 60_000, 150_000];
  const rates = [25_000, 50_000, 100_000];
  const tiers = lows.map((lowerBound, n) => ({ lowerBound, ratePpm: rates[n]! }));
  let deduction = 0;
  tiers.forEach((tier, n) => {
    if (n > 0) deduction += (tier.lowerBound * (tier.ratePpm - tiers[n - 1]!.ratePpm)) / 1e6;
    instruments.tierLow.set(TIERS_MAX + n, tier.lowerBound);
    instruments.tierInitial.set(TIERS_MAX + n, tier.ratePpm);
    instruments.tierMaintenance.set(TIERS_MAX + n, tier.ratePpm / 2);
    instruments.tierInitialDeduction.set(TIERS_MAX + n, deduction);
    instruments.tierMaintenanceDeduction.set(TIERS_MAX + n, deduction / 2);
  });
  instruments.tierCount.set(1, tiers.length);
  setInstrumentParameter(state, 1, instrumentParameters.makerFeePpm, FEE_PPM);
  state.log.clear();
  return state;
}

/** Account 1 trades signed lots at a price with account 2, without fees. */
function trade(state: State, lots: number, price: number): void {
  const quote = BigInt(Math.abs(lots) * price * V);
  applyFill(state, { account: 1, instrument: 1, lots, quote });
  applyFill(state, { account: 2, instrument: 1, lots: -lots, quote });
}

/** A position and open orders of account 1, drawn around the mark. */
function drawBook(state: State, draw: Draw): number[] {
  const price = 100 + draw(1_900);
  setMark(state, price);
  for (const account of [1, 2]) ensurePosition(state, account, 1);
  const held = draw(41) - 20;
  if (held !== 0) trade(state, held, Math.max(1, price + draw(101) - 50));
  const ids: number[] = [];
  for (let id = 1 + draw(8); id > 0; id--) {
    const order = {
      account: 1,
      instrument: 1,
      side: draw(2) === 0 ? SIDE.buy : SIDE.sell,
      price: Math.max(1, Math.floor((price * (80 + draw(41))) / 100)),
    };
    const key = { id: 100 - id, clientId: 0, flags: 0, size: 1 + draw(30) };
    insertOrder(state, { ...order, ...key });
    ids.push(key.id);
  }
  return ids;
}

/** Leaves account 1 with just the free margin it needs: 0 to 1 unit. */
function drainToMargin(state: State): void {
  const row = findBalance(state, 1, SETTLEMENT_ASSET);
  state.balances.amount.set(row, 1_000_000_000n);
  const spare = freeMargin(state, 1);
  state.balances.amount.set(row, 1_000_000_000n - amountUp(spare) + 1n);
}

/** Fills some lots of one open order, in whatever order of the book, with its fee. */
function fillSome(state: State, id: number, draw: Draw): void {
  const { orders } = state;
  const row = state.indexes.orderById.find(id);
  const size = orders.size.get(row);
  const lots = draw(2) === 0 ? size : 1 + draw(size);
  const price = orders.price.get(row);
  const isBuy = orders.side.get(row) === SIDE.buy;
  reduceOrder(state, row, lots);
  trade(state, isBuy ? lots : -lots, price);
  settle(state, 1, BigInt(-Math.ceil((lots * price * V * FEE_PPM) / 1_000_000)));
}

/** The free margin once every order that is still open is gone. */
function marginWithoutOrders(state: State, open: readonly number[]): number {
  const point = savepoint(state);
  for (const id of open) {
    const row = state.indexes.orderById.find(id);
    if (row >= 0) removeOrder(state, row);
  }
  const spare = freeMargin(state, 1);
  rollbackTo(state, point);
  return spare;
}

test(`the reserve bounds every subset of fills, in any order, on ${BOOKS} random books`, () => {
  const state = fixture();
  const draw = seeded(21);
  let fills = 0;
  for (let book = 0; book < BOOKS; book++) {
    const point = savepoint(state);
    const open = drawBook(state, draw);
    drainToMargin(state);
    expect(freeMargin(state, 1)).toBeGreaterThanOrEqual(0);
    let own = 0;
    while (open.length > 0 && draw(8) > 0) {
      const k = draw(open.length);
      fillSome(state, open[k]!, draw);
      if (state.indexes.orderById.find(open[k]!) < 0) open.splice(k, 1);
      own += 1;
      // Each fee is rounded up by itself, the reserve once: a unit a fill, and one for the doubles.
      const spare = marginWithoutOrders(state, open);
      if (spare < -own - 1) expect({ book, own, spare }).toBe('bounded');
    }
    fills += own;
    rollbackTo(state, point);
  }
  expect(fills).toBeGreaterThan(2 * BOOKS);
});
