import { beforeEach, describe, expect, test } from 'vitest';
import { healthAt, isLiquidatable, liquidationVerdict, VERDICT } from '../../src/risk/index.ts';
import { INDEX_STATUS } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { addAsset, addInstrument, freshState } from '../fixtures/state.ts';
import {
  addAccount,
  addMarket,
  give,
  hold,
  setAssetParameter,
  setAssetPrice,
  setMark,
  setPlausible,
  setTiers,
} from './portfolio.ts';

// Long 100 at 100 with 300: at a mark of 99, equity 200 and maintenance 247.5.
let state: State;
let market: number;
let account: number;

beforeEach(() => {
  state = freshState();
  market = addMarket(state, 100);
  account = addAccount(state, 300n);
  hold(state, account, { instrument: market, size: 100, price: 100 });
  setMark(state, market, 99);
});

function setEvidence(status: number, index: number, low: number, high: number): void {
  setPlausible(state, state.instruments.underlying.get(market), { status, index, low, high });
}

describe('an account is liquidatable', () => {
  test('below maintenance at mark and at the hour’s basis price', () => {
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
    expect(isLiquidatable(state, account)).toBe(true);
  });

  test('not while it is at maintenance: health of exactly zero is healthy', () => {
    // 100 lots at 98: equity 300 − 200, maintenance 245; 145 more make health 0.
    setMark(state, market, 98);
    give(state, account, 1, 445n);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.healthy);
    give(state, account, 1, 444n);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
  });

  test('not by the mark alone: the basis price has to agree', () => {
    state.instruments.indexMark.set(market, 100);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.evidence);
    setMark(state, market, 100);
    state.instruments.indexMark.set(market, 90);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.healthy);
  });

  test('with a doubtful index only when it is below at the favorable end', () => {
    setEvidence(INDEX_STATUS.degraded, 99, 95, 100);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.evidence);
    setEvidence(INDEX_STATUS.stale, 99, 90, 99);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
  });

  test('a short has the low end for its favorable one', () => {
    const short = addAccount(state, 300n);
    hold(state, short, { instrument: market, size: -100, price: 98 });
    expect(liquidationVerdict(state, short)).toBe(VERDICT.liquidatable);
    setEvidence(INDEX_STATUS.degraded, 99, 98, 110);
    expect(liquidationVerdict(state, short)).toBe(VERDICT.evidence);
  });

  test('two legs of an underlying go to the same end, that of their net delta', () => {
    const second = addInstrument(state, state.instruments.underlying.get(market));
    setTiers(state, second, [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }]);
    setMark(state, second, 99);
    hold(state, account, { instrument: second, size: -60, price: 99 });
    setEvidence(INDEX_STATUS.degraded, 99, 49.5, 198);
    // Net long 40: both legs at twice the price. 300 + 9,800 − 5,940 − 31,680 × 2.5 %.
    const reading = { price: 'markPrice', isFavorable: true } as const;
    expect(healthAt(state, account, reading)).toBe(300 + 9_800 - 5_940 - 792);
  });

  test('doubtful collateral counts at the ceiling, a doubtful loan at the floor', () => {
    const asset = addAsset(state, state.instruments.underlying.get(market));
    setAssetParameter(state, asset, { name: 'haircutMaintenancePpm', value: 500_000 });
    setAssetPrice(state, asset, 1);
    give(state, account, asset, 40n);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
    state.assets.priceCeiling.set(asset, 3);
    setEvidence(INDEX_STATUS.stale, 99, 99, 99);
    // Short by 47.5; 40 at 3 by half are 60.
    expect(liquidationVerdict(state, account)).toBe(VERDICT.evidence);
  });

  test('not while its underlying has grace, unless its equity is below zero', () => {
    const now = state.machine.timeMs.get(0);
    state.underlyings.graceUntilMs.set(1, now + 1);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.grace);
    setMark(state, market, 96);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
    setMark(state, market, 99);
    state.underlyings.graceUntilMs.set(1, now);
    expect(liquidationVerdict(state, account)).toBe(VERDICT.liquidatable);
  });
});
