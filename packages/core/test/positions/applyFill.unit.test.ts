import { beforeEach, describe, expect, test } from 'vitest';
import { balanceAmount } from '../../src/ledger/index.ts';
import { lockedGainNow } from '../../src/positions/index.ts';
import { maximumWithdrawal } from '../../src/risk/index.ts';
import { globalParameters } from '../../src/schema/index.ts';
import { findPosition, type State } from '../../src/state/index.ts';
import { BTC, listedMarkets, open, setPrice, trade } from '../fixtures/markets.ts';
import { setGlobalParameter } from '../fixtures/state.ts';

const windowMs = 3_600_000;
let state: State;
let alice: number;
let bob: number;
let carol: number;

beforeEach(() => {
  state = listedMarkets();
  [alice, bob, carol] = [open(state, 100), open(state, 100), open(state, 100)];
  setPrice(state, BTC, 100);
  setGlobalParameter(state, globalParameters.gainLockMs, windowMs);
});

/** What of an account's gain is still locked. */
function locked(account: number): bigint {
  const row = findPosition(state, account, BTC);
  return row < 0 ? 0n : lockedGainNow(state, row);
}

function pass(ms: number): void {
  state.instruments.gainClockMs.add(BTC, ms);
}

describe('a gain that a fill realizes is locked (F0, attack 1)', () => {
  test('A buys at 100 from B and sells at 150 to C: the 50 are in the balance and do not leave', () => {
    trade(state, { long: alice, short: bob, lots: 1, price: 100 });
    expect(locked(alice)).toBe(0n);
    trade(state, { long: carol, short: alice, lots: 1, price: 150 });
    expect(balanceAmount(state, alice, 1)).toBe(150n);
    expect(locked(alice)).toBe(50n);
    expect(maximumWithdrawal(state, alice, 1)).toBe(100n);
  });

  test('it is free after the window, half of it after half', () => {
    trade(state, { long: alice, short: bob, lots: 1, price: 100 });
    trade(state, { long: carol, short: alice, lots: 1, price: 150 });
    pass(windowMs / 2);
    expect(locked(alice)).toBe(25n);
    expect(maximumWithdrawal(state, alice, 1)).toBe(125n);
    pass(windowMs / 2);
    expect(maximumWithdrawal(state, alice, 1)).toBe(150n);
  });

  test('a loss realized later comes off it, and never below zero', () => {
    trade(state, { long: alice, short: bob, lots: 3, price: 100 });
    trade(state, { long: carol, short: alice, lots: 1, price: 150 });
    trade(state, { long: carol, short: alice, lots: 1, price: 80 });
    expect(locked(alice)).toBe(30n);
    trade(state, { long: carol, short: alice, lots: 1, price: 20 });
    expect(locked(alice)).toBe(0n);
  });

  test('a gain realized later starts the window anew for all of it', () => {
    trade(state, { long: alice, short: bob, lots: 2, price: 100 });
    trade(state, { long: carol, short: alice, lots: 1, price: 150 });
    pass(windowMs / 2);
    trade(state, { long: carol, short: alice, lots: 1, price: 110 });
    expect(locked(alice)).toBe(35n);
    pass(windowMs / 5);
    expect(locked(alice)).toBe(28n);
  });

  test('what a turn opens locks nothing, only what it closes', () => {
    trade(state, { long: alice, short: bob, lots: 1, price: 100 });
    trade(state, { long: carol, short: alice, lots: 5, price: 120 });
    expect(locked(alice)).toBe(20n);
    expect(state.positions.entry.get(findPosition(state, alice, BTC))).toBe(-480n);
  });
});
