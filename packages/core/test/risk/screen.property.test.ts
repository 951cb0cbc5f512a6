import { describe, expect, test } from 'vitest';
import { settle } from '../../src/ledger/index.ts';
import {
  advanceScreen,
  disarmTouched,
  health,
  liquidationVerdict,
  nominate,
  rearm,
  VERDICT,
} from '../../src/risk/index.ts';
import type { State } from '../../src/state/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';
import { hold, randomPortfolio, setAssetParameter, setTiers } from './portfolio.ts';

/** Prices, rates, funding and share values move; how far differs from block to block. */
function movePrices(state: State, draw: Draw): void {
  const { instruments, assets, machine } = state;
  const reach = [0, 2, 20, 200, 3_000][draw(5)] as number;
  const moved = (value: number): number => value * (1 + (draw(2 * reach + 1) - reach) / 10_000);
  for (let k = 1; k <= machine.instrumentCount.get(0); k++) {
    const price = Math.max(1, Math.floor(moved(instruments.markPrice.get(k)) + 0.5));
    instruments.markPrice.set(k, price);
    if (draw(3) === 0) {
      instruments.maintenanceRate.set(k, instruments.maintenanceRate.get(k) + draw(100) / 1e6);
    }
    instruments.fundingIndex.add(k, BigInt(draw(2_000_000) - 1_000_000) * BigInt(price));
  }
  for (let k = 1; k <= machine.assetCount.get(0); k++) {
    assets.priceIndex.set(k, moved(assets.priceIndex.get(k)));
    const borrowed = assets.borrowTotal.get(k);
    assets.borrowTotal.set(k, borrowed + borrowed / BigInt(1_000 + draw(1_000_000)));
    if (draw(20) === 0) assets.supplyTotal.set(k, assets.supplyTotal.get(k) / 2n);
  }
}

/** Some accounts are written, now and then a rule changes. */
function writeSome(state: State, draw: Draw): void {
  const accounts = state.machine.accountCount.get(0);
  const account = 1 + draw(accounts);
  if (draw(3) === 0) settle(state, account, BigInt(draw(1_000_000) - 500_000));
  if (draw(4) === 0) {
    const instrument = 1 + draw(state.machine.instrumentCount.get(0));
    const price = Math.max(1, state.instruments.markPrice.get(instrument));
    hold(state, account, { instrument, size: draw(2_000) - 1_000, price });
  }
  if (draw(40) === 0) {
    setAssetParameter(state, 1 + draw(state.machine.assetCount.get(0)), {
      name: 'haircutMaintenancePpm',
      value: draw(1_000_001),
    });
  }
  if (draw(40) === 0) {
    setTiers(state, 1, [{ lowerBound: 0, initialPpm: 500_000, maintenancePpm: draw(400_000) }]);
  }
}

/**
 * One block: prices, screen, commands, nomination; what the liquidation phase wrote is disarmed.
 */
function block(state: State, draw: Draw): { nominated: number[]; below: number[] } {
  state.log.clear();
  movePrices(state, draw);
  advanceScreen(state);
  writeSome(state, draw);
  disarmTouched(state);
  const nominated: number[] = [];
  nominate(state, (account) => {
    nominated.push(account);
    rearm(state, account);
  });
  const below: number[] = [];
  for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
    if (health(state, account) < 0) below.push(account);
  }
  const from = state.log.count;
  if (draw(5) === 0) settle(state, 1, BigInt(-draw(1_000_000)));
  disarmTouched(state, from);
  return { nominated, below };
}

describe('the screen', () => {
  test('nominates at least every account that a full scan finds below maintenance', () => {
    const seen = { blocks: 0, accounts: 0, nominated: 0, below: 0 };
    for (let seed = 0; seed < 150; seed++) {
      const draw = seeded(seed);
      const state = randomPortfolio(draw);
      for (let k = 0; k < 30; k++) {
        const { nominated, below } = block(state, draw);
        expect(below.filter((account) => !nominated.includes(account))).toEqual([]);
        seen.blocks += 1;
        seen.accounts += state.machine.accountCount.get(0);
        seen.nominated += nominated.length;
        seen.below += below.length;
      }
    }
    console.log('screen', seen);
    expect(seen.below).toBeGreaterThan(500);
    expect(seen.nominated).toBeLessThan(0.8 * seen.accounts);
  });

  test('visits in order of ids, and an account that nothing can hurt never again', () => {
    const draw = seeded(7);
    const state = randomPortfolio(draw);
    advanceScreen(state);
    const first: number[] = [];
    nominate(state, (account) => first.push(account));
    const count = state.machine.accountCount.get(0);
    expect(first).toEqual(Array.from({ length: count }, (_, k) => k + 1));
    state.accounts.positionCount.set(1, 0);
    state.balances.debtShares.set(state.slabs.balances.find(1, 1), 0n);
    for (let row = 0; row < state.accounts.balanceCount.get(1); row++) {
      state.balances.debtShares.set(state.accounts.balanceBase.get(1) + row, 0n);
    }
    rearm(state, 1);
    state.machine.screenClock.add(0, 1_000_000);
    const later: number[] = [];
    nominate(state, (account) => later.push(account));
    expect(later).not.toContain(1);
  });

  test('a plain account below maintenance at mark is what the verdict starts from', () => {
    for (let seed = 0; seed < 200; seed++) {
      const state = randomPortfolio(seeded(seed));
      for (let account = 1; account <= state.machine.accountCount.get(0); account++) {
        const isHealthy = liquidationVerdict(state, account) === VERDICT.healthy;
        expect(isHealthy).toBe(health(state, account) >= 0);
      }
    }
  });
});
