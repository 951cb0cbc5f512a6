import { describe, expect, test } from 'vitest';
import { liquidationErrors, runLiquidations } from '../../src/liquidation/index.ts';
import { INDEX_STATUS, LIQUIDATION_STAGE, LIQUIDATION_WAIT } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  addCollateral,
  BTC,
  ETH,
  eventsOf,
  faults,
  fund,
  listedMarkets,
  lots,
  maker,
  open,
  rest,
  setParameter,
  setPrice,
  setTiers,
  standing,
  trade,
} from '../fixtures/markets.ts';
import { give, setAssetParameter } from '../fixtures/state.ts';
import { lend } from '../losses/crash.ts';

/** A long of 100 lots at 10,000 with so much cash, against a rich account. */
function longOf(cash: number): { state: State; account: number; other: number } {
  const state = listedMarkets();
  const other = open(state, 1_000_000_000);
  const account = open(state, cash);
  trade(state, { long: account, short: other, lots: 100, price: 10_000 });
  return { state, account, other };
}

describe('evidence', () => {
  test('an account that a doubtful index could spare waits, and nothing is closed', () => {
    const { state, account } = longOf(40_000);
    maker(state, { bid: 9_990, lots: 1_000 });
    state.underlyings.status.set(BTC, INDEX_STATUS.degraded);
    state.underlyings.plausibleHigh.set(BTC, 10_500);
    runLiquidations(state);
    expect(lots(state, account)).toBe(100);
    expect(eventsOf(state, 'liquidationWaited')).toMatchObject([{ account, reason: 'evidence' }]);
    expect(state.accounts.liquidationStage.get(account)).toBe(LIQUIDATION_STAGE.none);
    expect(liquidationErrors(state)).toEqual([]);
  });

  test('below maintenance at the mark alone it waits too: no book by itself liquidates', () => {
    const { state, account } = longOf(51_000);
    maker(state, { bid: 9_900, lots: 1_000 });
    state.instruments.markPrice.set(BTC, 9_950);
    runLiquidations(state);
    expect(lots(state, account)).toBe(100);
    expect(state.accounts.liquidationWait.get(account)).toBe(LIQUIDATION_WAIT.evidence);
  });

  test('in grace it waits while it has equity', () => {
    const { state, account } = longOf(40_000);
    maker(state, { bid: 9_990, lots: 1_000 });
    state.underlyings.graceUntilMs.set(BTC, state.machine.timeMs.get(0) + 1_000);
    runLiquidations(state);
    expect(eventsOf(state, 'liquidationWaited')).toMatchObject([{ account, reason: 'grace' }]);
    setPrice(state, BTC, 9_500);
    runLiquidations(state);
    expect(eventsOf(state, 'liquidationStarted')).toMatchObject([{ account, equity: -10_000 }]);
  });

  test('the wait is forgotten when the account is healthy again', () => {
    const { state, account } = longOf(40_000);
    state.underlyings.graceUntilMs.set(BTC, state.machine.timeMs.get(0) + 1_000);
    runLiquidations(state);
    setPrice(state, BTC, 10_500);
    runLiquidations(state);
    expect(state.accounts.liquidationWait.get(account)).toBe(LIQUIDATION_WAIT.none);
  });
});

describe('an account without equity', () => {
  test('closes below its bankruptcy price only as far as insurance can pay', () => {
    const { state, account } = longOf(20_000);
    maker(state, { bid: 9_600, lots: 1_000 });
    setPrice(state, BTC, 9_700);
    // Bankruptcy at 9,800, limit 9,700 × (1 − 7.5 %) = 8,973: 827 a lot.
    fund(state, { pool: 8_270, fund: 827 * 2 });
    runLiquidations(state);
    expect(eventsOf(state, 'closedOut')).toMatchObject([
      { size: 12, quote: 115_200n, penalty: 0n, fee: 0n, limit: 8_973, bankruptcyPrice: 9_800 },
    ]);
    expect(lots(state, account)).toBe(88);
    expect(state.accounts.liquidationStage.get(account)).toBe(LIQUIDATION_STAGE.losses);
  });

  test('insurance set aside for one account is not there for the next', () => {
    const { state, account, other } = longOf(20_000);
    const second = open(state, 20_000);
    trade(state, { long: second, short: other, lots: 100, price: 10_000 });
    maker(state, { bid: 9_600, lots: 1_000 });
    setPrice(state, BTC, 9_700);
    fund(state, { pool: 827 * 10 });
    runLiquidations(state);
    // 10 lots at 200 below the bankruptcy price leave 6,270 of 8,270.
    expect([lots(state, account), lots(state, second)]).toEqual([90, 93]);
  });

  test('without insurance it closes at its bankruptcy price or better', () => {
    const { state, account } = longOf(20_000);
    const bidder = open(state, 1_000_000_000);
    rest(state, bidder, { side: 'buy', lots: 30, price: 9_800 });
    rest(state, bidder, { side: 'buy', lots: 30, price: 9_799 });
    setPrice(state, BTC, 9_700);
    runLiquidations(state);
    expect(lots(state, account)).toBe(70);
    expect(standing(state, account).equity).toBe(-7_000);
  });
});

describe('what a step leaves alone', () => {
  test('a leg that costs more than it releases goes last', () => {
    const state = listedMarkets();
    const other = open(state, 1_000_000_000);
    const account = open(state, 69_000);
    trade(state, { long: account, short: other, lots: 100, price: 10_000 });
    trade(state, { long: account, short: other, lots: 200, price: 2_000, instrument: ETH });
    maker(state, { bid: 9_999, lots: 1_000 });
    maker(state, { bid: 1_850, lots: 1_000, instrument: ETH });
    runLiquidations(state);
    expect(lots(state, account)).toBeLessThan(100);
    expect(lots(state, account, ETH)).toBe(200);
  });

  test('across tiers the limit goes by the lowest rate that a close may reach', () => {
    const { state, account } = longOf(9_000);
    setTiers(state, BTC, [
      { lowerBound: 0, initialPpm: 30_000, maintenancePpm: 15_000 },
      { lowerBound: 500_000, initialPpm: 200_000, maintenancePpm: 100_000 },
    ]);
    setParameter(state, BTC, 'limitPpm', 9_000_000);
    // Neutral for 10 %: 9,105; for 1.5 %: 9,955. A bid between would lower health in the low tier.
    maker(state, { bid: 9_920, lots: 1_000 });
    runLiquidations(state);
    expect(lots(state, account)).toBe(100);
    maker(state, { bid: 9_970, lots: 1_000 });
    runLiquidations(state);
    const closes = eventsOf(state, 'closedOut');
    expect(closes.length).toBeGreaterThan(0);
    for (const { healthBefore, healthAfter } of closes) {
      expect(healthAfter).toBeGreaterThanOrEqual(healthBefore);
    }
  });

  test('own orders are not traded with', () => {
    const { state, account } = longOf(40_000);
    for (let word = 0; word < 5; word++) {
      const owner = state.accounts.owner.get(account * 5 + word);
      state.accounts.owner.set((account + 1) * 5 + word, owner);
    }
    const friend = maker(state, { bid: 9_990, lots: 10 });
    for (let word = 0; word < 5; word++) {
      state.accounts.owner.set(friend * 5 + word, state.accounts.owner.get(account * 5 + word));
    }
    maker(state, { bid: 9_980, lots: 1_000 });
    runLiquidations(state);
    expect(eventsOf(state, 'filled').map((event) => event.price)).not.toContain(9_990);
    expect(eventsOf(state, 'closedOut')).toHaveLength(1);
  });
});

describe('collateral and loans', () => {
  /** 10 coins of 10,000 at a haircut of 20 % against a loan that was taken out. */
  function borrower(owed: number): { state: State; account: number; coin: number } {
    const state = listedMarkets();
    open(state, 1_000_000_000);
    const coin = addCollateral(state, BTC, 200_000);
    const account = open(state, 0);
    give(state, account, { asset: coin, amount: 10n });
    const row = state.slabs.balances.find(account, 1);
    state.balances.debtShares.add(row, BigInt(owed) * 1_000n);
    state.assets.borrowTotal.add(1, BigInt(owed));
    state.assets.borrowShares.add(1, BigInt(owed) * 1_000n);
    state.assets.custody.add(1, -BigInt(owed));
    return { state, account, coin };
  }

  test('the least collateral is sold to the fund at index less the discount', () => {
    const { state, account, coin } = borrower(84_000);
    fund(state, { fund: 1_000_000 });
    // 80,000 − 84,000: each coin sold at 9,800 instead of 8,000 brings 1,800. Four leave 3,200 for
    // 44,800 owed, below a tenth; five leave 5,000 for 35,000.
    runLiquidations(state);
    expect(eventsOf(state, 'collateralSold')).toMatchObject([
      { account, asset: coin, amount: 5n, debtAsset: 1, paid: 49_000n },
    ]);
    expect(standing(state, account).marginBalance).toBe(5_000);
    expect(eventsOf(state, 'liquidationEnded')).toMatchObject([{ outcome: 'restored' }]);
    expect(state.assets.fundHeld.get(coin)).toBe(5n);
    expect(faults(state)).toEqual([]);
  });

  test('without money in the fund it waits for a buyer', () => {
    const { state, account } = borrower(84_000);
    runLiquidations(state);
    expect(eventsOf(state, 'liquidationWaited')).toMatchObject([{ account, reason: 'noBuyer' }]);
    fund(state, { fund: 10_000 });
    runLiquidations(state);
    expect(eventsOf(state, 'collateralSold')).toMatchObject([{ amount: 1n, paid: 9_800n }]);
    expect(eventsOf(state, 'liquidationEnded')).toEqual([]);
  });

  test('an asset that the account owes is bought from what the fund holds', () => {
    const state = listedMarkets();
    open(state, 1_000_000_000);
    const coin = addCollateral(state, ETH, 100_000);
    setAssetParameter(state, coin, { id: 4 }, 200_000);
    const [supplier, account] = [open(state, 0), open(state, 23_000)];
    lend(state, { coin, supplier, borrower: account, owed: 10 });
    state.assets.fundHeld.add(coin, 100n);
    state.assets.custody.add(coin, 100n);
    // Owes 9 net: 23,000 − 9 × 2,000 × 1.2 = 1,400; at 2,300 it is 1,840 short.
    setPrice(state, ETH, 2_300);
    runLiquidations(state);
    // One coin costs 2,346 and takes 2,760 of liability: five reach 0, seven a tenth of what is
    // owed.
    expect(eventsOf(state, 'assetBought')).toMatchObject([{ account, asset: coin, amount: 7n }]);
    expect(standing(state, account).marginBalance).toBeGreaterThanOrEqual(460);
    expect(faults(state)).toEqual([]);
  });
});
