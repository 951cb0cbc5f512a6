import { describe, expect, test } from 'vitest';
import {
  bookDust,
  bookFee,
  bookPenalty,
  drawFund,
  drawPool,
  fundPool,
} from '../../src/ledger/index.ts';
import { globalParameters, instrumentParameters, rejections } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  accountWith,
  addInstrument,
  addUnderlying,
  advance,
  freshState,
  setGlobalParameter,
  setInstrumentParameter,
} from '../fixtures/state.ts';

const market = 1;

function marketState(): State {
  const state = freshState();
  addInstrument(state, addUnderlying(state));
  return state;
}

describe('income', () => {
  test('fees and penalties repay bad debt first', () => {
    const state = marketState();
    state.instruments.badDebt.set(market, 15n);
    bookFee(state, market, 10n);
    expect([state.instruments.badDebt.get(market), state.assets.fees.get(1)]).toEqual([5n, 0n]);
    bookPenalty(state, market, 35n);
    expect(state.instruments.badDebt.get(market)).toBe(0n);
    // 30 left: 666,667 ppm of it, down, to the market pool.
    expect([state.instruments.pool.get(market), state.machine.fund.get(0)]).toEqual([20n, 10n]);
    bookFee(state, market, 4n);
    bookDust(state, 1, 3n);
    expect([state.assets.fees.get(1), state.assets.dust.get(1)]).toEqual([4n, 3n]);
  });

  test('an account funds a pool or the shared fund out of its balance', () => {
    const state = marketState();
    const account = accountWith(state, 1, { amount: 10n });
    const give = (instrument: number, amount: bigint) =>
      fundPool(
        state,
        { kind: 'fundPool', instrument, amount },
        { account, isOwner: true, role: 0 },
      );
    expect([give(market, 4n), give(0, 5n)]).toEqual([0, 0]);
    expect([state.instruments.pool.get(market), state.machine.fund.get(0)]).toEqual([4n, 5n]);
    expect(give(9, 1n)).toBe(rejections.poolUnknown.code);
    expect(give(0, 2n)).toBe(rejections.balanceInsufficient.code);
    expect(give(0, 0n)).toBe(rejections.amountInvalid.code);
  });
});

describe('draws', () => {
  test('a pool pays what it holds, within its cap of a rolling day', () => {
    const state = marketState();
    state.instruments.pool.set(market, 100n);
    setInstrumentParameter(state, market, instrumentParameters.poolDailyCap, 60);
    expect(drawPool(state, market, 50n)).toBe(50n);
    expect(drawPool(state, market, 50n)).toBe(10n);
    advance(state, 86_400_000 - 1);
    expect(drawPool(state, market, 1n)).toBe(0n);
    advance(state, 3_756_522);
    expect(drawPool(state, market, 100n)).toBe(40n);
    expect(drawPool(state, market, -1n)).toBe(0n);
  });

  test('the shared fund pays within its own cap and that of each market', () => {
    const state = marketState();
    state.machine.fund.set(0, 1_000n);
    setGlobalParameter(state, globalParameters.fundDailyCap, 100);
    setInstrumentParameter(state, market, instrumentParameters.insuranceDailyCap, 70);
    expect(drawFund(state, market, 90n)).toBe(70n);
    expect(drawFund(state, market, 1n)).toBe(0n);
    expect(drawFund(state, 0, 90n)).toBe(30n);
    expect(state.machine.fund.get(0)).toBe(900n);
  });
});
