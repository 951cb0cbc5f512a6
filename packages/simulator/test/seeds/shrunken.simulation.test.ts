import { freeMargin } from '@plimsoll/core/risk';
import { expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// What seeds found (seeds.md), shrunk to a few lines. Every checker is on in a Market.

test('a gain that is realized and not locked pays its charge from the balance, not from an empty row', () => {
  const market = new Market({ global: { gainLockMs: 0 }, initialPpm: 100_000 });
  market.open('winner', 1_000);
  market.open('loser', 101);
  market.trade('winner', 'loser', 100);
  // 150 lost of 101: the winner is closed in full at mark and pays 49 of its gain of 150.
  market.at(11_500);
  expect(market.size('winner')).toBe(0);
  expect(market.wealth('winner')).toBeCloseTo(1_101, 6);
  expect(market.wealth('loser')).toBe(0);
  const { state } = market.world.machine;
  expect(state.instruments.realizedTotal.get(1)).toBe(0n);
  market.at();
});

test('a deposit worth more than can be counted exactly is refused with 211', () => {
  const market = new Market();
  market.open('whale', 10);
  const { world } = market;
  const owner = world.ownerOf(market.id('whale'));
  const account = market.id('whale');
  // A unit of asset 2 is worth a million settlement units: 2^56 ÷ 10^6 of them are the most.
  const most = 72_057_594_037n;
  for (const [amount, code] of [
    [9_007_199_254_740_991n, 211],
    [most + 1n, 211],
    [most, 0],
    [1n, 211],
  ] as const) {
    const deposit = world.deposit({ owner, account, asset: 2, amount });
    world.send(world.signAs('custodian', [deposit]));
    expect(market.step(0).results[0]?.actions).toEqual([code]);
  }
});

test('a repayment that rounds away the last free margin is taken: it is not new risk', () => {
  const market = new Market({ asset: { rateKinkPpm: 100_000_000, rateFullPpm: 100_000_000 } });
  market.open('lender', 1);
  market.top('lender', 2, 10n);
  market.does('lender', { kind: 'supply', asset: 2, amount: 10n });
  market.open('other', 100);
  market.open('borrower', 100);
  market.open('maker', 1_000);
  expect(market.does('other', { kind: 'borrow', asset: 2, amount: 7n })).toEqual([0]);
  expect(market.does('borrower', { kind: 'borrow', asset: 2, amount: 1n })).toEqual([0]);
  market.top('borrower', 2, 1n);
  // Nine dollars are owed on eight: of the one dollar 1.125, for which a repayment takes two.
  market.at(10_000, 60_000);
  expect(market.world.machine.state.assets.borrowTotal.get(2)).toBe(9n);
  const free = (): number => freeMargin(market.world.machine.state, market.id('borrower')) / 1e6;
  const lots = Math.floor(free() / 0.5);
  market.trade('borrower', 'maker', lots);
  expect(market.size('borrower')).toBe(lots);
  expect(free()).toBeGreaterThanOrEqual(0);
  expect(market.does('borrower', { kind: 'repay', asset: 2, amount: 0n })).toEqual([0]);
  expect(free()).toBeLessThan(0);
});
