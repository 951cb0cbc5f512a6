import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { liquidationErrors, runLiquidations } from '../../src/liquidation/index.ts';
import { equityDown, gainIn } from '../../src/losses/gains.ts';
import { lossErrors, runLosses } from '../../src/losses/index.ts';
import type { State } from '../../src/state/index.ts';
import { eventsOf, faults, standing } from '../fixtures/markets.ts';
import { seeded } from '../fixtures/seeded.ts';
import { crash, holdings, isIn, total } from './crash.ts';

const seed: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0x7fffffff });
const seen = new Map<string, number>();

afterAll(() => {
  const kinds = ['deleveraged', 'lossSocialized', 'badDebtRecorded', 'poolDrawn', 'collateralSold'];
  for (const kind of kinds) expect([kind, seen.get(kind) ?? 0]).not.toEqual([kind, 0]);
  const counts = [...seen].sort().map(([kind, count]) => `${kind} ${count}`);
  process.stdout.write(`runLosses: ${counts.join(', ')}\n`);
});

/** Runs a property on the state between both phases; what `before` gave is handed to `after`. */
function phases<T>(
  runs: number,
  options: { before: (state: State) => T; after: (state: State, seenBefore: T) => void },
): void {
  fc.assert(
    fc.property(seed, (n) => {
      const state = crash(seeded(n));
      runLiquidations(state);
      const noted = options.before(state);
      runLosses(state);
      for (const { kind } of state.events) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      options.after(state, noted);
    }),
    { numRuns: runs },
  );
}

function accountsOf(state: State): number[] {
  return Array.from({ length: state.machine.accountCount.get(0) }, (_, k) => k + 1);
}

describe('after a crash', () => {
  test('every asset adds up to the unit and every position has its other side', () => {
    phases(40, {
      before: (state) => expect(faults(state)).toEqual([]),
      after: (state) => expect(faults(state)).toEqual([]),
    });
  });

  test('nobody is below zero, and the checkers of liquidation and losses are content', () => {
    phases(40, {
      before: () => undefined,
      after: (state) => {
        for (const account of accountsOf(state)) {
          expect(standing(state, account).equity).toBeGreaterThanOrEqual(-1e-3);
        }
        expect([...liquidationErrors(state), ...lossErrors(state)]).toEqual([]);
        expect(state.machine.lossCount.get(0)).toBe(0);
      },
    });
  });

  test('a bankrupt account has neither positions nor, unless collateral waits for a buyer, debts', () => {
    phases(30, {
      before: (state) => eventsOf(state, 'liquidationStarted').map((event) => event.account),
      after: (state) => {
        const { accounts, positions, balances } = state;
        for (const { account } of eventsOf(state, 'deficitOpened')) {
          const first = accounts.positionBase.get(account);
          for (let k = 0; k < accounts.positionCount.get(account); k++) {
            expect(positions.size.get(first + k)).toBe(0);
          }
          if (accounts.liquidationStage.get(account) !== 0) continue;
          const base = accounts.balanceBase.get(account);
          for (let k = 0; k < accounts.balanceCount.get(account); k++) {
            expect(balances.debtShares.get(base + k)).toBe(0n);
          }
        }
      },
    });
  });
});

describe('who pays', () => {
  test('an account outside the failing markets keeps every bit of what it holds', () => {
    phases(40, {
      before: (state) => ({
        held: accountsOf(state).map((account) => holdings(state, account)),
        markets: accountsOf(state).map((account) => [1, 2].map((m) => isIn(state, account, m))),
      }),
      after: (state, { held, markets }) => {
        const failing = new Set(eventsOf(state, 'deficitOpened').map((event) => event.instrument));
        const bankrupt = new Set(eventsOf(state, 'deficitOpened').map((event) => event.account));
        const paid = new Set(eventsOf(state, 'suppliersPaid').map((event) => event.asset));
        accountsOf(state).forEach((account, k) => {
          const isExposed = markets[k]?.some((isHeld, m) => isHeld && failing.has(m + 1)) ?? false;
          if (isExposed || bankrupt.has(account) || paid.size > 0) return;
          if (state.accounts.liquidationMs.get(account) !== 0) return;
          expect(holdings(state, account)).toBe(held[k]);
        });
      },
    });
  });

  test('charges of a market are paid from gains only, none above min(gain, equity)', () => {
    phases(40, {
      before: (state) =>
        accountsOf(state).map((account) => ({
          gains: [0, 1, 2].map((m) => gainIn(state, account, m)),
          equity: equityDown(state, account),
        })),
      after: (state, noted) => {
        accountsOf(state).forEach((account, k) => {
          const before = noted[k] ?? { gains: [], equity: 0n };
          let all = 0n;
          for (const market of [1, 2]) {
            const charged =
              total(state.events, 'deleveraged', (event) =>
                event.account === account && event.instrument === market ? event.charge : 0n,
              ) +
              total(state.events, 'lossSocialized', (event) =>
                event.account === account && event.instrument === market && event.step === 'gains'
                  ? event.amount
                  : 0n,
              );
            expect(charged <= (before.gains[market] ?? 0n)).toBe(true);
            all += charged;
          }
          if (all > 0n) expect(all <= before.equity).toBe(true);
        });
      },
    });
  });

  test('deficits are paid exactly: pools, charges, socialized and bad debt sum to them', () => {
    phases(40, {
      before: () => undefined,
      after: (state) => {
        const { events } = state;
        for (const market of [1, 2]) {
          const deficit = total(events, 'deficitOpened', (event) =>
            event.instrument === market ? event.amount : 0n,
          );
          const pools = total(events, 'poolDrawn', (event) =>
            event.market === market ? event.amount : 0n,
          );
          const charges = total(events, 'deleveraged', (event) =>
            event.instrument === market ? event.charge : 0n,
          );
          const socialized = total(events, 'lossSocialized', (event) =>
            event.instrument === market ? event.amount : 0n,
          );
          const badDebt = total(events, 'badDebtRecorded', (event) =>
            event.instrument === market ? event.amount : 0n,
          );
          expect(pools + charges + socialized + badDebt).toBe(deficit);
        }
      },
    });
  });

  test('nobody in a market pays while its pool can, and no principal while a gain is left', () => {
    phases(40, {
      before: () => undefined,
      after: (state) => {
        for (const market of [1, 2]) {
          const socialized = eventsOf(state, 'lossSocialized').filter(
            (event) => event.instrument === market,
          );
          const steps = socialized.map((event) => event.step);
          const isCapped = state.instruments.parameters.get(market * 48 + 30) < 9e15;
          if (steps.length > 0 && !isCapped) expect(state.instruments.pool.get(market)).toBe(0n);
          if (!steps.includes('principal')) continue;
          for (const account of accountsOf(state)) {
            const gain = gainIn(state, account, market);
            const equity = equityDown(state, account);
            expect(gain === 0n || equity <= 1n).toBe(true);
          }
        }
      },
    });
  });
});
