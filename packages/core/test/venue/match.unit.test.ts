import { describe, expect, test } from 'vitest';
import { INDEX_STATUS, instrumentParameters, rejections } from '../../src/schema/index.ts';
import { type State, writeAddress } from '../../src/state/index.ts';
import { bookErrors, closeOnBook, quoteOnBook } from '../../src/venue/index.ts';
import { MATCH_STEPS_MAX } from '../../src/venue/match.ts';
import { address, setInstrumentParameter } from '../fixtures/state.ts';
import { cancelEvery, eventsOf, lotsOf, openMarket, place, setMark } from './market.ts';

function balance(state: State, account: number): bigint {
  return state.balances.amount.get(state.slabs.balances.find(account, 1));
}

describe('priority', () => {
  test('better prices come first, at one price the older order, at the price that rests', () => {
    const state = openMarket();
    for (const price of [1_002, 1_001, 1_001, 1_003]) {
      expect(place(state, 2, { side: 'sell', price })).toBe(0);
    }
    expect(place(state, 1, { size: 4, price: 1_002 })).toBe(0);
    const fills = eventsOf(state, 'filled').map(({ makerOrder, price }) => [makerOrder, price]);
    expect(fills).toEqual([
      [2, 1_001],
      [3, 1_001],
      [1, 1_002],
    ]);
    expect(bookErrors(state)).toEqual([]);
  });
});

describe('fees', () => {
  test('taker and maker pay their fee of the quote, rounded up, to the fee account', () => {
    const state = openMarket();
    state.instruments.multiplier.set(1, 1);
    expect(place(state, 2, { side: 'sell', size: 1, price: 1_001 })).toBe(0);
    const before = [balance(state, 1), balance(state, 2)];
    expect(place(state, 1, { size: 1, price: 1_001 })).toBe(0);
    // 1,001 × 500 ppm = 0.5005 and 1,001 × 100 ppm = 0.1001: one unit each.
    expect(balance(state, 1)).toBe(before[0]! - 1n);
    expect(balance(state, 2)).toBe(before[1]! - 1n);
    expect(state.assets.fees.get(1)).toBe(2n);
    expect(eventsOf(state, 'filled')).toMatchObject([{ takerFee: 1n, makerFee: 1n }]);
  });

  test('bad debt of the market is repaid first', () => {
    const state = openMarket();
    state.instruments.badDebt.set(1, 2n);
    expect(place(state, 2, { side: 'sell', size: 1 })).toBe(0);
    expect(place(state, 1, { size: 1 })).toBe(0);
    // 10,000 × 600 ppm = 6 in fees.
    expect(state.instruments.badDebt.get(1)).toBe(0n);
    expect(state.assets.fees.get(1)).toBe(4n);
  });
});

describe('orders of one owner do not trade with each other', () => {
  /** Accounts 1 and 2 share an owner; 2 offers first, 3 behind it. */
  function fixture(): State {
    const state = openMarket();
    writeAddress(state.accounts.owner, 2, address(1));
    expect(place(state, 2, { side: 'sell', price: 1_000 })).toBe(0);
    expect(place(state, 3, { side: 'sell', price: 1_001 })).toBe(0);
    state.events.length = 0;
    return state;
  }
  const order = { size: 2, price: 1_001 } as const;

  test('cancelResting cancels the resting order and goes on', () => {
    const state = fixture();
    expect(place(state, 1, { ...order, selfTrade: 'cancelResting' })).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([{ order: 1, reason: 'selfTrade' }]);
    expect(eventsOf(state, 'filled')).toMatchObject([{ makerOrder: 2 }]);
    expect(state.accounts.positionCount.get(2)).toBe(0);
    expect(bookErrors(state)).toEqual([]);
  });

  test('cancelIncoming is refused, or cancels what is left after other fills', () => {
    const state = fixture();
    const selfTrade = 'cancelIncoming';
    expect(place(state, 1, { ...order, selfTrade })).toBe(rejections.selfTrade.code);
    expect(place(state, 3, { side: 'sell', price: 999 })).toBe(0);
    state.events.length = 0;
    expect(place(state, 1, { ...order, selfTrade })).toBe(0);
    expect(eventsOf(state, 'filled')).toMatchObject([{ price: 999 }]);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([
      { order: 4, size: 1, reason: 'selfTrade' },
    ]);
    expect(state.accounts.orderCount.get(2)).toBe(1);
  });

  test('cancelBoth cancels both', () => {
    const state = fixture();
    expect(place(state, 1, { ...order, selfTrade: 'cancelBoth' })).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([
      { order: 1, reason: 'selfTrade' },
      { order: 3, size: 2, reason: 'selfTrade' },
    ]);
    expect(eventsOf(state, 'filled')).toEqual([]);
  });

  test('an account that meets its own order keeps the row its trade needs', () => {
    const state = openMarket();
    expect(place(state, 1, { side: 'sell', price: 1_000 })).toBe(0);
    expect(place(state, 3, { side: 'sell', price: 1_001 })).toBe(0);
    expect(place(state, 1, { size: 1, price: 1_001 })).toBe(0);
    expect(lotsOf(state, 1)).toBe(1);
  });
});

describe('what a resting order may fill', () => {
  test('a reduce-only order fills what it closes and is cancelled when it closes nothing', () => {
    const state = openMarket();
    expect(place(state, 2, { side: 'sell', size: 3 })).toBe(0);
    expect(place(state, 1, { size: 3 })).toBe(0);
    expect(place(state, 1, { side: 'sell', size: 3, price: 1_001, isReduceOnly: true })).toBe(0);
    expect(place(state, 1, { side: 'sell', size: 2, price: 1_000 })).toBe(0);
    expect(place(state, 3, { size: 2, price: 1_000 })).toBe(0);
    expect(lotsOf(state, 1)).toBe(1);
    state.events.length = 0;
    expect(place(state, 3, { size: 3, price: 1_001 })).toBe(0);
    expect(eventsOf(state, 'filled')).toMatchObject([{ size: 1, price: 1_001 }]);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([
      { account: 1, size: 2, reason: 'reduceOnly' },
    ]);
    expect(lotsOf(state, 1)).toBe(0);
  });

  test('in a restricted market a resting order that would open is cancelled when met', () => {
    const state = openMarket();
    expect(place(state, 2, { side: 'sell', size: 3 })).toBe(0);
    expect(place(state, 1, { size: 3 })).toBe(0);
    expect(place(state, 4, { side: 'buy', size: 5, price: 1_000 })).toBe(0);
    expect(place(state, 2, { side: 'buy', size: 5, price: 999 })).toBe(0);
    state.underlyings.status.set(1, INDEX_STATUS.degraded);
    state.events.length = 0;
    expect(place(state, 1, { side: 'sell', size: 3, price: 999 })).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([{ account: 4, reason: 'market' }]);
    expect(eventsOf(state, 'filled')).toMatchObject([{ maker: 2, size: 3 }]);
  });

  test('an order that the mark has run away from is cancelled when met, and blocks nobody', () => {
    const state = openMarket();
    expect(place(state, 2, { side: 'sell', price: 1_000 })).toBe(0);
    expect(place(state, 3, { side: 'sell', price: 1_100 })).toBe(0);
    setMark(state, 1_100);
    state.events.length = 0;
    expect(place(state, 1, { price: 1_100 })).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([{ account: 2, reason: 'market' }]);
    expect(eventsOf(state, 'filled')).toMatchObject([{ maker: 3, price: 1_100 }]);
  });
});

test('a command meets at most so many resting orders, and keeps what it did', () => {
  const state = openMarket();
  for (let i = 0; i < 256; i++) {
    for (const account of [2, 3, 4, 1]) {
      expect(place(state, account, { side: 'sell', size: 1 })).toBe(0);
    }
  }
  expect(cancelEvery(state, 1)).toBe(0);
  expect(place(state, 1, { side: 'sell', size: 256, price: 1_001 })).toBe(0);
  for (let i = 0; i < 256; i++) expect(place(state, 2, { side: 'sell', price: 1_000 })).toBe(605);
  state.events.length = 0;
  expect(cancelEvery(state, 1)).toBe(0);
  expect(place(state, 1, { size: 768 })).toBe(0);
  expect(eventsOf(state, 'filled')).toHaveLength(Math.min(768, MATCH_STEPS_MAX));
});

describe('closing out on the book', () => {
  function fixture(): State {
    const state = openMarket();
    expect(place(state, 2, { side: 'sell', size: 10 })).toBe(0);
    expect(place(state, 1, { size: 10 })).toBe(0);
    expect(place(state, 3, { size: 4, price: 995 })).toBe(0);
    expect(place(state, 4, { size: 4, price: 990 })).toBe(0);
    expect(place(state, 4, { size: 4, price: 980 })).toBe(0);
    state.events.length = 0;
    return state;
  }

  test('it trades within its limit and leaves the rest', () => {
    const state = fixture();
    const order = { account: 1, instrument: 1, lots: -10, limit: 985 };
    expect(quoteOnBook(state, { ...order, side: 1, lots: 10 })).toEqual({ lots: 8, quote: 79_400 });
    expect(closeOnBook(state, order)).toEqual({ lots: 8, quote: 79_400n, fee: 0n, steps: 2 });
    expect(lotsOf(state, 1)).toBe(2);
    expect(eventsOf(state, 'filled')).toMatchObject([
      { isLiquidation: true, takerOrder: 0, takerFee: 0n, makerFee: 4n },
      { isLiquidation: true, takerOrder: 0, takerFee: 0n, makerFee: 4n },
    ]);
  });

  test('it never trades outside the fill band or beyond the position', () => {
    const state = fixture();
    setMark(state, 1_040);
    expect(closeOnBook(state, { account: 1, instrument: 1, lots: -10, limit: 1 })).toMatchObject({
      lots: 8,
    });
    expect(closeOnBook(state, { account: 1, instrument: 1, lots: -10, limit: 1 })).toMatchObject({
      lots: 0,
    });
    setMark(state, 1_000);
    expect(closeOnBook(state, { account: 1, instrument: 1, lots: -10, limit: 1 })).toMatchObject({
      lots: 2,
    });
    expect(lotsOf(state, 1)).toBe(0);
    expect(lotsOf(state, 4)).toBe(6);
  });

  test('it charges a fee fill by fill where it is told to', () => {
    const state = fixture();
    const closed = closeOnBook(state, {
      account: 1,
      instrument: 1,
      lots: -8,
      limit: 1,
      takerFeePpm: 500,
    });
    expect(closed.fee).toBe(40n);
  });
});

test('a fill above 2^53 settlement units pays its exact fee', () => {
  const state = openMarket();
  state.instruments.multiplier.set(1, 9_000_000_000);
  setInstrumentParameter(state, 1, instrumentParameters.takerFeePpm, 1);
  expect(place(state, 2, { side: 'sell', size: 1_000, price: 1_000 })).toBe(0);
  expect(place(state, 1, { size: 1_000, price: 1_000 })).toBe(0);
  setMark(state, 1_040);
  const isReduceOnly = true;
  expect(place(state, 1, { side: 'sell', size: 1_000, price: 1_040, isReduceOnly })).toBe(0);
  state.events.length = 0;
  expect(place(state, 2, { size: 1_000, price: 1_040, isReduceOnly })).toBe(0);
  // 9.36 × 10^15 units at 1 ppm.
  expect(eventsOf(state, 'filled')).toMatchObject([{ takerFee: 9_360_000_000n }]);
});
