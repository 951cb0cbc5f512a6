import { describe, expect, test } from 'vitest';
import { conservationErrors } from '../../src/ledger/invariants.ts';
import { freeMargin, gate } from '../../src/risk/index.ts';
import { accepted, type Code, SETTLEMENT_ASSET } from '../../src/schema/index.ts';
import { findBalance, type State } from '../../src/state/index.ts';
import { bookErrors, placeOrder } from '../../src/venue/index.ts';
import { eventsOf, lotsOf, type Order, openMarket, orderOf, place } from './market.ts';

/** Leaves an account with `amount` units, the rest gone from custody too. */
function leave(state: State, account: number, amount: bigint): void {
  const row = findBalance(state, account, SETTLEMENT_ASSET);
  state.assets.custody.add(SETTLEMENT_ASSET, amount - state.balances.amount.get(row));
  state.balances.amount.set(row, amount);
}

/** Places an order under the gate, as the dispatcher does. */
function placeGated(state: State, account: number, order: Order): Code {
  const caller = { account, isOwner: true, role: 0 };
  return gate(state, () => placeOrder(state, orderOf(order), caller), { account, instrument: 1 });
}

describe('a maker that cannot pay loses the order, and the taker goes on (attack 3)', () => {
  /** Account 2 has the best bid of one lot and nothing to pay for it; 3 bids behind it. */
  function fixture(): State {
    const state = openMarket();
    expect(place(state, 2, { size: 1, price: 1_000 })).toBe(accepted);
    expect(place(state, 3, { size: 10, price: 999 })).toBe(accepted);
    leave(state, 2, 0n);
    state.log.clear();
    state.events.length = 0;
    return state;
  }

  test('a seller is not blocked: the bad bid is cancelled and the next one trades', () => {
    const state = fixture();
    const sell = { side: 'sell', price: 0, timeInForce: 'immediateOrCancel' } as const;
    expect(placeGated(state, 1, { ...sell, size: 4 })).toBe(accepted);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([
      { account: 2, order: 1, size: 1, reason: 'makerMargin' },
    ]);
    expect(eventsOf(state, 'filled')).toMatchObject([{ maker: 3, price: 999, size: 4 }]);
    expect(lotsOf(state, 2)).toBe(0);
    expect(state.accounts.positionCount.get(2)).toBe(0);
    expect(bookErrors(state)).toEqual([]);
    expect(conservationErrors(state)).toEqual([]);
  });

  test('the failing fill leaves nothing behind: no fee, no funding, no event', () => {
    const state = fixture();
    const fees = state.assets.fees.get(SETTLEMENT_ASSET);
    expect(placeGated(state, 1, { side: 'sell', size: 1, price: 1_000 })).toBe(accepted);
    expect(eventsOf(state, 'filled')).toEqual([]);
    expect(state.assets.fees.get(SETTLEMENT_ASSET)).toBe(fees);
    expect(eventsOf(state, 'orderPlaced')).toMatchObject([{ account: 1, size: 1 }]);
  });

  test('a thousand such bids cost the attackers their orders, not the seller the market', () => {
    const state = fixture();
    leave(state, 2, 1_000_000_000n);
    for (let i = 0; i < 200; i++) expect(place(state, 2, { price: 1_000 })).toBe(accepted);
    leave(state, 2, 0n);
    state.events.length = 0;
    expect(placeGated(state, 1, { side: 'sell', size: 4, price: 999 })).toBe(accepted);
    expect(eventsOf(state, 'orderCancelled')).toHaveLength(201);
    expect(eventsOf(state, 'filled')).toMatchObject([{ maker: 3, size: 4 }]);
  });

  test('a maker that is short may still fill what reduces its risk', () => {
    const state = openMarket();
    expect(place(state, 3, { side: 'sell', size: 5 })).toBe(accepted);
    expect(place(state, 2, { size: 5 })).toBe(accepted);
    expect(place(state, 2, { side: 'sell', size: 5, price: 1_001 })).toBe(accepted);
    leave(state, 2, 500n);
    expect(freeMargin(state, 2)).toBeLessThan(0);
    state.log.clear();
    state.events.length = 0;
    expect(placeGated(state, 4, { size: 5, price: 1_001 })).toBe(accepted);
    expect(eventsOf(state, 'filled')).toMatchObject([{ maker: 2, size: 5 }]);
    expect(lotsOf(state, 2)).toBe(0);
  });
});

test('the taker is judged once for the whole command, not per fill', () => {
  const state = openMarket();
  expect(place(state, 2, { side: 'sell', size: 5, price: 1_000 })).toBe(accepted);
  expect(place(state, 3, { side: 'sell', size: 5, price: 1_001 })).toBe(accepted);
  leave(state, 1, 4_000n);
  state.log.clear();
  // Ten lots need 5 % of 100,000 and the fees.
  const order = { size: 10, price: 1_001 };
  expect(placeGated(state, 1, order)).toBe(500);
  expect(bookErrors(state)).toEqual([]);
  leave(state, 1, 6_000n);
  expect(placeGated(state, 1, order)).toBe(accepted);
  expect(lotsOf(state, 1)).toBe(10);
});
