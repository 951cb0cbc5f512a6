import { expect, test } from 'vitest';
import { nominate, raiseFloors } from '../../src/risk/index.ts';
import { arm, disarm } from '../../src/risk/screen.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { listedMarkets, open } from '../fixtures/markets.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { smallLimits } from '../fixtures/state.ts';
import { hold } from './portfolio.ts';

const ACCOUNTS = 300;

/** Four groups and a part of one, everybody with a position that prices can hurt. */
function crowd(): State {
  const state = listedMarkets({
    ...smallLimits,
    accountsMax: ACCOUNTS + 1,
    balanceRowsMax: 4 * ACCOUNTS,
    positionRowsMax: 4 * ACCOUNTS,
  });
  for (let k = 1; k <= ACCOUNTS; k++) {
    hold(state, open(state, 1_000_000_000), { instrument: 1, size: 1, price: 100 });
  }
  return state;
}

/** What a comparison of every account with the clock finds. */
function plainly(state: State): number[] {
  const clock = state.machine.screenClock.get(0);
  const accounts = Array.from({ length: ACCOUNTS }, (_, k) => k + 1);
  return accounts.filter((account) => state.accounts.armedAt.get(account) <= clock);
}

function grouped(state: State): number[] {
  const accounts: number[] = [];
  nominate(state, (account) => accounts.push(account));
  return accounts;
}

/** What blocks do to the screen, in any order. */
function step(state: State, draw: Draw): void {
  const some = (): number => 1 + draw(ACCOUNTS);
  switch (draw(5)) {
    case 0:
      disarm(state, { accounts: [some(), some(), some()], hasRule: draw(200) === 0 });
      break;
    case 1:
      for (const account of grouped(state)) arm(state, account, draw(1_000_000_000));
      raiseFloors(state);
      break;
    case 2:
      arm(state, some(), draw(1_000_000) - 1_000);
      break;
    case 3:
      state.machine.screenClock.add(0, draw(1_000) / 20_000);
      break;
    default: {
      const point = savepoint(state);
      disarm(state, { accounts: [some(), some()], hasRule: false });
      arm(state, some(), draw(1_000_000_000));
      rollbackTo(state, point);
    }
  }
}

test('floors of groups nominate exactly the accounts that comparing every one does', () => {
  const seen = { steps: 0, nominated: 0, raised: 0 };
  for (let seed = 0; seed < 4; seed++) {
    const draw = seeded(seed);
    const state = crowd();
    for (let k = 0; k < 800; k++) {
      step(state, draw);
      const expected = plainly(state);
      expect(grouped(state)).toEqual(expected);
      seen.steps++;
      seen.nominated += expected.length;
      const { armedFloor } = state.accounts;
      const clock = state.machine.screenClock.get(0);
      for (let group = 0; group * 64 <= ACCOUNTS; group++) {
        if (armedFloor.get(group) > clock) seen.raised++;
      }
    }
  }
  console.log('floors', seen);
  // Some are nominated, most are not, and groups were skipped.
  expect(seen.nominated).toBeGreaterThan(1_000);
  expect(seen.nominated).toBeLessThan(0.9 * seen.steps * ACCOUNTS);
  expect(seen.raised).toBeGreaterThan(500);
});
