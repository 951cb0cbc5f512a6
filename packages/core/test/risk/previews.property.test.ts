import { describe, expect, test } from 'vitest';
import { take } from '../../src/ledger/index.ts';
import {
  explain,
  gate,
  health,
  liquidationPrice,
  maximumOrder,
  maximumWithdrawal,
  withdrawalRefusal,
} from '../../src/risk/index.ts';
import { accepted, INDEX_STATUS } from '../../src/schema/index.ts';
import { findPosition, rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { seeded } from '../fixtures/seeded.ts';
import { randomPortfolio, rest } from './portfolio.ts';

function allOk(state: State): void {
  for (let k = 1; k <= state.machine.underlyingCount.get(0); k++) {
    state.underlyings.status.set(k, INDEX_STATUS.ok);
  }
}

describe('the liquidation price', () => {
  test('is where a fresh measurement finds health zero, and a tick beyond it is below', () => {
    let found = 0;
    let none = 0;
    for (let seed = 0; seed < 500; seed++) {
      const state = randomPortfolio(seeded(seed));
      const { positions, instruments } = state;
      for (let row = 0; row < 64; row++) {
        const size = positions.size.get(row);
        const [account, instrument] = [positions.account.get(row), positions.instrument.get(row)];
        if (size === 0) continue;
        const price = liquidationPrice(state, account, instrument);
        if (price === null) {
          none += 1;
          continue;
        }
        found += 1;
        const figures = explain(state, account).figures;
        const scale = Math.abs(figures.marginBalance) + figures.maintenance + figures.notional;
        instruments.markPrice.set(instrument, price);
        expect(Math.abs(health(state, account))).toBeLessThanOrEqual(1e-9 * scale + 1e-6);
        instruments.markPrice.set(instrument, price - Math.sign(size));
        const isPinned = explain(state, account).figures.maintenance >= figures.notional;
        if (!isPinned) expect(health(state, account)).toBeLessThan(1e-9 * scale);
        break;
      }
    }
    console.log('liquidation price', { found, none });
    expect(found).toBeGreaterThan(100);
    expect(none).toBeGreaterThan(100);
  });
});

describe('previews are the predicate itself', () => {
  test('the maximum withdrawal leaves, one unit more does not, and nothing is changed', () => {
    const seen = { all: 0, none: 0, part: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const state = randomPortfolio(seeded(seed));
      if (seed % 3 > 0) allOk(state);
      const entries = state.log.count;
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        const held = state.balances.amount.get(state.slabs.balances.find(account, 1));
        const most = maximumWithdrawal(state, account, 1);
        const leaves = (amount: bigint): boolean => {
          const point = savepoint(state);
          const isLeft =
            amount === 0n ||
            (take(state, account, 1, amount) === accepted &&
              withdrawalRefusal(state, account, 1) === accepted);
          rollbackTo(state, point);
          return isLeft;
        };
        expect(leaves(most)).toBe(true);
        if (most < held) expect(leaves(most + 1n)).toBe(false);
        seen[most === held ? 'all' : most === 0n ? 'none' : 'part'] += 1;
      }
      expect(state.log.count).toBe(entries);
    }
    console.log('maximum withdrawal', seen);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });

  test('the maximum order passes the gate, one lot more does not', () => {
    const seen = { none: 0, part: 0 };
    for (let seed = 0; seed < 200; seed++) {
      const state = randomPortfolio(seeded(seed));
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        const side = seed % 2;
        const limit = Math.max(1, state.instruments.markPrice.get(1) + (seed % 7) - 3);
        const most = maximumOrder(state, { account, instrument: 1, side, limit });
        const isPassed = (lots: number): boolean => {
          const point = savepoint(state);
          const order = { instrument: 1, side, lots, price: limit };
          const run = (): number => {
            rest(state, account, order);
            return accepted;
          };
          const code = gate(state, run, { account, instrument: 1 });
          rollbackTo(state, point);
          return code === accepted;
        };
        if (most > 0) expect(isPassed(most)).toBe(true);
        // The largest position binds elsewhere: only the gate is asked here.
        const row = findPosition(state, account, 1);
        const size = row < 0 ? 0 : Math.abs(state.positions.size.get(row));
        const isCapped = most + size > 900_000_000;
        if (!isCapped) expect(isPassed(most + 1)).toBe(false);
        seen[most === 0 ? 'none' : 'part'] += 1;
      }
    }
    console.log('maximum order', seen);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });
});
