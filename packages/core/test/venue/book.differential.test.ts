import { expect, test } from 'vitest';
import { ensurePosition, prunePosition } from '../../src/positions/index.ts';
import { ORDER_FLAG, SIDE } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { bestPrice, insertOrder, reduceOrder, removeOrder } from '../../src/venue/book.ts';
import { bookErrors } from '../../src/venue/invariants.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { accountWith, addInstrument, addUnderlying, freshState } from '../fixtures/state.ts';
import { PlainBook, plainSideOf, sideOf, stateBytes } from './plainBook.ts';

function fixture(): State {
  const state = freshState();
  const underlying = addUnderlying(state);
  for (let i = 0; i < 3; i++) addInstrument(state, underlying);
  for (let i = 1; i <= 8; i++) accountWith(state, i, { amount: 1n });
  state.log.clear();
  return state;
}

interface Pair {
  readonly state: State;
  book: PlainBook;
  next: number;
}

function step(pair: Pair, draw: Draw): void {
  const { state, book } = pair;
  const kind = draw(10);
  if (book.orders.length < 5 || (kind < 5 && book.orders.length < 900)) {
    insert(pair, draw);
    return;
  }
  const order = book.orders[draw(book.orders.length)]!;
  const row = state.indexes.orderById.find(order.id);
  const lots = kind === 9 ? 1 + draw(order.size) : order.size;
  if (kind === 9) reduceOrder(state, row, lots);
  else removeOrder(state, row);
  order.size -= lots;
  if (order.size === 0) book.remove(order.id);
  prunePosition(state, order.account, order.instrument);
}

function insert(pair: Pair, draw: Draw): void {
  const { state, book } = pair;
  const id = pair.next++;
  const isReduceOnly = draw(5) === 0;
  const order = {
    id,
    account: 1 + draw(8),
    instrument: 1 + draw(3),
    side: draw(2) === 0 ? SIDE.buy : SIDE.sell,
    price: 0,
    size: 1 + draw(50),
    isReduceOnly,
  };
  // The sides lie apart: this is about the book, not about matching.
  order.price = order.side === SIDE.buy ? 1 + draw(120) : 1000 + draw(120);
  ensurePosition(state, order.account, order.instrument);
  const flags = isReduceOnly ? ORDER_FLAG.reduceOnly : 0;
  insertOrder(state, { ...order, flags, clientId: draw(2) === 0 ? id * 7 : 0 });
  book.orders.push({ ...order });
}

function expectSame({ state, book }: Pair): void {
  for (let instrument = 1; instrument <= 3; instrument++) {
    for (const side of [SIDE.buy, SIDE.sell]) {
      const plain = plainSideOf(book, instrument, side);
      expect(sideOf(state, instrument, side)).toEqual(plain);
      expect(bestPrice(state, instrument, side)).toBe(plain[0]?.[2] ?? 0);
    }
  }
  expect(bookErrors(state)).toEqual([]);
}

test('the book equals the obvious sorted array over 20,000 random operations', () => {
  const pair: Pair = { state: fixture(), book: new PlainBook(), next: 1 };
  const draw = seeded(1);
  for (let i = 0; i < 20_000; i++) {
    step(pair, draw);
    if (i % 500 === 0) expectSame(pair);
    if (i % 64 === 0) pair.state.log.clear();
  }
  expectSame(pair);
});

test('a rollback at any point restores every byte of the books', () => {
  const pair: Pair = { state: fixture(), book: new PlainBook(), next: 1 };
  const draw = seeded(2);
  for (let round = 0; round < 300; round++) {
    for (let i = 0; i < 10; i++) step(pair, draw);
    const before = stateBytes(pair.state);
    const book = pair.book.copy();
    const point = savepoint(pair.state);
    for (let i = draw(30); i >= 0; i--) step(pair, draw);
    rollbackTo(pair.state, point);
    pair.book = book;
    expect(stateBytes(pair.state)).toEqual(before);
    if (round % 30 === 0) expectSame(pair);
    pair.state.log.clear();
  }
});
