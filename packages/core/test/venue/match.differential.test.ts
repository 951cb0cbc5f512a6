import { expect, test } from 'vitest';
import { INDEX_STATUS, instrumentParameters, rejections, SIDE } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { writeAddress } from '../../src/state/index.ts';
import { bookErrors } from '../../src/venue/invariants.ts';
import { MATCH_STEPS_MAX } from '../../src/venue/match.ts';
import { bandHigh, bandLow } from '../../src/venue/restriction.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { address, setInstrumentParameter } from '../fixtures/state.ts';
import {
  cancel,
  eventsOf,
  lotsOf,
  type Order,
  openMarket,
  orderOf,
  place,
  setMark,
} from './market.ts';
import { plainSideOf, sideOf } from './plainBook.ts';
import { type PlainMarket, PlainVenue } from './plainMatcher.ts';

const ACCOUNTS = 8;
const NOTIONAL_MIN = 30_000;

/** Accounts 1 and 2, 3 and 4, … share an owner. */
function owner(account: number): number {
  return Math.floor((account + 1) / 2);
}

function fixture(): State {
  const state = openMarket({ accounts: ACCOUNTS });
  for (let account = 1; account <= ACCOUNTS; account++) {
    writeAddress(state.accounts.owner, account, address(owner(account)));
  }
  setInstrumentParameter(state, 1, instrumentParameters.notionalMin, NOTIONAL_MIN);
  state.log.clear();
  return state;
}

function marketOf(state: State): PlainMarket {
  return {
    low: bandLow(state, 1),
    high: bandHigh(state, 1),
    isRestricted: state.underlyings.status.get(1) !== INDEX_STATUS.ok,
    stepsMax: MATCH_STEPS_MAX,
    notionalMin: NOTIONAL_MIN,
    mark: state.instruments.markPrice.get(1),
    v: 10,
    owner,
  };
}

function drawOrder(draw: Draw, middle: number): Order {
  const isImmediate = draw(4) === 0;
  const isMarket = isImmediate && draw(3) === 0;
  const side = draw(2) === 0 ? 'buy' : 'sell';
  const offset = draw(20) - (side === 'buy' ? 14 : 5);
  return {
    side,
    size: 1 + draw(12),
    price: isMarket ? 0 : draw(25) === 0 ? middle + offset * 20 : middle + offset,
    timeInForce: isImmediate ? 'immediateOrCancel' : 'goodTillCancelled',
    isPostOnly: !isImmediate && draw(6) === 0,
    isReduceOnly: draw(5) === 0,
    selfTrade: (['cancelResting', 'cancelIncoming', 'cancelBoth'] as const)[draw(3)]!,
  };
}

/** Places one order with both, and compares all that came of it. */
function placeBoth(state: State, venue: PlainVenue, draw: Draw): number {
  const account = 1 + draw(ACCOUNTS);
  const order = drawOrder(draw, state.instruments.markPrice.get(1));
  state.events.length = 0;
  const code = place(state, account, order);
  const expected = venue.place(account, orderOf(order), marketOf(state));
  const fills = eventsOf(state, 'filled').map((e) => [e.makerOrder, e.price, e.size]);
  const cancels = eventsOf(state, 'orderCancelled').map((e) => [e.order, e.size, e.reason]);
  expect({ code, fills, cancels }).toEqual(expected);
  return code;
}

function expectSame(state: State, venue: PlainVenue): void {
  for (const side of [SIDE.buy, SIDE.sell]) {
    expect(sideOf(state, 1, side)).toEqual(plainSideOf(venue.book, 1, side));
  }
  for (let account = 1; account <= ACCOUNTS; account++) {
    expect(lotsOf(state, account)).toBe(venue.size(account));
  }
  expect(bookErrors(state)).toEqual([]);
}

test('matching equals the obvious matcher over 20,000 random commands, refusals included', () => {
  const state = fixture();
  const venue = new PlainVenue();
  const draw = seeded(3);
  const codes = new Map<number, number>();
  let fills = 0;
  const reasons = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const open = venue.book.orders;
    if (open.length > 0 && draw(4) === 0) {
      const order = open[draw(open.length)]!;
      expect(cancel(state, order.account, order.id)).toBe(0);
      venue.book.remove(order.id);
      continue;
    }
    if (draw(200) === 0) setMark(state, state.instruments.markPrice.get(1) + draw(81) - 40);
    const isOk = state.underlyings.status.get(1) === INDEX_STATUS.ok;
    if (draw(isOk ? 300 : 20) === 0) {
      state.underlyings.status.set(1, isOk ? INDEX_STATUS.degraded : INDEX_STATUS.ok);
    }
    fills += eventsOf(state, 'filled').length;
    const code = placeBoth(state, venue, draw);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    for (const { reason } of eventsOf(state, 'orderCancelled')) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (i % 200 === 0) expectSame(state, venue);
    state.log.clear();
  }
  expectSame(state, venue);
  expect(fills).toBeGreaterThan(2_000);
  const met = [
    'orderBand',
    'nothingToReduce',
    'priceNotOk',
    'orderNotional',
    'wouldCross',
    'selfTrade',
    'noLiquidity',
    'positionDust',
  ] as const;
  for (const name of met) expect(codes.get(rejections[name].code), name).toBeGreaterThan(0);
  for (const reason of ['selfTrade', 'market', 'reduceOnly', 'immediate']) {
    expect(reasons.get(reason), reason).toBeGreaterThan(0);
  }
});
