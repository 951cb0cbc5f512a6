import { describe, expect, test } from 'vitest';
import {
  globalParameters,
  INDEX_STATUS,
  instrumentParameters,
  MARKET_STATE,
  rejections,
} from '../../src/schema/index.ts';
import { findPosition, type State } from '../../src/state/index.ts';
import { setGlobalParameter, setInstrumentParameter, startMs } from '../fixtures/state.ts';
import {
  cancel,
  cancelEvery,
  eventsOf,
  lotsOf,
  mark,
  nextOrder,
  type Order,
  openMarket,
  place,
} from './market.ts';
import { stateBytes } from './plainBook.ts';

/** Account 2 rests `size` lots on the other side for account 1 to meet. */
function restFor(state: State, order: Order): void {
  expect(place(state, 2, order)).toBe(0);
}

/** Opens `lots` (signed) at the mark for account 1, against account 2. */
function open(state: State, lots: number): void {
  restFor(state, { side: lots > 0 ? 'sell' : 'buy', size: Math.abs(lots) });
  expect(place(state, 1, { side: lots > 0 ? 'buy' : 'sell', size: Math.abs(lots) })).toBe(0);
}

function refusal(state: State, order: Order): string {
  const before = stateBytes(state);
  const code = place(state, 1, order);
  expect(stateBytes(state)).toEqual(before);
  return Object.entries(rejections).find(([, r]) => r.code === code)?.[0] ?? `accepted ${code}`;
}

describe('what an order says is checked first', () => {
  test('the instrument has to exist', () => {
    expect(refusal(openMarket(), { instrument: 2 })).toBe('instrumentUnknown');
    expect(refusal(openMarket(), { instrument: 0 })).toBe('instrumentUnknown');
    expect(refusal(openMarket(), { instrument: 4_294_967_295 })).toBe('instrumentUnknown');
  });

  test('post-only goes with a resting limit order only', () => {
    const state = openMarket();
    const isPostOnly = true;
    expect(refusal(state, { isPostOnly, timeInForce: 'immediateOrCancel' })).toBe('flagsConflict');
    expect(refusal(state, { isPostOnly, price: 0 })).toBe('flagsConflict');
  });

  test('the size lies between one lot and the largest order', () => {
    const state = openMarket();
    setInstrumentParameter(state, 1, instrumentParameters.orderSizeMax, 100);
    expect(refusal(state, { size: 0 })).toBe('orderSize');
    expect(refusal(state, { size: 101 })).toBe('orderSize');
    expect(refusal(state, { size: 4_294_967_295 })).toBe('orderSize');
    expect(place(state, 1, { size: 100 })).toBe(0);
  });

  test('the price lies on the tick grid and is positive for a limit', () => {
    const state = openMarket();
    state.instruments.tickSize.set(1, 5);
    expect(refusal(state, { price: 1_001 })).toBe('orderPrice');
    expect(refusal(state, { price: 0 })).toBe('orderPrice');
    expect(refusal(state, { price: 4_294_967_295 })).toBe('orderPrice');
    expect(place(state, 1, { price: 995 })).toBe(0);
  });

  test('a buy above the fill band and a sell below it are refused, the far sides are not', () => {
    const state = openMarket();
    expect(refusal(state, { side: 'buy', price: 1_051 })).toBe('orderBand');
    expect(refusal(state, { side: 'sell', price: 949 })).toBe('orderBand');
    expect(place(state, 1, { side: 'buy', price: 1 })).toBe(0);
    expect(place(state, 1, { side: 'sell', price: 2_147_483_647 })).toBe(0);
  });
});

describe('what the market takes', () => {
  test('a proposed market takes nothing', () => {
    const state = openMarket();
    state.instruments.state.set(1, MARKET_STATE.proposed);
    expect(refusal(state, {})).toBe('marketNotOpen');
    expect(refusal(state, { isReduceOnly: true })).toBe('marketNotOpen');
  });

  test('a market without a mark takes nothing', () => {
    const state = openMarket();
    state.instruments.markPrice.set(1, 0);
    expect(refusal(state, {})).toBe('priceNotOk');
  });

  const restrictions: readonly [string, string, (state: State) => void][] = [
    [
      'a reduce-only market',
      'marketNotOpen',
      (state) => state.instruments.state.set(1, MARKET_STATE.reduceOnly),
    ],
    [
      'a halted market',
      'marketNotOpen',
      (state) => state.instruments.haltedUntilMs.set(1, startMs + 1),
    ],
    [
      'an index that is not ok',
      'priceNotOk',
      (state) => state.underlyings.status.set(1, INDEX_STATUS.degraded),
    ],
    ['a machine in close-only mode', 'closeOnly', (state) => state.machine.isCloseOnly.set(0, 1)],
  ];
  for (const [title, name, restrict] of restrictions) {
    test(`${title} takes orders that reduce, and no others`, () => {
      const state = openMarket();
      open(state, 10);
      restrict(state);
      expect(refusal(state, { side: 'buy', price: 900 })).toBe(name);
      expect(refusal(state, { side: 'sell', size: 11, price: 1_010 })).toBe(name);
      expect(place(state, 1, { side: 'sell', size: 6, price: 1_010 })).toBe(0);
      // With what already rests it would go beyond the position.
      expect(refusal(state, { side: 'sell', size: 5, price: 1_010 })).toBe(name);
      expect(place(state, 1, { side: 'sell', size: 50, price: 1_010, isReduceOnly: true })).toBe(0);
    });
  }

  test('a halt that has ended restricts nothing', () => {
    const state = openMarket();
    state.instruments.haltedUntilMs.set(1, startMs);
    expect(place(state, 1, {})).toBe(0);
  });

  test('a reduce-only order without an opposite position is refused', () => {
    const state = openMarket();
    expect(refusal(state, { isReduceOnly: true })).toBe('nothingToReduce');
    open(state, 10);
    expect(refusal(state, { side: 'buy', isReduceOnly: true })).toBe('nothingToReduce');
  });
});

describe('what the account and the venue have room for', () => {
  test('a client id is unique among open orders and free again afterwards', () => {
    const state = openMarket();
    expect(place(state, 1, { clientId: 7, price: 990 })).toBe(0);
    expect(refusal(state, { clientId: 7 })).toBe('clientIdUsed');
    expect(place(state, 2, { clientId: 7, price: 990 })).toBe(0);
    expect(cancel(state, 1, 0, 7)).toBe(0);
    expect(place(state, 1, { clientId: 7, price: 990 })).toBe(0);
  });

  test('an opening order has at least the least notional, a closing one may be smaller', () => {
    const state = openMarket();
    open(state, 10);
    setInstrumentParameter(state, 1, instrumentParameters.notionalMin, 30_000);
    expect(refusal(state, { size: 2, price: mark })).toBe('orderNotional');
    expect(place(state, 1, { size: 3, price: mark })).toBe(0);
    expect(place(state, 1, { side: 'sell', size: 1, price: 1_001 })).toBe(0);
  });

  test('an account has so many open orders and no more', () => {
    const state = openMarket();
    setGlobalParameter(state, globalParameters.ordersPerAccountMax, 2);
    expect(place(state, 1, { price: 990 })).toBe(0);
    expect(place(state, 1, { price: 991 })).toBe(0);
    expect(refusal(state, { price: 992 })).toBe('ordersFull');
    restFor(state, { side: 'sell' });
    expect(place(state, 1, { timeInForce: 'immediateOrCancel' })).toBe(0);
  });

  test('the worst position of a side stays below the largest size', () => {
    const state = openMarket();
    setInstrumentParameter(state, 1, instrumentParameters.positionSizeMax, 20);
    open(state, 10);
    expect(place(state, 1, { size: 6, price: 990 })).toBe(0);
    expect(refusal(state, { size: 5, price: 980 })).toBe('positionLimit');
    expect(place(state, 1, { size: 4, price: 980 })).toBe(0);
    expect(place(state, 1, { side: 'sell', size: 30, price: 1_010 })).toBe(0);
    expect(refusal(state, { side: 'sell', size: 1, price: 1_010 })).toBe('positionLimit');
  });

  test('orders of a side stay below what a cell of lots holds, whatever position they close', () => {
    const state = openMarket();
    state.instruments.multiplier.set(1, 1);
    const billion = 1_000_000_000;
    open(state, billion);
    // As after two billion bids against a short of a billion that was closed meanwhile.
    state.positions.size.set(findPosition(state, 1, 1), 2 * billion);
    for (let k = 0; k < 2; k++) {
      expect(place(state, 1, { side: 'sell', size: billion, price: 1_010 })).toBe(0);
    }
    expect(refusal(state, { side: 'sell', size: billion, price: 1_010 })).toBe('positionLimit');
    expect(place(state, 1, { side: 'sell', size: 147_483_647, price: 1_010 })).toBe(0);
  });

  test('the worst notional stays an exact number', () => {
    const state = openMarket();
    state.instruments.multiplier.set(1, 9_000_000_000);
    expect(refusal(state, { size: 1_001, price: mark })).toBe('positionLimit');
    expect(refusal(state, { size: 1_001, price: 1 })).toBe('positionLimit');
    expect(place(state, 1, { size: 1_000, price: mark })).toBe(0);
  });

  test('open interest stays within its cap, whoever opens', () => {
    const state = openMarket();
    setInstrumentParameter(state, 1, instrumentParameters.openInterestMax, 100_000);
    expect(refusal(state, { size: 11 })).toBe('openInterestCap');
    open(state, 8);
    // Two orders that each fit, and together do not: the one that trades last is refused.
    expect(place(state, 3, { side: 'sell', size: 2 })).toBe(0);
    expect(place(state, 4, { side: 'sell', size: 2 })).toBe(0);
    expect(place(state, 1, { size: 2 })).toBe(0);
    expect(refusal(state, { size: 1 })).toBe('openInterestCap');
    // A transfer from one long to another opens nothing.
    expect(place(state, 1, { side: 'sell', size: 2, price: 1_001 })).toBe(0);
    expect(place(state, 2, { side: 'buy', size: 2, price: 1_001 })).toBe(0);
  });

  test('an account with every position row taken is refused', () => {
    const state = openMarket({ instruments: 2 });
    state.machine.positionsFree.set(8, state.limits.positionRowsMax);
    expect(refusal(state, { instrument: 2 })).toBe('positionsFull');
  });
});

describe('what becomes of an order', () => {
  test('a post-only order rests, or is refused where it would trade', () => {
    const state = openMarket();
    restFor(state, { side: 'sell', price: 1_001 });
    expect(refusal(state, { isPostOnly: true, price: 1_001 })).toBe('wouldCross');
    expect(place(state, 1, { isPostOnly: true, price: 1_000 })).toBe(0);
  });

  test('a limit order trades what crosses and rests with what is left', () => {
    const state = openMarket();
    restFor(state, { side: 'sell', size: 3, price: 999 });
    const order = nextOrder(state);
    expect(place(state, 1, { size: 5, price: 1_000, clientId: 9 })).toBe(0);
    expect(lotsOf(state, 1)).toBe(3);
    expect(eventsOf(state, 'filled')).toMatchObject([{ price: 999, size: 3, takerOrder: order }]);
    expect(eventsOf(state, 'orderPlaced').at(-1)).toMatchObject({ order, size: 2, clientId: 9 });
  });

  test('what an immediate order leaves is cancelled, also when it is all of it', () => {
    const state = openMarket();
    expect(place(state, 1, { size: 5, timeInForce: 'immediateOrCancel' })).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([{ size: 5, reason: 'immediate' }]);
    expect(state.accounts.positionCount.get(1)).toBe(0);
  });

  test('a market order takes prices inside the band, and is refused without a fill', () => {
    const state = openMarket();
    const order = { price: 0, timeInForce: 'immediateOrCancel' } as const;
    expect(refusal(state, order)).toBe('noLiquidity');
    restFor(state, { side: 'sell', size: 1, price: 1_050 });
    restFor(state, { side: 'sell', size: 1, price: 1_051 });
    expect(place(state, 1, { ...order, size: 2 })).toBe(0);
    expect(lotsOf(state, 1)).toBe(1);
    expect(refusal(state, order)).toBe('noLiquidity');
  });

  test('a reduce-only order is cut to the position when it is placed', () => {
    const state = openMarket();
    open(state, 4);
    expect(place(state, 1, { side: 'sell', size: 10, price: 1_001, isReduceOnly: true })).toBe(0);
    expect(eventsOf(state, 'orderPlaced').at(-1)).toMatchObject({ size: 4 });
  });

  test('an immediate order that would leave dust opened is refused, one that closes is not', () => {
    const state = openMarket();
    // Account 3 is long 3 lots; bids of 3 and of 4 lots wait.
    restFor(state, { side: 'sell', size: 3 });
    expect(place(state, 3, { size: 3 })).toBe(0);
    restFor(state, { side: 'buy', size: 4 });
    setInstrumentParameter(state, 1, instrumentParameters.notionalMin, 30_000);
    const sell = { side: 'sell', price: 0, timeInForce: 'immediateOrCancel' } as const;
    expect(place(state, 3, { ...sell, size: 4 })).toBe(rejections.positionDust.code);
    expect(place(state, 3, { ...sell, size: 2 })).toBe(0);
    expect(lotsOf(state, 3)).toBe(1);
    expect(place(state, 4, { ...sell, size: 3 })).toBe(rejections.positionDust.code);
    expect(place(state, 3, { ...sell, size: 1 })).toBe(0);
    expect(lotsOf(state, 3)).toBe(0);
  });
});

describe('cancelling', () => {
  test('only the account of an order cancels it, by id or by client id', () => {
    const state = openMarket();
    const order = nextOrder(state);
    expect(place(state, 1, { clientId: 5, price: 990 })).toBe(0);
    expect(cancel(state, 2, order)).toBe(rejections.orderUnknown.code);
    expect(cancel(state, 2, 0, 5)).toBe(rejections.orderUnknown.code);
    expect(cancel(state, 1, 0, 0)).toBe(rejections.orderUnknown.code);
    expect(cancel(state, 1, 9_007_199_254_740_991)).toBe(rejections.orderUnknown.code);
    expect(cancel(state, 1, order)).toBe(0);
    expect(cancel(state, 1, order)).toBe(rejections.orderUnknown.code);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([{ order, reason: 'owner' }]);
  });

  test('cancel-all takes one instrument or every one, and leaves no empty row', () => {
    const state = openMarket({ instruments: 3 });
    for (const instrument of [1, 2, 3]) {
      expect(place(state, 1, { instrument, price: 990 })).toBe(0);
      expect(place(state, 1, { instrument, price: 1_010, side: 'sell' })).toBe(0);
    }
    expect(cancelEvery(state, 1, 2)).toBe(0);
    expect(state.accounts.orderCount.get(1)).toBe(4);
    expect(cancelEvery(state, 1, 4)).toBe(rejections.instrumentUnknown.code);
    expect(cancelEvery(state, 1)).toBe(0);
    expect(cancelEvery(state, 1)).toBe(0);
    expect(state.accounts.orderCount.get(1)).toBe(0);
    expect(state.accounts.positionCount.get(1)).toBe(0);
    expect(eventsOf(state, 'orderCancelled')).toHaveLength(6);
  });
});
