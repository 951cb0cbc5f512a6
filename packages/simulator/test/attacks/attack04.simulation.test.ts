import { describe, expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 4: X is pushed from 100 to 60, X is borrowed against that price, the price returns,
// the borrower walks away with more than it left. The guard: liabilities count at the higher of
// index and slow price. A unit of asset 2 is a dollar at 10,000.

interface Attack {
  readonly slowTauMs: number;
  readonly slowStepPpmPerHour: number;
}

function attack(slow: Attack): { market: Market; most: number } {
  const market = new Market({
    underlying: slow,
    asset: {
      liabilityInitialPpm: 200_000,
      liabilityMaintenancePpm: 100_000,
      outflowMin: 1_000_000,
    },
    global: { withdrawalFloorPpm: 0, withdrawalsPerAccountMax: 1_000 },
  });
  market.open('lender', 1);
  market.top('lender', 2, 100_000n);
  market.does('lender', { kind: 'supply', asset: 2, amount: 100_000n });
  market.open('thief', 10_000);
  for (let i = 0; i < 30; i++) market.at(6_000, 60_000);
  // The most that can be borrowed and carried off at once.
  let most = 0;
  for (let units = 200; units <= 20_000; units += 200) {
    const code = market.does('thief', { kind: 'borrow', asset: 2, amount: 200n })[0];
    if (code !== 0) break;
    if (market.withdraw('thief', 200, 2)[0] !== 0) break;
    most = units;
  }
  for (let i = 0; i < 30; i++) market.at(10_000, 60_000);
  return { market, most };
}

describe('attack 4, borrowing at a price that was pushed down', () => {
  test('what can be carried off is worth less than the collateral left behind', () => {
    const { market, most } = attack({ slowTauMs: 3_600_000, slowStepPpmPerHour: 60_000 });
    expect(most).toBeGreaterThan(5_000);
    expect(most).toBeLessThan(10_000 / 1.15);
    expect(market.wealth('thief')).toBeLessThanOrEqual(10_000);
    expect(market.wealth('lender')).toBeGreaterThanOrEqual(100_001 - 0.01);
  });

  test('with a slow price as quick as the index it works: the lenders lose', () => {
    const { market, most } = attack({ slowTauMs: 1_000, slowStepPpmPerHour: 10_000_000 });
    expect(most).toBeGreaterThan(10_000);
    expect(market.wealth('lender')).toBeLessThan(100_001);
  });
});
