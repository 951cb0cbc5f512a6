import { describe, expect, test } from 'vitest';
import { instrumentParameters, SIDE } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { readSide, recordBookFigures } from '../../src/venue/index.ts';
import { advance, setInstrumentParameter } from '../fixtures/state.ts';
import { cancelEvery, openMarket, place } from './market.ts';

/** Bids of 5 lots at 998, 10 at 990, asks of 4 lots at 1,003, 10 at 1,010; impact at 100,000. */
function fixture(): State {
  const state = openMarket();
  setInstrumentParameter(state, 1, instrumentParameters.impactNotional, 100_000);
  expect(place(state, 2, { size: 5, price: 998 })).toBe(0);
  expect(place(state, 3, { size: 10, price: 990 })).toBe(0);
  expect(place(state, 2, { side: 'sell', size: 4, price: 1_003 })).toBe(0);
  expect(place(state, 3, { side: 'sell', size: 10, price: 1_010 })).toBe(0);
  return state;
}

describe('impact prices', () => {
  test('orders younger than the age do not count', () => {
    const state = fixture();
    advance(state, 4_999);
    recordBookFigures(state);
    expect(state.instruments.impactBid.get(1)).toBe(0);
    expect(state.instruments.impactAsk.get(1)).toBe(0);
    expect(state.instruments.bookMid.get(1)).toBe(0);
    advance(state, 1);
    // A better bid that is new is passed over.
    expect(place(state, 4, { size: 50, price: 999 })).toBe(0);
    recordBookFigures(state);
    // 5 lots at 998 and 50,100/9,900 lots at 990 for 100,000: 993.98; 40,120 at 1,003 …: 1,007.18.
    expect(state.instruments.impactBid.get(1)).toBe(993);
    expect(state.instruments.impactAsk.get(1)).toBe(1_008);
    expect(state.instruments.bookMid.get(1)).toBe((998 + 1_003) / 2);
  });

  test('a side that cannot fill the impact notional is missing', () => {
    const state = fixture();
    advance(state, 5_000);
    setInstrumentParameter(state, 1, instrumentParameters.impactNotional, 150_000);
    recordBookFigures(state);
    expect(state.instruments.impactBid.get(1)).toBe(0);
    setInstrumentParameter(state, 1, instrumentParameters.impactNotional, 141_120);
    recordBookFigures(state);
    expect(state.instruments.impactAsk.get(1)).toBe(1_008);
  });

  test('the mean price lies between best and worst of what fills it, whatever the book', () => {
    const state = fixture();
    advance(state, 5_000);
    const { impact } = readSide(state, { instrument: 1, side: SIDE.buy, isDepthRead: false });
    expect(impact).toBeCloseTo(100_000 / (10 * (5 + 50_100 / 9_900)), 9);
  });
});

describe('depth', () => {
  test('it approaches the notional of aged orders near the mark, sample by sample', () => {
    const state = fixture();
    setInstrumentParameter(state, 1, instrumentParameters.depthBandPpm, 5_000);
    recordBookFigures(state);
    expect(state.instruments.depthBid.get(1)).toBe(0);
    advance(state, 5_999);
    recordBookFigures(state);
    expect(state.instruments.depthBid.get(1)).toBe(0);
    advance(state, 1);
    recordBookFigures(state);
    // 5 lots at 998 lie in the band of 0.5 %: 49,900 × 6,000 / 606,000.
    expect(state.instruments.depthBid.get(1)).toBeCloseTo((49_900 * 6) / 606, 9);
    expect(state.instruments.depthAsk.get(1)).toBeCloseTo((40_120 * 6) / 606, 9);
  });

  test('it fades when the book empties', () => {
    const state = fixture();
    recordBookFigures(state);
    advance(state, 600_000);
    recordBookFigures(state);
    const before = state.instruments.depthBid.get(1);
    expect(before).toBeGreaterThan(0);
    for (const account of [2, 3]) expect(cancelEvery(state, account)).toBe(0);
    advance(state, 600_000);
    recordBookFigures(state);
    expect(state.instruments.depthBid.get(1)).toBe(before / 2);
  });

  test('small orders in front do not hide the depth behind them', () => {
    const state = openMarket();
    setInstrumentParameter(state, 1, instrumentParameters.depthBandPpm, 500_000);
    for (let i = 0; i < 200; i++) expect(place(state, 2, { price: 999 - i })).toBe(0);
    advance(state, 5_000);
    const { depth } = readSide(state, { instrument: 1, side: SIDE.buy, isDepthRead: true });
    let expected = 0;
    for (let i = 0; i < 200; i++) expected += 10 * (999 - i);
    expect(depth).toBe(expected);
  });

  test('for impact prices alone at most 64 levels of a side are read', () => {
    const state = openMarket();
    for (let i = 0; i < 70; i++) expect(place(state, 2, { price: 999 - i })).toBe(0);
    advance(state, 5_000);
    const of = (levels: number): number => {
      let notional = 0;
      for (let i = 0; i < levels; i++) notional += 10 * (999 - i);
      setInstrumentParameter(state, 1, instrumentParameters.impactNotional, notional);
      return readSide(state, { instrument: 1, side: SIDE.buy, isDepthRead: false }).impact;
    };
    expect(of(64)).toBeGreaterThan(0);
    expect(of(65)).toBe(0);
  });
});
