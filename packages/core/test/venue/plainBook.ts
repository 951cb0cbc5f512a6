import { SIDE } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { bestLevel } from '../../src/venue/book.ts';

/** An order as the obvious book holds it. */
export interface PlainOrder {
  readonly id: number;
  readonly account: number;
  readonly instrument: number;
  readonly side: number;
  readonly price: number;
  readonly isReduceOnly: boolean;
  size: number;
}

/** The obvious book: one array, sorted whenever it is asked. */
export class PlainBook {
  orders: PlainOrder[] = [];

  copy(): PlainBook {
    const book = new PlainBook();
    book.orders = this.orders.map((order) => ({ ...order }));
    return book;
  }

  /** Orders of a side, best first. */
  side(instrument: number, side: number): PlainOrder[] {
    const sign = side === SIDE.buy ? -1 : 1;
    return this.orders
      .filter((order) => order.instrument === instrument && order.side === side)
      .sort((a, b) => sign * (a.price - b.price) || a.id - b.id);
  }

  remove(id: number): void {
    this.orders = this.orders.filter((order) => order.id !== id);
  }
}

/** A side of the real book as rows of (id, account, price, size), best first. */
export function sideOf(state: State, instrument: number, side: number): number[][] {
  const { levels, orders } = state;
  const found: number[][] = [];
  for (let row = bestLevel(state, instrument, side); row >= 0; row = levels.worse.get(row) - 1) {
    for (let link = levels.head.get(row); link !== 0; link = orders.levelNext.get(link - 1)) {
      const order = link - 1;
      found.push([
        orders.id.get(order),
        orders.account.get(order),
        orders.price.get(order),
        orders.size.get(order),
      ]);
    }
  }
  return found;
}

/** The same of the obvious book. */
export function plainSideOf(book: PlainBook, instrument: number, side: number): number[][] {
  return book
    .side(instrument, side)
    .map(({ id, account, price, size }) => [id, account, price, size]);
}

/** The bytes of all columns, as one text per memory: equal texts are equal states. */
export function stateBytes(state: State): string[] {
  const buffers = [...new Set(state.log.columns.map(({ data }) => data.buffer))];
  return buffers.map((buffer) => {
    let hash = 0;
    const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
    for (let i = 0; i < words.length; i++) {
      const word = words[i] as number;
      if (word !== 0) hash = (Math.imul(hash, 31) + Math.imul(word, i + 1)) | 0;
    }
    const tail = new Uint8Array(buffer, words.length * 4);
    return `${hash}:${tail.join(',')}`;
  });
}
