import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { debtOf, ensureBalance } from '../../src/ledger/index.ts';
import { fillOnBook } from '../../src/liquidation/bookFill.ts';
import { runLiquidations } from '../../src/liquidation/index.ts';
import { findLeg } from '../../src/liquidation/leg.ts';
import { createRun } from '../../src/liquidation/run.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
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
  setDepth,
  setParameter,
  setPrice,
  setTiers,
  standing,
  trade,
} from '../fixtures/markets.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { give } from '../fixtures/state.ts';

const seed: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0x7fffffff });
const seen = new Map<string, number>();

afterAll(() => {
  for (const kind of ['closedOut', 'restored', 'least', 'depth', 'collateralSold']) {
    expect([kind, seen.get(kind) ?? 0]).not.toEqual([kind, 0]);
  }
  process.stdout.write(`runLiquidations: ${JSON.stringify(Object.fromEntries(seen))}\n`);
});

function count(state: State): void {
  for (const event of state.events) {
    const add = (name: string): void => void seen.set(name, (seen.get(name) ?? 0) + 1);
    add(event.kind);
    if (event.kind === 'liquidationEnded') add(event.outcome);
    if (event.kind === 'liquidationWaited') add(event.reason);
  }
}

/** A book of several levels on both sides of a market, of rich makers. */
function randomBook(state: State, draw: Draw, instrument: number): void {
  const price = state.instruments.markPrice.get(instrument);
  const levels = 1 + draw(6);
  for (let level = 0; level < levels; level++) {
    const away = 1 + Math.floor((price * draw(40_000)) / 1_000_000);
    maker(state, { bid: price - away, ask: price + away, lots: 1 + draw(150), instrument });
  }
}

/** One account with legs in both markets, some below maintenance, against books at random. */
function distressed(draw: Draw, leastPercent = 5): { state: State; account: number } {
  const state = listedMarkets();
  if (draw(3) === 0) {
    setTiers(state, BTC, [
      { lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 },
      { lowerBound: 400_000, initialPpm: 100_000, maintenancePpm: 50_000 },
    ]);
  }
  const other = open(state, 1_000_000_000);
  const btc = 1 + draw(120);
  const eth = 1 + draw(400);
  const maintenance = btc * 500 + eth * 160;
  const account = open(
    state,
    Math.floor((maintenance * (leastPercent + draw(105 - leastPercent))) / 100),
  );
  const sides = [draw(2) === 0, draw(2) === 0];
  const deal = (isLong: boolean): { long: number; short: number } =>
    isLong ? { long: account, short: other } : { long: other, short: account };
  trade(state, { ...deal(sides[0] === true), lots: btc, price: 10_000 });
  trade(state, { ...deal(sides[1] === true), lots: eth, price: 2_000, instrument: ETH });
  randomBook(state, draw, BTC);
  randomBook(state, draw, ETH);
  if (draw(3) === 0) setDepth(state, ETH, draw(400_000));
  if (draw(3) === 0) setParameter(state, BTC, 'depthSharePpm', 1 + draw(500_000));
  state.events.length = 0;
  return { state, account };
}

describe('a close-out', () => {
  test('takes the least: one lot less of the last leg leaves the account short of the target', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { state, account } = distressed(seeded(n), 60);
        setDepth(state, ETH, 1e15);
        setParameter(state, BTC, 'depthSharePpm', 1_000_000);
        const point = savepoint(state);
        runLiquidations(state);
        count(state);
        const closes = eventsOf(state, 'closedOut');
        if (eventsOf(state, 'liquidationEnded').length === 0 || closes.length === 0) return;
        const { marginBalance, maintenance } = standing(state, account);
        expect(marginBalance).toBeGreaterThanOrEqual(1.1 * maintenance);
        rollbackTo(state, point);
        const run = createRun(state);
        closes.forEach(({ instrument, size, limit }, k) => {
          const leg = findLeg(state, account, instrument);
          if (leg === undefined) throw new Error('the leg is there again');
          const isLast = k === closes.length - 1;
          const lots = isLast ? size - 1 : size;
          if (lots > 0) fillOnBook(run, account, { leg, lots, limit });
        });
        const short = standing(state, account);
        expect(short.marginBalance).toBeLessThan(1.1 * short.maintenance);
        seen.set('least', (seen.get('least') ?? 0) + 1);
      }),
      { numRuns: 120 },
    );
  });

  test('never lowers the health of a solvent account, nor takes it below zero', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { state, account } = distressed(seeded(n));
        const before = standing(state, account);
        for (let block = 0; block < 3; block++) runLiquidations(state);
        count(state);
        expect(faults(state)).toEqual([]);
        if (before.equity <= 0) return;
        for (const { healthBefore, healthAfter } of eventsOf(state, 'closedOut')) {
          expect(healthAfter).toBeGreaterThanOrEqual(healthBefore);
        }
        expect(standing(state, account).equity).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 80 },
    );
  });

  test('never trades beyond its limit or above its share of the depth', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const { state, account } = distressed(seeded(n));
        const sides = [0, Math.sign(lots(state, account)), Math.sign(lots(state, account, ETH))];
        runLiquidations(state);
        count(state);
        for (const { instrument, limit, size, quote } of eventsOf(state, 'closedOut')) {
          const side = sides[instrument] ?? 0;
          expect(side * (Number(quote) - size * limit)).toBeGreaterThanOrEqual(0);
          const { depthBid, markPrice } = state.instruments;
          const share = state.instruments.parameters.get(instrument * 48 + 15) / 1e6;
          const most = (depthBid.get(instrument) * share) / markPrice.get(instrument);
          expect(size).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('collateral', () => {
  test('the fund buys the least that restores an account without positions, never lowering its health', () => {
    fc.assert(
      fc.property(seed, (n) => {
        const draw = seeded(n);
        const state = listedMarkets();
        open(state, 1_000_000_000);
        const coin = addCollateral(state, BTC, 30_000 + draw(400_000));
        state.assets.valueDenominator.set(coin, 1_000);
        setPrice(state, BTC, 10_000);
        const account = open(state, 0);
        give(state, account, { asset: coin, amount: BigInt(1_000 + draw(100_000)) });
        const value = Number(state.balances.amount.get(ensureBalance(state, account, coin))) * 10;
        owe(state, account, Math.floor((value * (50 + draw(49))) / 100));
        fund(state, { fund: draw(3) === 0 ? draw(value) : 10 * value });
        const before = standing(state, account);
        runLiquidations(state);
        count(state);
        expect(faults(state)).toEqual([]);
        const after = standing(state, account);
        const [sale] = eventsOf(state, 'collateralSold');
        if (before.marginBalance >= 0) expect(sale).toBeUndefined();
        if (sale === undefined) return;
        expect(after.marginBalance).toBeGreaterThan(before.marginBalance);
        expect(sale.paid).toBe((sale.amount * 10_000n * 980_000n) / 1_000_000_000n);
        const owed = Number(debtOf(state, account, 1));
        if (after.marginBalance >= 0.1 * owed && sale.amount > 1n) {
          // A unit less: its haircut value comes back, its price does not.
          const weight = 1 - state.assets.parameters.get(coin * 48 + 1) / 1e6;
          const less = after.marginBalance + 10 * weight - 9.8;
          expect(less).toBeLessThan(0.1 * (owed + 9.8) + 1.0001);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** A loan of the settlement asset that was taken out. */
function owe(state: State, account: number, amount: number): void {
  const row = ensureBalance(state, account, 1);
  state.balances.debtShares.add(row, BigInt(amount) * 1_000n);
  state.assets.borrowTotal.add(1, BigInt(amount));
  state.assets.borrowShares.add(1, BigInt(amount) * 1_000n);
  state.assets.custody.add(1, -BigInt(amount));
}
