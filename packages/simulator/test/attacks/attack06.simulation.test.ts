import { describe, expect, test } from 'vitest';
import { immediate, order } from '../../src/agents/market.ts';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 6: a winner closes and opens again, so that it shows no gain when losers' positions
// are closed against winners. The guard: the locked gain is in the base, so that hiding changes
// nothing.

/**
 * What the winner ends with; `isHiding`: it closes to a friend and opens again before the crash.
 */
function winnings(options: { readonly isHiding: boolean; readonly lockMs: number }): number {
  const market = new Market({ global: { gainLockMs: options.lockMs }, initialPpm: 100_000 });
  for (const name of ['winner', 'honest']) market.open(name, 200_000);
  market.open('loser', 105_000);
  market.open('other short', 500_000);
  market.open('friend', 300_000);
  market.trade('winner', 'loser', 100_000);
  market.trade('honest', 'other short', 100_000);
  market.at(10_900);
  if (options.isHiding) {
    const ask = order({ instrument: 1, side: 'sell', size: 100_000, price: 10_900 });
    const bid = { ...ask, side: 'buy' as const };
    expect(market.does('friend', bid)).toEqual([0]);
    expect(market.does('winner', immediate(ask))).toEqual([0]);
    expect(market.does('friend', ask)).toEqual([0]);
    expect(market.does('winner', immediate(bid))).toEqual([0]);
  }
  expect(market.size('winner')).toBe(100_000);
  market.at(11_500);
  for (let i = 0; i < 5; i++) market.at();
  expect(market.size('loser')).toBe(0);
  expect(market.size('winner') + market.size('honest')).toBe(100_000);
  return market.wealth('winner', 'friend');
}

describe('attack 6, hiding a gain by closing and opening again', () => {
  const locked = { lockMs: 3_600_000 };

  test('the winner ends with what it would have had, but for what a second unlocks', () => {
    const open = winnings({ isHiding: false, ...locked });
    const hidden = winnings({ isHiding: true, ...locked });
    // 45,000 of deficit × one second of the hour.
    expect(hidden - open).toBeLessThanOrEqual(45_000 / 3_600);
  });

  test('without the lock it works: the others pay the winner’s share', () => {
    const open = winnings({ isHiding: false, lockMs: 0 });
    const hidden = winnings({ isHiding: true, lockMs: 0 });
    expect(hidden).toBeGreaterThan(open + 1_000);
  });
});
