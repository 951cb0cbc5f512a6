import { instrumentParameters } from '../../../src/schema/index.ts';
import type { State } from '../../../src/state/index.ts';
import { bandHigh, bandLow, recordBookFigures } from '../../../src/venue/index.ts';
import { advance, setInstrumentParameter } from '../../fixtures/state.ts';
import { eventsOf, openMarket, place, setMark } from '../../venue/market.ts';
import type { FigureRunner } from '../figure.ts';

type Rows = readonly (readonly [price: number, size: number])[];

function rest(state: State, side: 'buy' | 'sell', rows: Rows): void {
  for (const [price, size] of rows) {
    if (place(state, 2, { side, price, size }) !== 0) throw new Error('an order was refused');
  }
}

function marketAt(mark: number): State {
  const state = openMarket();
  setMark(state, mark);
  return state;
}

export const venueRunners: Record<string, FigureRunner> = {
  fillBand: (input: { mark: number; bandPpm: number }) => {
    const state = marketAt(input.mark);
    setInstrumentParameter(state, 1, instrumentParameters.fillBandPpm, input.bandPpm);
    return { low: bandLow(state, 1), high: bandHigh(state, 1) };
  },
  matchOrders: (input: { mark: number; asks: Rows; buy: { price: number; size: number } }) => {
    const state = marketAt(input.mark);
    rest(state, 'sell', input.asks);
    place(state, 1, input.buy);
    const fills = eventsOf(state, 'filled');
    return {
      fills: fills.map((fill) => [fill.makerOrder, fill.price, fill.size]),
      takerFees: fills.map((fill) => fill.takerFee),
    };
  },
  impactPrices: (input: { mark: number; impactNotional: number; bids: Rows; asks: Rows }) => {
    const state = marketAt(input.mark);
    setInstrumentParameter(state, 1, instrumentParameters.impactNotional, input.impactNotional);
    rest(state, 'buy', input.bids);
    rest(state, 'sell', input.asks);
    advance(state, 60_000);
    recordBookFigures(state);
    const { impactBid, impactAsk, bookMid } = state.instruments;
    return { bid: impactBid.get(1), ask: impactAsk.get(1), mid: bookMid.get(1) };
  },
};
