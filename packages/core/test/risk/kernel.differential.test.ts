import { describe, expect, test } from 'vitest';
import { forceLoan, writeOffDebt } from '../../src/ledger/index.ts';
import {
  createScan,
  explain,
  freeMargin,
  freezeShareValues,
  growthTest,
  health,
  healthAt,
  healthErrors,
  measure,
  RISK,
  RISK_LENGTH,
  scan,
  scanPlainly,
  twinErrors,
} from '../../src/risk/index.ts';
import { seeded } from '../fixtures/seeded.ts';
import { randomPortfolio } from './portfolio.ts';

describe('the kernel is its parts', () => {
  test('kernel, lean kernel and parts agree bit for bit on every figure of every account', () => {
    const seen = { accounts: 0, below: 0, short: 0, debts: 0, orders: 0, locked: 0 };
    for (let seed = 0; seed < 2_000; seed++) {
      const state = randomPortfolio(seeded(seed));
      if (seed % 2 === 0) freezeShareValues(state);
      expect(twinErrors(state, 1)).toEqual([]);
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        const { balances, positions, figures } = explain(state, account);
        seen.accounts += 1;
        if (figures.health < 0) seen.below += 1;
        if (figures.freeMargin < 0) seen.short += 1;
        if (balances.some((part) => part.debt > 0)) seen.debts += 1;
        if (positions.some((part) => part.bidLoss + part.askLoss > 0)) seen.orders += 1;
        if (figures.lockedGain > 0) seen.locked += 1;
        expect(health(state, account)).toBe(figures.health);
        expect(freeMargin(state, account)).toBe(figures.freeMargin);
        expect(healthAt(state, account, { price: 'markPrice', isFavorable: false })).toBe(
          figures.health,
        );
      }
    }
    console.log('kernel against parts', seen);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  test('the test of growth without growth is the free margin, bit for bit', () => {
    for (let seed = 0; seed < 300; seed++) {
      const state = randomPortfolio(seeded(seed));
      const figures = new Float64Array(RISK_LENGTH);
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        const { available, required } = growthTest(
          state,
          { account, instrument: 1 },
          { hasGrown: false },
        );
        measure(state, account, figures);
        expect([available, required]).toEqual([
          figures[RISK.initialBalance],
          figures[RISK.initial],
        ]);
      }
    }
  });

  test('a loan of one account changes no bit of another borrower', () => {
    let loans = 0;
    for (let seed = 0; seed < 200; seed++) {
      const state = randomPortfolio(seeded(seed));
      freezeShareValues(state);
      const accounts = state.machine.accountCount.get(0);
      const read = (): number[] =>
        Array.from({ length: accounts - 1 }, (_, k) => health(state, k + 2));
      const before = read();
      forceLoan(state, 1, 1, BigInt(1 + seed * 7));
      writeOffDebt(state, 1, 1, BigInt(seed * 3));
      expect(read()).toEqual(before);
      if (state.balances.debtShares.get(state.slabs.balances.find(1, 1)) > 0n) loans += 1;
    }
    expect(loans).toBe(200);
  });

  test('the grouped scan visits exactly the accounts that the kernel finds below maintenance', () => {
    let found = 0;
    let judged = 0;
    let accounts = 0;
    for (let seed = 0; seed < 1_000; seed++) {
      const state = randomPortfolio(seeded(seed));
      const [grouped, plain]: [number[], number[]] = [[], []];
      judged += scan(state, createScan(state), (account) => grouped.push(account));
      scanPlainly(state, (account) => plain.push(account));
      expect(grouped).toEqual(plain);
      found += plain.length;
      accounts += state.machine.accountCount.get(0);
    }
    console.log('grouped scan', { accounts, judged, found });
    expect(found).toBeGreaterThan(0);
    expect(judged).toBeLessThan(accounts);
  });

  test('the checker of I3 names an account that is liquidatable and not in liquidation', () => {
    let named = 0;
    for (let seed = 0; seed < 200; seed++) {
      const state = randomPortfolio(seeded(seed));
      const errors = healthErrors(state);
      named += errors.length;
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        state.accounts.liquidationStage.set(account, 1);
      }
      expect(healthErrors(state)).toEqual([]);
    }
    expect(named).toBeGreaterThan(0);
  });
});
