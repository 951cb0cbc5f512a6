import { describe, expect, test } from 'vitest';
import { balanceAmount } from '../../src/ledger/index.ts';
import { socializeMarket } from '../../src/losses/socializeMarket.ts';
import { MARKET_STATE } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { BTC, ETH, eventsOf, listedMarkets, open, trade } from '../fixtures/markets.ts';

interface Market {
  readonly state: State;
  /** In another market only; opened first. */
  readonly outsider: number;
  readonly long: number;
  readonly short: number;
}

/** Two lots of BTC at 10,000 between two accounts without a gain; initial margin 10 %. */
function quietMarket(): Market {
  const state = listedMarkets();
  const [outsider, other] = [open(state, 50_000), open(state, 50_000)];
  const [long, short] = [open(state, 50_000), open(state, 50_000)];
  trade(state, { long: outsider, short: other, lots: 5, price: 2_000, instrument: ETH });
  trade(state, { long, short, lots: 2, price: 10_000 });
  return { state, outsider, long, short };
}

function spread({ state, long, short }: Market, loss: bigint): void {
  socializeMarket(state, { instrument: BTC, holders: [long, short] }, loss);
}

describe('a loss that pools and gains could not pay', () => {
  test('is taken from the principal of those in the market, nobody else loses a unit (I7)', () => {
    const market = quietMarket();
    const { state, outsider, long, short } = market;
    spread(market, 3_000n);
    expect([outsider, long, short].map((account) => balanceAmount(state, account, 1))).toEqual([
      50_000n,
      48_500n,
      48_500n,
    ]);
    expect(eventsOf(state, 'lossSocialized')).toMatchObject([
      { account: long, amount: 1_500n, step: 'principal' },
      { account: short, amount: 1_500n, step: 'principal' },
    ]);
  });

  test('takes no more than the initial margin of a position; the rest closes the market', () => {
    const market = quietMarket();
    const { state, long, short } = market;
    spread(market, 5_000n);
    expect([long, short].map((account) => balanceAmount(state, account, 1))).toEqual([
      48_000n,
      48_000n,
    ]);
    expect(state.instruments.badDebt.get(BTC)).toBe(1_000n);
    expect(state.instruments.state.get(BTC)).toBe(MARKET_STATE.reduceOnly);
    expect(state.instruments.state.get(ETH)).toBe(MARKET_STATE.open);
  });
});
