import { beforeEach, describe, expect, test } from 'vitest';
import { take } from '../../src/ledger/index.ts';
import { unwindCost } from '../../src/risk/formulas/unwind.ts';
import {
  freeMargin,
  freezeShareValues,
  health,
  maximumWithdrawal,
  withdrawalRefusal,
  withdrawalTest,
} from '../../src/risk/index.ts';
import { globalParameters, INDEX_STATUS, rejections, SIDE } from '../../src/schema/index.ts';
import { findBalance, type State } from '../../src/state/index.ts';
import { addAsset, freshState, setGlobalParameter } from '../fixtures/state.ts';
import {
  addAccount,
  addMarket,
  give,
  hold,
  rest,
  setAssetParameter,
  setAssetPrice,
  setInstrumentParameter,
  setMark,
  setPlausible,
} from './portfolio.ts';

let state: State;
let market: number;

beforeEach(() => {
  state = freshState();
  market = addMarket(state, 100);
});

describe('what must stay at a withdrawal', () => {
  test('an account without positions, orders, loans and locked gains may take all out', () => {
    const account = addAccount(state, 100n);
    const asset = addAsset(state, 1);
    state.underlyings.status.set(1, INDEX_STATUS.stale);
    give(state, account, asset, 5n);
    expect(maximumWithdrawal(state, account, 1)).toBe(100n);
    expect(maximumWithdrawal(state, account, asset)).toBe(5n);
  });

  test('unrealized gains do not leave, unrealized losses stay behind', () => {
    setInstrumentParameter(state, market, { name: 'unwindMaxPpm', value: 0 });
    const account = addAccount(state, 2_000n);
    hold(state, account, { instrument: market, size: 100, price: 100 });
    // A tenth of 10,000 stays.
    expect(maximumWithdrawal(state, account, 1)).toBe(1_000n);
    setMark(state, market, 110);
    expect(maximumWithdrawal(state, account, 1)).toBe(900n);
    setMark(state, market, 99);
    expect(maximumWithdrawal(state, account, 1)).toBe(910n);
  });

  test('attack 2: a transfer out stands the same test, so a gain is no way out', () => {
    setInstrumentParameter(state, market, { name: 'unwindMaxPpm', value: 0 });
    setGlobalParameter(state, globalParameters.withdrawalFloorPpm, 0);
    const account = addAccount(state, 100n);
    hold(state, account, { instrument: market, size: 12, price: 100 });
    const gain = 50;
    state.positions.entry.set(state.slabs.positions.find(account, market), BigInt(1_200 - gain));
    expect(freeMargin(state, account)).toBe(100 + gain / 2 - 60);
    take(state, account, 1, 65n);
    expect(withdrawalRefusal(state, account, 1)).toBe(rejections.withdrawalMargin.code);
    expect(state.figures).toMatchObject({ required: 60, available: 35 });
  });

  test('a locked gain does not leave', () => {
    const account = addAccount(state, 150n);
    const row = hold(state, account, { instrument: market, size: 0, price: 100 });
    state.positions.lockedGain.set(row, 50n);
    expect(maximumWithdrawal(state, account, 1)).toBe(100n);
    state.instruments.gainClockMs.set(market, 1_800_000);
    expect(maximumWithdrawal(state, account, 1)).toBe(125n);
    state.instruments.gainClockMs.set(market, 3_600_000);
    expect(maximumWithdrawal(state, account, 1)).toBe(150n);
  });

  test('open orders stay reserved in full', () => {
    const account = addAccount(state, 100n);
    rest(state, account, { instrument: market, side: SIDE.buy, lots: 10, price: 100 });
    expect(maximumWithdrawal(state, account, 1)).toBe(50n);
  });

  test('unwinding costs more the thinner the book, at most x_max, also without any depth', () => {
    const account = addAccount(state, 10_000n);
    hold(state, account, { instrument: market, size: 100, price: 100 });
    const unwinding = (depth: number): number => {
      state.instruments.depthBid.set(market, depth);
      return withdrawalTest(state, account).required - 1_000;
    };
    expect(unwinding(0)).toBe(500);
    expect(unwinding(1)).toBe(500);
    expect(unwinding(10_000)).toBeCloseTo(102, 9);
    expect(unwinding(1_000_000)).toBeCloseTo(12, 9);
  });

  test('attack 4: a loan counts at the higher of index and slow price', () => {
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, 60);
    state.assets.priceHigh.set(asset, 100);
    state.assets.borrowTotal.set(asset, 10n);
    state.assets.borrowShares.set(asset, 10_000n);
    freezeShareValues(state);
    const account = addAccount(state, 1_500n);
    give(state, account, asset, 0n);
    state.balances.debtShares.set(state.slabs.balances.find(account, asset), 10_000n);
    // 10 owed at 100 by 1.2.
    expect(maximumWithdrawal(state, account, 1)).toBe(300n);
    expect(health(state, account)).toBe(1_500 - 10 * 60 * 1.1);
  });
});

describe('a withdrawal is blocked', () => {
  let account: number;

  beforeEach(() => {
    account = addAccount(state, 10_000n);
    hold(state, account, { instrument: market, size: 10, price: 100 });
  });

  test('in liquidation', () => {
    state.accounts.liquidationStage.set(account, 1);
    expect(withdrawalRefusal(state, account)).toBe(rejections.inLiquidation.code);
  });

  test('while a market of the account has an open deficit, for an hour at most', () => {
    const now = state.machine.timeMs.get(0);
    state.instruments.deficitMs.set(market, now - 3_599_999);
    expect(withdrawalRefusal(state, account)).toBe(rejections.openDeficit.code);
    const other = addAccount(state, 10n);
    expect(withdrawalRefusal(state, other)).toBe(0);
    state.instruments.deficitMs.set(market, now - 3_600_000);
    expect(withdrawalRefusal(state, account)).toBe(0);
  });

  test('while an asset that it owes or takes out has no ok index', () => {
    const asset = addAsset(state, 1);
    setAssetPrice(state, asset, 1);
    setAssetParameter(state, asset, { name: 'haircutInitialPpm', value: 0 });
    state.underlyings.status.set(1, INDEX_STATUS.stale);
    setPlausible(state, 1, { status: INDEX_STATUS.stale, index: 100, low: 100, high: 100 });
    expect(withdrawalRefusal(state, account)).toBe(0);
    expect(withdrawalRefusal(state, account, asset)).toBe(rejections.priceNotOk.code);
    const before = withdrawalTest(state, account);
    give(state, account, asset, 5n);
    // Whoever sends a unit of a stale asset blocks nobody, and helps nobody either.
    expect(withdrawalRefusal(state, account)).toBe(0);
    expect(withdrawalTest(state, account)).toEqual(before);
    const row = findBalance(state, account, asset);
    state.balances.debtShares.set(row, 1n);
    expect(withdrawalRefusal(state, account)).toBe(rejections.priceNotOk.code);
  });

  test('by the loss that a doubtful index may hide', () => {
    setInstrumentParameter(state, market, { name: 'unwindMaxPpm', value: 0 });
    expect(maximumWithdrawal(state, account, 1)).toBe(9_900n);
    setPlausible(state, 1, { status: INDEX_STATUS.stale, index: 100, low: 80, high: 130 });
    expect(maximumWithdrawal(state, account, 1)).toBe(9_700n);
  });
});

test('a depth that has faded below every number costs what no depth costs', () => {
  const rule = { halfSpread: 0.0002, unwind: 0, costMax: 0.05, depth: 5e-324 };
  expect(unwindCost(1_000_000, rule)).toBe(50_000);
});
