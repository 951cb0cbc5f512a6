import {
  advanceScreen,
  createScan,
  explain,
  freezeShareValues,
  health,
  measure,
  nominate,
  RISK_LENGTH,
  rearm,
  scan,
  scanPlainly,
} from '@plimsoll/core/risk';
import { PARAMETERS_PER_ROW, SOURCES_PER_UNDERLYING, TIERS_MAX } from '@plimsoll/core/schema';
import { createState, type State } from '@plimsoll/core/state';
import { seeded } from '../test/fixtures/seeded.ts';

// The kernel against its obvious twin at 100,000 accounts, and the scans at 1,000,000, all with 4
// positions in 100 markets and 2 balances. Prints sizes, absolute times and ratios; fails only on
// ratios.

const MARKETS = 100;
const POSITIONS = 4;

/** A state with so many accounts, every 200th of them below maintenance. */
function portfolio(accounts: number): State {
  const state = createState({
    accountsMax: accounts + 1,
    balanceRowsMax: 2 * accounts + 64,
    positionRowsMax: POSITIONS * accounts + 64,
    agentRowsMax: 64,
    ordersMax: 64,
    levelsMax: 64,
    assetsMax: 8,
    underlyingsMax: MARKETS + 1,
    instrumentsMax: MARKETS + 1,
    withdrawalsMax: 16,
    proposalsMax: 16,
    orderSlotsMax: 128,
    withdrawalSlotsMax: 32,
    sourceRowsMax: (MARKETS + 1) * SOURCES_PER_UNDERLYING,
  });
  addMarkets(state);
  const draw = seeded(1);
  state.machine.accountCount.set(0, accounts);
  for (let account = 1; account <= accounts; account++) addAccount(state, account, draw);
  freezeShareValues(state);
  state.log.clear();
  return state;
}

function addMarkets(state: State): void {
  const { instruments, underlyings, assets, machine } = state;
  machine.underlyingCount.set(0, MARKETS);
  machine.instrumentCount.set(0, MARKETS);
  machine.assetCount.set(0, 2);
  assets.decimals.set(1, 6);
  assets.underlying.set(2, 1);
  for (const column of [assets.priceIndex, assets.priceLow, assets.priceHigh]) column.set(2, 3.5);
  assets.parameters.set(2 * PARAMETERS_PER_ROW, 200_000);
  assets.parameters.set(2 * PARAMETERS_PER_ROW + 1, 100_000);
  assets.parameters.set(2 * PARAMETERS_PER_ROW + 2, 50);
  for (let k = 1; k <= MARKETS; k++) {
    instruments.underlying.set(k, k);
    underlyings.parameters.set(k * PARAMETERS_PER_ROW + 20, 500_000);
    underlyings.parameters.set(k * PARAMETERS_PER_ROW + 21, 1e12);
    instruments.multiplier.set(k, 10);
    instruments.initialRate.set(k, 0.02);
    instruments.maintenanceRate.set(k, 0.01);
    for (const column of [
      instruments.markPrice,
      instruments.indexMark,
      instruments.longPrice,
      instruments.shortPrice,
    ]) {
      column.set(k, 10_000 + k);
    }
    instruments.fundingIndex.set(k, 1_000_000_000n);
    instruments.tierCount.set(k, 3);
    for (let n = 0; n < 3; n++) {
      const cell = k * TIERS_MAX + n;
      instruments.tierLow.set(cell, [0, 1e9, 4e9][n] as number);
      instruments.tierInitial.set(cell, [50_000, 100_000, 200_000][n] as number);
      instruments.tierMaintenance.set(cell, [25_000, 50_000, 100_000][n] as number);
      instruments.tierInitialDeduction.set(cell, [0, 5e7, 4.5e8][n] as number);
      instruments.tierMaintenanceDeduction.set(cell, [0, 2.5e7, 2.25e8][n] as number);
    }
  }
}

function addAccount(state: State, account: number, draw: (below: number) => number): void {
  const { balances, positions, slabs, instruments, log } = state;
  for (const asset of [1, 2]) {
    const row = slabs.balances.insert(account, asset);
    balances.amount.set(row, BigInt(account % 200 === 0 ? 1_000_000 : 400_000_000 + draw(1e9)));
  }
  const first = 1 + draw(MARKETS - POSITIONS * 20);
  for (let k = 0; k < POSITIONS; k++) {
    const instrument = first + k * 20;
    const row = slabs.positions.insert(account, instrument);
    const size = (draw(2) === 0 ? 1 : -1) * (1 + draw(9_000));
    positions.size.set(row, size);
    const entry = size * instruments.markPrice.get(instrument) * 10;
    positions.entry.set(row, BigInt(Math.round(entry * (0.99 + draw(200) / 10_000))));
    positions.fundingIndex.set(row, BigInt(draw(1_000_000_000)));
  }
  log.clear();
}

function timed(run: () => void, rounds: number): number {
  run();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function kernelAgainstTwin(): boolean {
  const accounts = 100_000;
  const state = portfolio(accounts);
  const out = new Float64Array(RISK_LENGTH);
  const kernelMs = timed(() => {
    for (let account = 1; account <= accounts; account++) measure(state, account, out);
  }, 5);
  const leanMs = timed(() => {
    for (let account = 1; account <= accounts; account++) health(state, account);
  }, 5);
  const twinAccounts = accounts / 10;
  const twinMs =
    timed(() => {
      for (let account = 1; account <= twinAccounts; account++) explain(state, account);
    }, 2) * 10;
  const per = (ms: number): string => `${((ms * 1e6) / accounts).toFixed(0)} ns per account`;
  console.log(
    `kernel: ${accounts} accounts × ${POSITIONS} positions × 2 balances, ${MARKETS} markets`,
  );
  console.log(`  full check  ${per(kernelMs)}`);
  console.log(`  health only ${per(leanMs)}`);
  console.log(`  twin        ${per(twinMs)} (measured on ${twinAccounts})`);
  console.log(`  ratio       ${(twinMs / kernelMs).toFixed(1)} × faster than the twin`);
  return twinMs / kernelMs > 3;
}

function scans(): boolean {
  const accounts = 1_000_000;
  const state = portfolio(accounts);
  const room = createScan(state);
  let found = 0;
  let judged = 0;
  const groupedMs = timed(() => {
    found = 0;
    judged = scan(state, room, () => {
      found += 1;
    });
  }, 3);
  let plain = 0;
  const plainMs = timed(() => {
    plain = 0;
    scanPlainly(state, () => {
      plain += 1;
    });
  }, 3);
  advanceScreen(state);
  for (let account = 1; account <= accounts; account++) {
    rearm(state, account);
    if (account % 1000 === 0) state.log.clear();
  }
  state.instruments.markPrice.set(1, 10_011);
  advanceScreen(state);
  let nominated = 0;
  const screenMs = timed(() => {
    nominated = 0;
    nominate(state, () => {
      nominated += 1;
    });
  }, 5);
  const rate = (ms: number): string => `${(accounts / ms / 1000).toFixed(1)} M accounts/s`;
  console.log(
    `plain grouped scan: ${accounts} accounts × ${POSITIONS}, ${found} below maintenance`,
  );
  console.log(
    `  grouped     ${groupedMs.toFixed(1)} ms, ${rate(groupedMs)}, kernel judged ${judged}`,
  );
  console.log(`  one by one  ${plainMs.toFixed(1)} ms, ${rate(plainMs)}`);
  console.log(`  ratio       ${(plainMs / groupedMs).toFixed(2)} × faster than one by one`);
  console.log(
    `  screen      ${screenMs.toFixed(2)} ms after a move of 10 bp, ${nominated} nominated`,
  );
  // With the columns of a row side by side, grouping is no longer faster: it must not be much
  // slower.
  return found === plain && groupedMs < 1.3 * plainMs;
}

const results = [kernelAgainstTwin(), scans()];
if (results.includes(false)) {
  console.error('a ratio is below its bound');
  process.exitCode = 1;
}
