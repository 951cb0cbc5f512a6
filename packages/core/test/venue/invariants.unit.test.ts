import { expect, test } from 'vitest';
import { SIDE } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { bestLevel, bookErrors } from '../../src/venue/index.ts';
import { openMarket, place } from './market.ts';

/** Two bids and an ask of account 1, and a position of accounts 2 and 3. */
function fixture(): State {
  const state = openMarket();
  expect(place(state, 2, { side: 'sell', size: 2 })).toBe(0);
  expect(place(state, 3, { size: 2 })).toBe(0);
  expect(place(state, 1, { size: 3, price: 990, clientId: 4 })).toBe(0);
  expect(place(state, 1, { size: 4, price: 980 })).toBe(0);
  expect(place(state, 1, { side: 'sell', size: 5, price: 1_010 })).toBe(0);
  expect(bookErrors(state)).toEqual([]);
  return state;
}

const rowOf = (state: State, id: number): number => state.indexes.orderById.find(id);
const bid = (state: State): number => bestLevel(state, 1, SIDE.buy);

const plants: readonly [string, (state: State) => void, RegExp][] = [
  [
    'a crossed book',
    (state) => {
      const level = bestLevel(state, 1, SIDE.sell);
      state.levels.price.set(level, 985);
      state.orders.price.set(rowOf(state, 5), 985);
    },
    /is crossed/,
  ],
  ['levels out of order', (s) => s.levels.price.set(bid(s), 970), /is not worse than/],
  ['a level sum that is off', (s) => s.levels.lots.add(bid(s), 1), /its orders have/],
  ['aged lots that are off', (s) => s.levels.agedLots.add(bid(s), 1), /are counted wrongly/],
  ['a lost next order', (s) => s.levels.agedNext.set(bid(s), 99), /next order to age is not there/],
  ['a wrong age', (s) => s.levels.agedNextMs.add(bid(s), 1), /ages at another time/],
  ['aged orders that are new', (s) => s.levels.agedNext.set(bid(s), 0), /aged too early/],
  ['an order without lots', (s) => s.orders.size.set(rowOf(s, 3), 0), /has no lots/],
  ['an order of another price', (s) => s.orders.price.set(rowOf(s, 3), 991), /does not belong/],
  ['a broken list of levels', (s) => s.levels.better.set(bid(s), 3), /does not link back/],
  ['a lost tree', (s) => s.instruments.bidRoot.set(1, 0), /is not found by its price/],
  ['a lost level', (s) => s.levels.worse.set(bid(s), 0), /levels are held/],
  ['an order off its id index', (s) => s.orders.id.set(rowOf(s, 3), 77), /is not indexed/],
  ['an order off its client id', (s) => s.orders.clientId.set(rowOf(s, 3), 5), /client id 5/],
  ['a wrong reserve', plantReserve, /the reserve/],
  ['a wrong count', (s) => s.accounts.orderCount.add(1, 1), /counts 4 of 3 orders/],
  [
    'sizes that do not sum to zero',
    (s) => s.positions.size.add(s.slabs.positions.find(3, 1), 1),
    /sum to 1/,
  ],
  ['open interest that is not held', (s) => s.instruments.openInterest.add(1, 1), /open interest/],
];

function plantReserve(state: State): void {
  state.positions.bidValue.add(state.slabs.positions.find(1, 1), 1);
}

for (const [title, plant, error] of plants) {
  test(`the checker of books finds ${title}`, () => {
    const state = fixture();
    plant(state);
    expect(bookErrors(state).join('\n')).toMatch(error);
  });
}
