import { describe, expect, test } from 'vitest';
import {
  askLoss,
  bidLoss,
  initialMargin,
  openInterestScale,
  orderFee,
  type ReservedOrder,
  reserveOf,
  type Tier,
  tierMargin,
  tierTable,
  worstLots,
} from '../../src/risk/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';

interface Book {
  readonly size: number;
  readonly price: number;
  readonly v: number;
  readonly feePpm: number;
  readonly bids: readonly ReservedOrder[];
  readonly asks: readonly ReservedOrder[];
  readonly tiers: readonly Tier[];
}

function randomBook(draw: Draw): Book {
  const price = 50 + draw(100);
  const orders = (): ReservedOrder[] =>
    Array.from({ length: draw(5) }, () => ({ lots: 1 + draw(40), limit: price - 20 + draw(41) }));
  const first = 10_000 + draw(90_000);
  return {
    size: draw(101) - 50,
    price,
    v: 1 + draw(1000),
    feePpm: draw(1_000),
    bids: orders(),
    asks: orders(),
    tiers: [
      { lowerBound: 0, initialPpm: first, maintenancePpm: first / 2 },
      { lowerBound: 1_000 + draw(500_000), initialPpm: 2 * first, maintenancePpm: first },
    ],
  };
}

const sum = (orders: readonly ReservedOrder[], of: (order: ReservedOrder) => number): number =>
  orders.reduce((total, order) => total + of(order), 0);

function initialAt(book: Book, lots: number): number {
  const rates = { scale: 0, volatilityRate: 0.02, ownRate: 0 };
  return initialMargin(tierTable(book.tiers, 'initial'), lots * book.price * book.v, rates);
}

function reserve(book: Book): number {
  const { size, price, v, bids, asks } = book;
  const lots = (order: ReservedOrder): number => order.lots;
  const value = (order: ReservedOrder): number => order.lots * order.limit;
  const worst = worstLots({ size, bidLots: sum(bids, lots), askLots: sum(asks, lots) });
  return reserveOf({
    initial: initialAt(book, worst),
    bidLoss: bidLoss(bids, price, v),
    askLoss: askLoss(asks, price, v),
    fee: orderFee({ bids: sum(bids, value), asks: sum(asks, value) }, v, book.feePpm),
  });
}

/** What the account needs after these orders filled at their limits: margin, loss at mark, fees. */
function needAfter(book: Book, filled: { bids: ReservedOrder[]; asks: ReservedOrder[] }): number {
  const { price, v } = book;
  const size =
    book.size + sum(filled.bids, (order) => order.lots) - sum(filled.asks, (order) => order.lots);
  const lost =
    sum(filled.bids, (order) => order.lots * (order.limit - price)) +
    sum(filled.asks, (order) => order.lots * (price - order.limit));
  return initialAt(book, Math.abs(size)) + lost * v;
}

describe('the reserve of open orders', () => {
  test('bounds margin and loss of every subset of fills, on 10^5 random books', () => {
    const draw = seeded(3);
    let tight = 0;
    for (let k = 0; k < 100_000; k++) {
      const book = randomBook(draw);
      const some = (orders: readonly ReservedOrder[]): ReservedOrder[] =>
        orders
          .filter(() => draw(2) === 0)
          .map((order) => ({ ...order, lots: 1 + draw(order.lots) }));
      const need = needAfter(book, { bids: some(book.bids), asks: some(book.asks) });
      const held = reserve(book);
      if (need > held + 1e-6 * held) throw new Error(JSON.stringify({ book, need, held }));
      if (need > 0.9 * held) tight += 1;
    }
    expect(tight).toBeGreaterThan(1_000);
  });

  test('the fee of one side covers every fill, since two sides never fill against one move', () => {
    expect(orderFee({ bids: 337_400, asks: 61_200 }, 1, 500)).toBe(169);
  });
});

describe('tiers', () => {
  test('margin has no step, never falls and its rate never falls', () => {
    const draw = seeded(5);
    for (let k = 0; k < 5_000; k++) {
      const { tiers } = randomBook(draw);
      const table = tierTable(tiers, 'maintenance');
      const bound = tiers[1]?.lowerBound as number;
      const [below, at] = [tierMargin(table, bound - 1e-6), tierMargin(table, bound)];
      expect(Math.abs(at - below)).toBeLessThan(1e-5);
      const [a, b] = [draw(1_000_000), draw(1_000_000)].sort((x, y) => x - y) as [number, number];
      expect(tierMargin(table, a)).toBeLessThanOrEqual(tierMargin(table, b));
      if (a > 0) {
        expect(tierMargin(table, a) / a).toBeLessThanOrEqual(tierMargin(table, b) / b + 1e-12);
      }
    }
  });

  test('open interest scales from 0 at the lower bound to 1 at the upper, a step where they meet', () => {
    expect([10, 20, 26, 50, 60].map((oi) => openInterestScale(oi, 20, 50))).toEqual([
      0, 0, 0.2, 1, 1,
    ]);
    expect([19, 20, 21].map((oi) => openInterestScale(oi, 20, 20))).toEqual([0, 0, 1]);
  });
});
