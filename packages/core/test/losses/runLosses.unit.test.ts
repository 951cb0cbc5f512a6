import { describe, expect, test } from 'vitest';
import { balanceAmount } from '../../src/ledger/index.ts';
import { runLiquidations } from '../../src/liquidation/index.ts';
import { runLosses } from '../../src/losses/index.ts';
import { lockedGainNow } from '../../src/positions/index.ts';
import { disarmTouched } from '../../src/risk/index.ts';
import {
  globalParameters,
  LIQUIDATION_STAGE,
  LIQUIDATION_WAIT,
  MARKET_STATE,
} from '../../src/schema/index.ts';
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
  open,
  setParameter,
  setPrice,
  setTiers,
  standing,
  trade,
} from '../fixtures/markets.ts';
import { give, setAssetParameter, setGlobalParameter } from '../fixtures/state.ts';
import { lend } from './crash.ts';

/** As a block does it: what was written is looked at again. */
function settleBlock(state: State): void {
  disarmTouched(state);
  runLiquidations(state);
  runLosses(state);
  expect(faults(state)).toEqual([]);
}

/**
 * The example of F12: longs of 100 bankrupt by 9,001; four shorts with gains and equities as
 * stated.
 */
function exampleOfAdl(): { state: State; bankrupt: number; winners: number[] } {
  const state = listedMarkets();
  // So little maintenance that nobody is below it.
  for (const market of [BTC, ETH]) {
    setTiers(state, market, [{ lowerBound: 0, initialPpm: 1_000, maintenancePpm: 100 }]);
  }
  const bankrupt = open(state, 100_999);
  // (lots, gain, equity): gain = lots × (entry − 8,900), equity = cash + gain.
  const table: [number, number, number][] = [
    [50, 12_000, 40_000],
    [30, 3_000, 1_500],
    [60, 15_000, 90_000],
    [10, 20_000, 50_000],
  ];
  const flat = open(state, 10_000_000);
  const winners = table.map(([size, gain, equity]) => {
    const winner = open(state, equity > gain ? equity - gain : 0);
    trade(state, { long: flat, short: winner, lots: size, price: 8_900 + gain / size });
    return winner;
  });
  // The one whose equity is below its gain lost it elsewhere.
  const poor = winners[1] ?? 0;
  trade(state, { long: poor, short: flat, lots: 1, price: 3_500, instrument: ETH });
  trade(state, { long: bankrupt, short: flat, lots: 100, price: 10_000 });
  setPrice(state, BTC, 8_900);
  return { state, bankrupt, winners };
}

describe('the worked example of F12', () => {
  test('winners give up 36, 9, 45 and 10 lots and pay 3240, 810, 4050 and 901', () => {
    const { state, bankrupt, winners } = exampleOfAdl();
    expect(standing(state, bankrupt).equity).toBe(-9_001);
    expect(winners.map((account) => standing(state, account).equity)).toEqual([
      40_000, 1_500, 90_000, 50_000,
    ]);
    settleBlock(state);
    const byWinner = winners.map((account) =>
      eventsOf(state, 'deleveraged').find((event) => event.account === account),
    );
    expect(byWinner.map((event) => event?.size)).toEqual([36, 9, 45, 10]);
    expect(byWinner.map((event) => event?.charge)).toEqual([3_240n, 810n, 4_050n, 901n]);
    expect(winners.map((account) => lots(state, account))).toEqual([-14, -21, -15, 0]);
    expect(standing(state, bankrupt)).toEqual({ equity: 0, marginBalance: 0, maintenance: 0 });
    expect(eventsOf(state, 'liquidationEnded')).toMatchObject([
      { account: bankrupt, outcome: 'bankrupt' },
    ]);
  });
});

/** A long that loses 40,000 on 20,000 of margin against one winner; BTC at 9,600. */
function oneBankrupt(options: { winner?: number } = {}): {
  state: State;
  bankrupt: number;
  winner: number;
} {
  const state = listedMarkets();
  const bankrupt = open(state, 20_000);
  const winner = open(state, options.winner ?? 100_000);
  trade(state, { long: bankrupt, short: winner, lots: 100, price: 10_000 });
  setPrice(state, BTC, 9_600);
  return { state, bankrupt, winner };
}

describe('the order of losses', () => {
  test('the pool pays first, then the shared fund, then gains', () => {
    const { state, bankrupt, winner } = oneBankrupt();
    fund(state, { pool: 5_000, fund: 7_000 });
    settleBlock(state);
    expect(eventsOf(state, 'poolDrawn')).toMatchObject([
      { instrument: BTC, market: BTC, amount: 5_000n },
      { instrument: 0, market: BTC, amount: 7_000n },
    ]);
    expect(eventsOf(state, 'deleveraged')).toMatchObject([{ account: winner, charge: 8_000n }]);
    expect(standing(state, winner).equity).toBe(132_000);
    expect([lots(state, bankrupt), lots(state, winner)]).toEqual([0, 0]);
  });

  test('with pools enough the winner is closed at mark and pays nothing', () => {
    const { state, winner } = oneBankrupt();
    fund(state, { pool: 25_000 });
    settleBlock(state);
    expect(state.instruments.pool.get(BTC)).toBe(5_000n);
    expect(standing(state, winner).equity).toBe(140_000);
  });

  test('a pool pays within its cap of 24 h', () => {
    const { state, winner } = oneBankrupt();
    fund(state, { pool: 25_000 });
    setParameter(state, BTC, 'poolDailyCap', 15_000);
    settleBlock(state);
    expect(state.instruments.pool.get(BTC)).toBe(10_000n);
    expect(standing(state, winner).equity).toBe(135_000);
  });

  test('what gains and principal cannot pay is recorded, and the market is closed to new risk', () => {
    const state = listedMarkets();
    const [bankrupt, winner] = [open(state, 1_000), open(state, 100_000)];
    trade(state, { long: bankrupt, short: winner, lots: 100, price: 10_000 });
    setPrice(state, BTC, 9_000);
    // The winner took its gain out of the market long ago.
    trade(state, { long: winner, short: open(state, 100_000), lots: 100, price: 9_000 });
    state.positions.lockedGain.set(state.slabs.positions.find(winner, BTC), 0n);
    settleBlock(state);
    // The one who holds the other side now was closed at mark before money is shared.
    expect(eventsOf(state, 'lossSocialized')).toEqual([]);
    expect(eventsOf(state, 'badDebtRecorded')).toMatchObject([{ instrument: BTC }]);
    expect(state.instruments.badDebt.get(BTC)).toBe(99_000n);
    expect(state.instruments.state.get(BTC)).toBe(MARKET_STATE.reduceOnly);
  });

  test('principal is asked of those still in the market, up to their initial margin', () => {
    const state = listedMarkets();
    const [bankrupt, rich, other] = [
      open(state, 1_000),
      open(state, 500_000),
      open(state, 500_000),
    ];
    trade(state, { long: bankrupt, short: rich, lots: 100, price: 10_000 });
    trade(state, { long: other, short: rich, lots: 20, price: 9_000 });
    setPrice(state, BTC, 9_000);
    // The winner's gain is on another account by now: nothing of it is left in the market.
    state.positions.entry.add(state.slabs.positions.find(rich, BTC), 100_000n);
    state.positions.entry.add(state.slabs.positions.find(other, BTC), -100_000n);
    state.positions.entry.add(state.slabs.positions.find(other, BTC), 100_000n);
    state.instruments.realizedTotal.add(BTC, 100_000n);
    state.assets.custody.add(1, -100_000n);
    settleBlock(state);
    const steps = eventsOf(state, 'lossSocialized').map((event) => event.step);
    expect(new Set(steps)).toEqual(new Set(['principal']));
    expect(eventsOf(state, 'lossSocialized').map((event) => event.amount)).toEqual([
      18_000n,
      18_000n,
    ]);
    expect(state.instruments.badDebt.get(BTC)).toBe(63_000n);
  });
});

describe('a gain that pays', () => {
  test('falls by exactly the charge, locked gain first, and pays no second time', () => {
    const { state, winner } = oneBankrupt();
    const third = open(state, 1_000_000);
    // Half of the winner's position is closed: 20,000 is locked, 20,000 unrealized.
    trade(state, { long: winner, short: third, lots: 50, price: 9_600 });
    settleBlock(state);
    const row = state.slabs.positions.find(winner, BTC);
    // 50 of the bankrupt's lots go to the winner, 50 at mark to the third, all 20,000 of gain
    // charged.
    expect(standing(state, winner).equity).toBe(120_000);
    expect(lockedGainNow(state, row)).toBe(20_000n);
  });
});

describe('attacks', () => {
  test('6: a winner who closed and opened again still pays, out of its locked gain', () => {
    const { state, bankrupt, winner } = oneBankrupt();
    const friend = open(state, 1_000_000);
    trade(state, { long: winner, short: friend, lots: 100, price: 9_600 });
    trade(state, { long: friend, short: winner, lots: 100, price: 9_600 });
    const before = standing(state, winner).equity + standing(state, friend).equity;
    settleBlock(state);
    const after = standing(state, winner).equity + standing(state, friend).equity;
    expect(before - after).toBe(20_000);
    expect(lots(state, bankrupt)).toBe(0);
  });

  test('6: closing for good leaves the gain locked, and it is socialized', () => {
    const { state, winner } = oneBankrupt();
    const friend = open(state, 1_000_000);
    trade(state, { long: winner, short: friend, lots: 100, price: 9_600 });
    settleBlock(state);
    expect(eventsOf(state, 'lossSocialized')).toMatchObject([
      { account: winner, amount: 20_000n, step: 'gains' },
    ]);
    expect(standing(state, friend).equity).toBe(1_000_000);
    expect(standing(state, winner).equity).toBe(120_000);
  });

  test('7: calling a position a hedge spares it only while its delta would grow, and only once', () => {
    const hedged = (isHedge: boolean): number => {
      const state = listedMarkets();
      const coin = addCollateral(state, BTC, 100_000);
      const bankrupt = open(state, 20_000);
      const [first, second] = [open(state, 100_000), open(state, 100_000)];
      if (isHedge) give(state, second, { asset: coin, amount: 50n });
      trade(state, { long: bankrupt, short: first, lots: 50, price: 10_000 });
      trade(state, { long: bankrupt, short: second, lots: 50, price: 10_000 });
      const flat = open(state, 10_000_000);
      trade(state, { long: flat, short: first, lots: 50, price: 10_000 });
      setPrice(state, BTC, 9_600);
      settleBlock(state);
      return -lots(state, second);
    };
    // By gain it gives up a third of 100 lots; as a hedge it goes second, and the first has 100.
    expect(hedged(false)).toBe(16);
    expect(hedged(true)).toBe(50);
  });

  test('7: a hedge still pays in the second pass when others cannot', () => {
    const state = listedMarkets();
    const coin = addCollateral(state, BTC, 100_000);
    const bankrupt = open(state, 20_000);
    const hedger = open(state, 100_000);
    give(state, hedger, { asset: coin, amount: 100n });
    trade(state, { long: bankrupt, short: hedger, lots: 100, price: 10_000 });
    setPrice(state, BTC, 9_600);
    settleBlock(state);
    expect(eventsOf(state, 'deleveraged')).toMatchObject([
      { account: hedger, size: 100, charge: 20_000n, pass: 2 },
    ]);
  });

  test('13: a deficit below a thousandth of its pool opens nothing; a larger one is forced after its time', () => {
    const state = listedMarkets();
    const winner = open(state, 10_000_000);
    const [large, small] = [open(state, 20_000), open(state, 39_999)];
    trade(state, { long: large, short: winner, lots: 100, price: 10_000 });
    setPrice(state, BTC, 9_600);
    runLiquidations(state);
    trade(state, { long: small, short: winner, lots: 100, price: 10_000 });
    fund(state, { pool: 1_000_000 });
    setGlobalParameter(state, globalParameters.lossBudget, 1);
    state.machine.timeMs.add(0, 1);
    settleBlock(state);
    // The older one was settled; one unit waits, far below 0.1 % of the pool.
    expect(state.accounts.liquidationStage.get(large)).toBe(LIQUIDATION_STAGE.none);
    expect(state.accounts.liquidationWait.get(small)).toBe(LIQUIDATION_WAIT.budget);
    expect(state.instruments.deficitMs.get(BTC)).toBe(0);
    settleBlock(state);
    expect(state.accounts.liquidationStage.get(small)).toBe(LIQUIDATION_STAGE.none);
  });
});

describe('a deficit that waits for budget', () => {
  function threeBankrupt(): { state: State; accounts: number[] } {
    const state = listedMarkets();
    const winner = open(state, 10_000_000);
    const accounts = [open(state, 20_000), open(state, 20_000), open(state, 20_000)];
    for (const long of accounts) trade(state, { long, short: winner, lots: 100, price: 10_000 });
    setPrice(state, BTC, 9_600);
    setGlobalParameter(state, globalParameters.lossBudget, 1);
    return { state, accounts };
  }

  test('is open until it is settled, one account a block', () => {
    const { state, accounts } = threeBankrupt();
    settleBlock(state);
    expect(state.instruments.deficitMs.get(BTC)).toBe(state.machine.timeMs.get(0));
    expect(state.machine.lossCount.get(0)).toBe(2);
    settleBlock(state);
    settleBlock(state);
    expect(state.instruments.deficitMs.get(BTC)).toBe(0);
    expect(state.machine.lossCount.get(0)).toBe(0);
    expect(accounts.map((account) => lots(state, account))).toEqual([0, 0, 0]);
  });

  test('is forced for all once it was open for its time', () => {
    const { state } = threeBankrupt();
    settleBlock(state);
    state.machine.timeMs.add(0, 3_600_000);
    settleBlock(state);
    expect(state.machine.lossCount.get(0)).toBe(0);
    expect(state.instruments.deficitMs.get(BTC)).toBe(0);
  });
});

describe('lending and collateral of a bankrupt account', () => {
  /** Borrowed 10 coins at 100 each against 20,000; the coin goes to 3,000. */
  function bankruptBorrower(): { state: State; supplier: number; borrower: number; coin: number } {
    const state = listedMarkets();
    const coin = addCollateral(state, BTC, 100_000);
    setAssetParameter(state, coin, { id: 4 }, 100_000);
    const [supplier, borrower] = [open(state, 1_000), open(state, 120_000)];
    give(state, borrower, { asset: coin, amount: 20n });
    lend(state, { coin, supplier, borrower, owed: 10 });
    state.balances.amount.set(state.slabs.balances.find(borrower, coin), 0n);
    state.assets.custody.add(coin, -21n);
    setPrice(state, BTC, 15_000);
    return { state, supplier, borrower, coin };
  }

  test('the suppliers of an asset bear what its loan lacks, and get the rest in money at index', () => {
    const { state, supplier, borrower, coin } = bankruptBorrower();
    expect(standing(state, borrower).equity).toBe(-30_000);
    settleBlock(state);
    // 150,000 owed, 120,000 there: 2 of 10 coins are lost, 8 are paid at 15,000.
    expect(eventsOf(state, 'lossSocialized')).toMatchObject([{ asset: coin, amount: 2n }]);
    expect(eventsOf(state, 'suppliersPaid')).toMatchObject([
      { account: borrower, asset: coin, amount: 8n, paid: 120_000n },
    ]);
    expect(balanceAmount(state, supplier, 1)).toBe(121_000n);
    expect(state.assets.supplyTotal.get(coin)).toBe(10n);
    expect(standing(state, borrower).equity).toBe(0);
  });

  test('what the fund pays for a lending market spares its suppliers', () => {
    const { state, coin } = bankruptBorrower();
    fund(state, { fund: 50_000 });
    settleBlock(state);
    expect(eventsOf(state, 'lossSocialized')).toEqual([]);
    expect(state.assets.badDebt.get(coin)).toBe(0n);
    expect(state.machine.fund.get(0)).toBe(20_000n);
  });

  test('the fund returns a loan in kind from what it holds', () => {
    const { state, coin } = bankruptBorrower();
    state.assets.fundHeld.add(coin, 100n);
    state.assets.custody.add(coin, 100n);
    settleBlock(state);
    expect(eventsOf(state, 'assetBought')).toMatchObject([
      { asset: coin, amount: 8n, paid: 120_000n },
    ]);
    expect(eventsOf(state, 'suppliersPaid')).toEqual([]);
  });

  /** 10 coins of 10,000 and a lost position: 50,000 below zero at 5,000 a coin. */
  function bankruptHolder(): { state: State; holder: number; winner: number; coin: number } {
    const state = listedMarkets();
    const coin = addCollateral(state, BTC, 100_000);
    const [holder, winner] = [open(state, 0), open(state, 1_000_000)];
    give(state, holder, { asset: coin, amount: 10n });
    trade(state, { long: holder, short: winner, lots: 20, price: 10_000 });
    setPrice(state, BTC, 5_000);
    return { state, holder, winner, coin };
  }

  test('collateral of a bankrupt account goes to the fund at index', () => {
    const { state, holder, winner, coin } = bankruptHolder();
    fund(state, { fund: 1_000_000 });
    expect(standing(state, holder).equity).toBe(-50_000);
    settleBlock(state);
    expect(eventsOf(state, 'collateralSold')).toMatchObject([
      { account: holder, asset: coin, amount: 10n, paid: 50_000n },
    ]);
    expect(standing(state, winner).equity).toBe(1_100_000);
    expect(state.machine.fund.get(0)).toBe(900_000n);
    expect(state.accounts.liquidationStage.get(holder)).toBe(LIQUIDATION_STAGE.none);
  });

  test('what the fund has no money for backs a loan of its value until the fund has', () => {
    const { state, holder, winner, coin } = bankruptHolder();
    settleBlock(state);
    expect(standing(state, winner).equity).toBe(1_050_000);
    expect(standing(state, holder).equity).toBe(0);
    expect(state.accounts.liquidationWait.get(holder)).toBe(LIQUIDATION_WAIT.noBuyer);
    fund(state, { fund: 1_000_000 });
    settleBlock(state);
    expect(state.assets.fundHeld.get(coin)).toBe(10n);
    expect(state.accounts.liquidationStage.get(holder)).toBe(LIQUIDATION_STAGE.none);
    expect(state.machine.fund.get(0)).toBe(950_000n);
  });

  test('while it waits a fall of its price books nothing, and is settled when the fund has money', () => {
    const { state, holder } = bankruptHolder();
    settleBlock(state);
    state.events.length = 0;
    setPrice(state, BTC, 4_500);
    settleBlock(state);
    expect(state.events).toEqual([]);
    expect(standing(state, holder).equity).toBe(-5_000);
    fund(state, { fund: 1_000_000 });
    settleBlock(state);
    expect(eventsOf(state, 'poolDrawn')).toMatchObject([{ instrument: 0, amount: 5_000n }]);
    expect(eventsOf(state, 'collateralSold')).toMatchObject([{ amount: 10n, paid: 45_000n }]);
    expect(standing(state, holder).equity).toBe(0);
  });

  test('it waits no longer than a deficit may stay open: then the lending market bears it', () => {
    const { state, holder } = bankruptHolder();
    settleBlock(state);
    state.machine.timeMs.add(0, 3_600_000);
    settleBlock(state);
    expect(state.accounts.liquidationStage.get(holder)).toBe(LIQUIDATION_STAGE.none);
    expect(state.assets.badDebt.get(1)).toBe(50_000n);
    expect(standing(state, holder).equity).toBe(0);
  });
});

describe('an empty book', () => {
  test('everything falls through to exact ADL within the block', () => {
    const state = listedMarkets();
    const winners = [open(state, 100_000), open(state, 300_000)];
    const longs = [10_000, 20_000, 30_000].map((cash) => open(state, cash));
    longs.forEach((long, k) => {
      const short = winners[k % 2] ?? 0;
      trade(state, { long, short, lots: 100, price: 10_000 });
    });
    setPrice(state, BTC, 9_000);
    settleBlock(state);
    expect(longs.map((account) => lots(state, account))).toEqual([0, 0, 0]);
    expect(eventsOf(state, 'liquidationEnded').map((event) => event.outcome)).toEqual([
      'bankrupt',
      'bankrupt',
      'bankrupt',
    ]);
    const left = winners.reduce((sum, account) => sum + standing(state, account).equity, 0);
    expect(left).toBe(460_000);
  });

  test('bankrupt longs and shorts close against each other first', () => {
    const state = listedMarkets();
    const [long, short, solvent] = [open(state, 20_000), open(state, 5_000), open(state, 900_000)];
    trade(state, { long, short: solvent, lots: 60, price: 10_000 });
    trade(state, { long: solvent, short, lots: 40, price: 9_000 });
    setPrice(state, BTC, 9_400);
    settleBlock(state);
    expect(eventsOf(state, 'deleveraged')).toMatchObject([
      { bankrupt: long, account: short, size: 40, pass: 0 },
      { bankrupt: long, account: solvent, size: 20 },
    ]);
    expect([long, short, solvent].map((account) => lots(state, account))).toEqual([0, 0, 0]);
    expect(standing(state, solvent).equity).toBe(925_000);
  });
});
