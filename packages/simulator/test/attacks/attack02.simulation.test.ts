import { freeMargin, maximumWithdrawal } from '@plimsoll/core/risk';
import { expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 2: deposit 100, unrealized +50, initial margin 60: transfer 65 to an own account
// and withdraw it there. The guard: a transfer out is a withdrawal, and gains on paper do not count
// for it.

function position(): Market {
  const market = new Market({
    underlying: { gainWeightPpm: 1_000_000, staleAfterMs: 3_600_000, haltAfterMs: 7_200_000 },
    global: { withdrawalFloorPpm: 0 },
    instrument: { unwindMaxPpm: 0, unwindPpm: 0, halfSpreadPpm: 0 },
  });
  market.open('trader', 100);
  market.open('own', 1, 'trader');
  market.open('maker', 10_000);
  market.trade('trader', 'maker', 115);
  // The slow price follows, so that the gain counts for new risk as well.
  for (let hour = 0; hour < 48; hour++) market.at(10_435, 3_600_000);
  return market;
}

test('attack 2, money out against gains on paper: the transfer is refused with 501, like a withdrawal', () => {
  const market = position();
  const { state } = market.world.machine;
  const trader = market.id('trader');
  const transfer = {
    kind: 'transfer',
    to: market.id('own'),
    asset: 1,
    amount: 65_000_000n,
  } as const;
  expect(market.does('trader', transfer)).toEqual([501]);
  expect(market.withdraw('trader', 65)).toEqual([501]);
  expect(market.wealth('trader', 'own', 'maker')).toBeCloseTo(10_101, 6);
  // What may leave is what is left of the deposit above the initial margin: about 100 − 60.
  const most = Number(maximumWithdrawal(state, trader, 1)) / 1e6;
  expect(most).toBeGreaterThan(38);
  expect(most).toBeLessThan(41);
});

test('attack 2 would pass by the ordinary margin test: free margin is above 65', () => {
  const market = position();
  const { state } = market.world.machine;
  expect(freeMargin(state, market.id('trader')) / 1e6).toBeGreaterThan(65);
});
