import { describe, expect, test } from 'vitest';
import { runLiquidations } from '../../src/liquidation/index.ts';
import { globalParameters, LIQUIDATION_STAGE, LIQUIDATION_WAIT } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import {
  BTC,
  ETH,
  eventsOf,
  faults,
  listedMarkets,
  lots,
  maker,
  open,
  rest,
  setDepth,
  setParameter,
  setPrice,
  standing,
  trade,
} from '../fixtures/markets.ts';
import { give } from '../fixtures/state.ts';

/** The example of F9: BTC 100 @10,000, ETH 200 @2,000, margin balance 70,000. */
function exampleAccount(state: State): number {
  const other = open(state, 1_000_000_000);
  const account = open(state, 70_000);
  trade(state, { long: account, short: other, lots: 100, price: 10_000 });
  trade(state, { long: account, short: other, lots: 200, price: 2_000, instrument: ETH });
  return account;
}

describe('the worked example of F9 and F10', () => {
  test('142 lots of ETH restore it, sold within the limit; BTC is left alone', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 9_960, lots: 1_000 });
    maker(state, { bid: 1_988, lots: 1_000, instrument: ETH });
    expect(standing(state, account)).toMatchObject({ marginBalance: 70_000, maintenance: 82_000 });
    runLiquidations(state);
    expect([lots(state, account), lots(state, account, ETH)]).toEqual([100, 58]);
    const [closed] = eventsOf(state, 'closedOut');
    expect(closed).toMatchObject({ instrument: ETH, size: 142, quote: 282_296n, limit: 1_965 });
    // ⌈1.05 % of 282,296⌉, fees after insurance.
    expect((closed?.penalty ?? 0n) + (closed?.fee ?? 0n)).toBe(2_965n);
    const { marginBalance, maintenance } = standing(state, account);
    expect([marginBalance, maintenance]).toEqual([65_331, 59_280]);
    expect(eventsOf(state, 'liquidationEnded')).toMatchObject([{ account, outcome: 'restored' }]);
    expect(state.accounts.liquidationStage.get(account)).toBe(LIQUIDATION_STAGE.none);
    expect(faults(state)).toEqual([]);
  });

  test('141 lots leave it short of the target', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 1_988, lots: 141, instrument: ETH });
    runLiquidations(state);
    const { marginBalance, maintenance } = standing(state, account);
    expect(lots(state, account, ETH)).toBe(59);
    expect(marginBalance).toBeLessThan(1.1 * maintenance);
    expect(eventsOf(state, 'liquidationEnded')).toEqual([]);
    expect(eventsOf(state, 'liquidationWaited')).toMatchObject([{ reason: 'depth' }]);
  });
});

describe('limits of a step', () => {
  test('a bid below the limit is not hit, and the account waits for depth', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 1_964, lots: 1_000, instrument: ETH });
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(200);
    expect(state.accounts.liquidationWait.get(account)).toBe(LIQUIDATION_WAIT.depth);
  });

  test('a step takes no more than its share of the aged depth, and the next block goes on', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 1_988, lots: 1_000, instrument: ETH });
    setParameter(state, ETH, 'depthSharePpm', 250_000);
    setDepth(state, ETH, 400_000);
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(150);
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(100);
  });

  test('no depth closes nothing, but for a dust rest', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 1_988, lots: 1_000, instrument: ETH });
    setDepth(state, ETH, 0);
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(200);
    setParameter(state, ETH, 'notionalDust', 400_001);
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(0);
  });

  test('what is left below the dust notional goes along', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    maker(state, { bid: 1_988, lots: 1_000, instrument: ETH });
    setParameter(state, ETH, 'notionalDust', 58 * 2_000 + 1);
    runLiquidations(state);
    expect(lots(state, account, ETH)).toBe(0);
  });

  test('the penalty takes no more than the equity that is left', () => {
    const state = listedMarkets();
    const other = open(state, 1_000_000_000);
    const account = open(state, 50);
    trade(state, { long: account, short: other, lots: 1, price: 10_000 });
    maker(state, { bid: 9_990, lots: 10 });
    runLiquidations(state);
    const [closed] = eventsOf(state, 'closedOut');
    expect((closed?.penalty ?? 0n) + (closed?.fee ?? 0n)).toBe(40n);
    expect(standing(state, account).equity).toBe(0);
    expect(eventsOf(state, 'liquidationEnded')).toMatchObject([{ outcome: 'emptied' }]);
  });
});

describe('the queue', () => {
  test('orders are cancelled before anything is closed', () => {
    const state = listedMarkets();
    const account = open(state, 500_000);
    rest(state, account, { side: 'buy', lots: 10, price: 9_000 });
    rest(state, account, { side: 'sell', lots: 5, price: 11_000, instrument: ETH });
    const other = open(state, 1_000_000_000);
    trade(state, { long: account, short: other, lots: 100, price: 10_000 });
    setPrice(state, BTC, 5_250);
    runLiquidations(state);
    expect(eventsOf(state, 'orderCancelled')).toMatchObject([
      { account, instrument: BTC, reason: 'liquidation' },
      { account, instrument: ETH, reason: 'liquidation' },
    ]);
    expect(state.accounts.orderCount.get(account)).toBe(0);
    expect(lots(state, account)).toBe(100);
  });

  test('an account that recovers by itself leaves when it is reached', () => {
    const state = listedMarkets();
    const account = exampleAccount(state);
    runLiquidations(state);
    expect(state.accounts.liquidationStage.get(account)).toBe(LIQUIDATION_STAGE.closeOut);
    give(state, account, { amount: 12_000n });
    runLiquidations(state);
    expect(eventsOf(state, 'liquidationEnded')).toMatchObject([{ account, outcome: 'cured' }]);
    expect(state.accounts.liquidationMs.get(account)).toBe(0);
  });

  test('a reason to wait is told once', () => {
    const state = listedMarkets();
    exampleAccount(state);
    for (let k = 0; k < 3; k++) runLiquidations(state);
    expect(eventsOf(state, 'liquidationWaited')).toHaveLength(1);
  });

  test('the largest shortfall goes first, the rest waits for budget', () => {
    const state = listedMarkets();
    const other = open(state, 1_000_000_000);
    const [mild, bad] = [open(state, 45_000), open(state, 20_000)];
    for (const account of [mild, bad]) {
      trade(state, { long: account, short: other, lots: 100, price: 10_000 });
    }
    maker(state, { bid: 9_990, lots: 1_000 });
    state.machine.parameters.set(2, 1);
    runLiquidations(state);
    expect(lots(state, mild)).toBe(100);
    expect(lots(state, bad)).toBeLessThan(100);
    expect(state.accounts.liquidationWait.get(mild)).toBe(LIQUIDATION_WAIT.budget);
    runLiquidations(state);
    expect(lots(state, mild)).toBeLessThan(100);
    expect(faults(state)).toEqual([]);
  });

  test('ageing brings a small shortfall before a larger one that came later', () => {
    const state = listedMarkets();
    const other = open(state, 1_000_000_000);
    const small = open(state, 45_000);
    trade(state, { long: small, short: other, lots: 100, price: 10_000 });
    runLiquidations(state);
    state.machine.timeMs.add(0, 100_000);
    const large = open(state, 20_000);
    trade(state, { long: large, short: other, lots: 100, price: 10_000 });
    maker(state, { bid: 9_990, lots: 1_000 });
    state.machine.parameters.set(2, 1);
    runLiquidations(state);
    expect(lots(state, small)).toBeLessThan(100);
    expect(lots(state, large)).toBe(100);
  });
});

test('trials of the least size are work: a book of single lots does not stall a block', () => {
  const state = listedMarkets();
  state.machine.parameters.set(globalParameters.liquidationBudget.id, 400);
  const accounts = [exampleAccount(state), exampleAccount(state)];
  for (let k = 0; k < 300; k++) maker(state, { bid: 1_988, lots: 1, instrument: ETH });
  runLiquidations(state);
  // 142 fills, tried at least twice; the other account waits for the next block.
  expect(accounts.map((account) => lots(state, account, ETH))).toEqual([58, 200]);
  const [, second] = accounts as [number, number];
  expect(state.accounts.liquidationWait.get(second)).toBe(LIQUIDATION_WAIT.budget);
  runLiquidations(state);
  expect(lots(state, second, ETH)).toBe(58);
});
