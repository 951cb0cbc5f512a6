import { describe, expect, test } from 'vitest';
import { settle, take } from '../../src/ledger/index.ts';
import { applyFill, ensurePosition, prunePosition } from '../../src/positions/index.ts';
import {
  explain,
  freezeShareValues,
  gate,
  gateAccount,
  touchedAccounts,
} from '../../src/risk/index.ts';
import { accepted, type Code } from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { randomPortfolio, rest } from './portfolio.ts';

type Run = () => Code;

/** A trade between two accounts, an order, a payment out or in: what actions are made of. */
function randomAction(state: State, draw: Draw): Run {
  const accounts = state.machine.accountCount.get(0);
  const [one, other] = [1 + draw(accounts), 1 + draw(accounts)];
  const instrument = 1 + draw(state.machine.instrumentCount.get(0));
  const mark = state.instruments.markPrice.get(instrument);
  const price = Math.max(1, Math.floor(mark * (0.97 + draw(60) / 1000)));
  const lots = 1 + draw(100);
  const kind = draw(5);
  const side = draw(2);
  const amount = BigInt(draw(1_000_000));
  if (kind === 0) return () => take(state, one, 1, amount + 1n);
  if (kind === 1) {
    return () => {
      settle(state, one, amount);
      return accepted;
    };
  }
  if (kind === 2) {
    return () => {
      rest(state, one, { instrument, side, lots, price });
      return accepted;
    };
  }
  return () => {
    trade(state, one, { instrument, lots, price });
    trade(state, other, { instrument, lots: -lots, price });
    return accepted;
  };
}

function trade(
  state: State,
  account: number,
  fill: { readonly instrument: number; readonly lots: number; readonly price: number },
): void {
  const { instrument, lots, price } = fill;
  ensurePosition(state, account, instrument);
  const v = BigInt(state.instruments.multiplier.get(instrument));
  const quote = BigInt(Math.abs(lots)) * BigInt(price) * v;
  applyFill(state, { account, instrument, lots, quote });
  prunePosition(state, account, instrument);
}

/** Every account's figures, as the parts have them. */
function figuresOf(state: State) {
  const accounts = state.machine.accountCount.get(0);
  return Array.from({ length: accounts }, (_, k) => explain(state, k + 1).figures);
}

const image = (state: State): string =>
  state.log.columns
    .filter((column) =>
      /^(accounts|balances|positions|orders|assets|instruments)/.test(column.name),
    )
    .map((column) => column.data.join(','))
    .join('|');

describe('the gate over random actions', () => {
  test('what passes leaves no touched account short and worse, and no untouched one changed', () => {
    const seen = { passed: 0, reduced: 0, refused: 0 };
    for (let seed = 0; seed < 1_200; seed++) {
      const draw = seeded(seed);
      const state = randomPortfolio(draw);
      freezeShareValues(state);
      const before = figuresOf(state);
      const from = state.log.count;
      const run = randomAction(state, seeded(seed));
      const code = gate(state, run);
      if (code !== accepted) {
        seen.refused += 1;
        expect(state.log.count).toBe(from);
        expect(figuresOf(state)).toEqual(before);
        continue;
      }
      const after = figuresOf(state);
      const touched: number[] = [];
      touchedAccounts(state, from, (account) => touched.push(account));
      after.forEach((figures, k) => {
        const was = before[k];
        if (was === undefined) return;
        if (!touched.includes(k + 1)) expect(figures).toEqual(was);
        else if (figures.freeMargin < 0) {
          seen.reduced += 1;
          // A repaid loan may round by a unit, and by one more where its shares became dearer.
          expect(figures.freeMargin).toBeGreaterThanOrEqual(was.freeMargin - 2);
          expect(figures.health).toBeGreaterThanOrEqual(was.health - 2);
          expect(figures.maintenance).toBeLessThanOrEqual(was.maintenance);
        } else seen.passed += 1;
      });
    }
    console.log('gate', seen);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
  });

  test('what is refused leaves every cell as it was, for the gate of one account too', () => {
    let refused = 0;
    for (let seed = 0; seed < 120; seed++) {
      const state = randomPortfolio(seeded(seed));
      const before = image(state);
      const run = randomAction(state, seeded(seed + 1));
      const account = 1 + (seed % state.machine.accountCount.get(0));
      const code = seed % 2 === 0 ? gate(state, run) : gateAccount(state, account, run);
      if (code === accepted) continue;
      refused += 1;
      expect(image(state) === before).toBe(true);
    }
    expect(refused).toBeGreaterThan(20);
  });
});
