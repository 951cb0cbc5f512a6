import { expect, test } from 'vitest';
import { conservationErrors } from '../../src/ledger/invariants.ts';
import { gate } from '../../src/risk/index.ts';
import { rejections, SETTLEMENT_ASSET } from '../../src/schema/index.ts';
import { findBalance, rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { WriteAbortedError } from '../../src/store/index.ts';
import { bookErrors, cancelAll, cancelOrder, placeOrder } from '../../src/venue/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { eventsOf, openMarket, orderOf, place, setMark } from './market.ts';
import { stateBytes } from './plainBook.ts';

const ACCOUNTS = 10;

/** Ten accounts with so little that a handful of lots is all they can hold. */
function poorMarket(): State {
  const state = openMarket({ accounts: ACCOUNTS, instruments: 2 });
  for (let account = 1; account <= ACCOUNTS; account++) {
    const row = findBalance(state, account, SETTLEMENT_ASSET);
    state.assets.custody.add(SETTLEMENT_ASSET, 10_000n - state.balances.amount.get(row));
    state.balances.amount.set(row, 10_000n);
  }
  state.log.clear();
  return state;
}

/** One random command under the gate, as the dispatcher runs it; its code. */
function step(state: State, draw: Draw): number {
  const account = 1 + draw(ACCOUNTS);
  const caller = { account, isOwner: true, role: 0 };
  const instrument = 1 + draw(2);
  const kind = draw(12);
  if (kind === 0) {
    return gate(state, () => cancelAll(state, { kind: 'cancelAll', instrument }, caller));
  }
  if (kind < 3) {
    const order = 1 + draw(state.machine.orderSequence.get(0) + 1);
    const action = { kind: 'cancelOrder', order, clientId: 0 } as const;
    return gate(state, () => cancelOrder(state, action, caller));
  }
  const middle = state.instruments.markPrice.get(1);
  const isImmediate = draw(5) === 0;
  const action = orderOf({
    instrument,
    side: draw(2) === 0 ? 'buy' : 'sell',
    size: 1 + draw(8),
    price: isImmediate && draw(2) === 0 ? 0 : middle + draw(31) - 15,
    timeInForce: isImmediate ? 'immediateOrCancel' : 'goodTillCancelled',
    isReduceOnly: draw(5) === 0,
  });
  return gate(state, () => placeOrder(state, action, caller), { account, instrument });
}

function moveMark(state: State, draw: Draw): void {
  setMark(
    state,
    Math.max(900, Math.min(1_100, state.instruments.markPrice.get(1) + draw(41) - 20)),
  );
}

test('random trading conserves sizes, entries and money, and makers that cannot pay are met', () => {
  const state = poorMarket();
  const draw = seeded(11);
  let makersFailed = 0;
  let fills = 0;
  let accepted = 0;
  for (let i = 0; i < 12_000; i++) {
    if (draw(100) === 0) moveMark(state, draw);
    state.events.length = 0;
    if (step(state, draw) === 0) accepted += 1;
    fills += eventsOf(state, 'filled').length;
    makersFailed += eventsOf(state, 'orderCancelled').filter(
      (e) => e.reason === 'makerMargin',
    ).length;
    if (i % 100 === 0) {
      expect(bookErrors(state)).toEqual([]);
      expect(conservationErrors(state)).toEqual([]);
    }
    state.log.clear();
  }
  expect(bookErrors(state)).toEqual([]);
  expect(conservationErrors(state)).toEqual([]);
  expect(accepted).toBeGreaterThan(3_000);
  expect(fills).toBeGreaterThan(1_000);
  expect(makersFailed).toBeGreaterThan(10);
});

test('a rollback at any point of random trading restores every byte', () => {
  const state = poorMarket();
  const draw = seeded(12);
  for (let round = 0; round < 150; round++) {
    for (let i = 0; i < 12; i++) step(state, draw);
    state.log.clear();
    const before = stateBytes(state);
    const point = savepoint(state);
    for (let i = draw(12); i >= 0; i--) {
      moveMark(state, draw);
      step(state, draw);
    }
    rollbackTo(state, point);
    expect(stateBytes(state)).toEqual(before);
  }
});

test('an order that is aborted at its k-th write leaves every byte as before, for every k', () => {
  const state = openMarket();
  for (const price of [1_001, 1_001, 1_002, 1_003]) {
    expect(place(state, 2, { side: 'sell', size: 2, price })).toBe(0);
  }
  expect(place(state, 1, { side: 'sell', size: 1, price: 1_002 })).toBe(0);
  state.log.clear();
  const before = stateBytes(state);
  const order = orderOf({ size: 20, price: 1_002, clientId: 3 });
  const caller = { account: 1, isOwner: true, role: 0 };
  let aborted = 0;
  for (let k = 0; ; k++) {
    const point = savepoint(state);
    state.log.abortAtWrite(k);
    let isDone = false;
    try {
      expect(placeOrder(state, order, caller)).toBe(0);
      isDone = true;
    } catch (error) {
      expect(error).toBeInstanceOf(WriteAbortedError);
      aborted += 1;
    }
    state.log.abortAtWrite(-1);
    rollbackTo(state, point);
    expect(stateBytes(state)).toEqual(before);
    if (isDone) break;
  }
  expect(aborted).toBeGreaterThan(50);
  expect(rejections.wouldCross.code).toBe(608);
});
