import { expect, test } from 'vitest';
import { ensurePosition } from '../../src/positions/index.ts';
import { SIDE } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint, timeMs } from '../../src/state/index.ts';
import { agedLots, readAged } from '../../src/venue/agedLots.ts';
import { bestLevel, insertOrder, reduceOrder, removeOrder } from '../../src/venue/book.ts';
import { bookErrors } from '../../src/venue/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import {
  accountWith,
  addInstrument,
  addUnderlying,
  advance,
  freshState,
} from '../fixtures/state.ts';
import { stateBytes } from './plainBook.ts';

interface Book {
  readonly state: State;
  readonly open: number[];
  next: number;
}

function fixture(): Book {
  const state = freshState();
  addInstrument(state, addUnderlying(state));
  for (let account = 1; account <= 4; account++) accountWith(state, account, { amount: 1n });
  return { state, open: [], next: 1 };
}

/** Few prices, so that levels have many orders; the same time for some. */
function step(book: Book, draw: Draw): void {
  const { state, open } = book;
  if (draw(3) === 0) advance(state, draw(4) * 100);
  if (open.length < 4 || (draw(2) === 0 && open.length < 150)) {
    const account = 1 + draw(4);
    ensurePosition(state, account, 1);
    const id = book.next++;
    const order = { account, id, clientId: 0, flags: 0, size: 2 + draw(9), instrument: 1 };
    insertOrder(state, { ...order, side: SIDE.buy, price: 100 + draw(6) });
    open.push(id);
    return;
  }
  const at = draw(open.length);
  const row = state.indexes.orderById.find(open[at] as number);
  if (draw(3) === 0 && state.orders.size.get(row) > 1) reduceOrder(state, row, 1);
  else {
    removeOrder(state, row);
    open.splice(at, 1);
  }
}

/** Ages that go back and forth too, as a governed age does; bounds that are reached and not. */
function expectTwins({ state }: Book, draw: Draw): void {
  const ageMs = draw(5) === 0 ? draw(3_000) : 500;
  for (let level = bestLevel(state, 1, SIDE.buy); level >= 0; ) {
    const query = { agedMs: timeMs(state) - ageMs, visitsMax: draw(4) === 0 ? draw(8) : 256 };
    expect(agedLots(state, level, query)).toEqual(readAged(state, level, query));
    level = state.levels.worse.get(level) - 1;
  }
}

test('what a level has counted is what its orders say, at any age and within any bound', () => {
  const book = fixture();
  const draw = seeded(5);
  for (let i = 0; i < 6_000; i++) {
    step(book, draw);
    if (draw(2) === 0) expectTwins(book, draw);
    if (i % 250 === 0) expect(bookErrors(book.state)).toEqual([]);
    if (i % 64 === 0) book.state.log.clear();
  }
});

test('a rollback takes back what was counted', () => {
  const book = fixture();
  const draw = seeded(6);
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < 8; i++) step(book, draw);
    expectTwins(book, draw);
    const before = stateBytes(book.state);
    const { next } = book;
    const open = [...book.open];
    const point = savepoint(book.state);
    for (let i = draw(20); i >= 0; i--) {
      step(book, draw);
      expectTwins(book, draw);
    }
    rollbackTo(book.state, point);
    book.next = next;
    book.open.splice(0, Number.POSITIVE_INFINITY, ...open);
    expect(stateBytes(book.state)).toEqual(before);
    expectTwins(book, draw);
    book.state.log.clear();
  }
});
