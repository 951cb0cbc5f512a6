import { openAccount } from '../../src/accounts/index.ts';
import { ensureBalance } from '../../src/ledger/index.ts';
import { ensurePosition } from '../../src/positions/index.ts';
import { type Tier, tierDeductions } from '../../src/risk/index.ts';
import {
  assetParameters,
  INDEX_STATUS,
  instrumentParameters,
  ORDER_FLAG,
  PARAMETERS_PER_ROW,
  SIDE,
  TIERS_MAX,
  underlyingParameters,
} from '../../src/schema/index.ts';
import type { State } from '../../src/state/index.ts';
import type { Draw } from '../fixtures/seeded.ts';
import { addAsset, addInstrument, address, addUnderlying, freshState } from '../fixtures/state.ts';

/** Sets the tiers of an instrument with their deductions. */
export function setTiers(state: State, instrument: number, tiers: readonly Tier[]): void {
  const { instruments } = state;
  const deductions = tierDeductions(tiers);
  instruments.tierCount.set(instrument, tiers.length);
  tiers.forEach((tier, n) => {
    const cell = instrument * TIERS_MAX + n;
    instruments.tierLow.set(cell, tier.lowerBound);
    instruments.tierInitial.set(cell, tier.initialPpm);
    instruments.tierMaintenance.set(cell, tier.maintenancePpm);
    instruments.tierInitialDeduction.set(cell, deductions.initial[n] ?? 0);
    instruments.tierMaintenanceDeduction.set(cell, deductions.maintenance[n] ?? 0);
  });
}

/** Sets every price of an instrument to one value. */
export function setMark(state: State, instrument: number, price: number): void {
  const { markPrice, indexMark, longPrice, shortPrice } = state.instruments;
  for (const column of [markPrice, indexMark, longPrice, shortPrice]) column.set(instrument, price);
}

/** Sets every price of an asset to one value, settlement units per asset unit. */
export function setAssetPrice(state: State, asset: number, price: number): void {
  const { priceIndex, priceLow, priceHigh, priceFloor, priceCeiling } = state.assets;
  for (const column of [priceIndex, priceLow, priceHigh, priceFloor, priceCeiling]) {
    column.set(asset, price);
  }
}

export function setInstrumentParameter(
  state: State,
  instrument: number,
  change: { readonly name: keyof typeof instrumentParameters; readonly value: number },
): void {
  const { id } = instrumentParameters[change.name];
  state.instruments.parameters.set(instrument * PARAMETERS_PER_ROW + id, change.value);
}

export function setAssetParameter(
  state: State,
  asset: number,
  change: { readonly name: keyof typeof assetParameters; readonly value: number },
): void {
  const { id } = assetParameters[change.name];
  state.assets.parameters.set(asset * PARAMETERS_PER_ROW + id, change.value);
}

export function setUnderlyingParameter(
  state: State,
  underlying: number,
  change: { readonly name: keyof typeof underlyingParameters; readonly value: number },
): void {
  const { id } = underlyingParameters[change.name];
  state.underlyings.parameters.set(underlying * PARAMETERS_PER_ROW + id, change.value);
}

/**
 * A market with one price and these tiers (5 % and 2.5 % unless said), ok, no fees; its instrument.
 */
export function addMarket(
  state: State,
  price: number,
  tiers: readonly Tier[] = [{ lowerBound: 0, initialPpm: 50_000, maintenancePpm: 25_000 }],
): number {
  const underlying = addUnderlying(state);
  setPlausible(state, underlying, {
    status: INDEX_STATUS.ok,
    index: price,
    low: price,
    high: price,
  });
  const instrument = addInstrument(state, underlying);
  setTiers(state, instrument, tiers);
  setMark(state, instrument, price);
  setInstrumentParameter(state, instrument, { name: 'takerFeePpm', value: 0 });
  return instrument;
}

/** Sets what is known of an index. */
export function setPlausible(
  state: State,
  underlying: number,
  evidence: {
    readonly status: number;
    readonly index: number;
    readonly low: number;
    readonly high: number;
  },
): void {
  const { status, index, plausibleLow, plausibleHigh } = state.underlyings;
  status.set(underlying, evidence.status);
  index.set(underlying, evidence.index);
  plausibleLow.set(underlying, evidence.low);
  plausibleHigh.set(underlying, evidence.high);
}

/** An account that holds this much of the settlement asset. */
export function addAccount(state: State, amount: bigint): number {
  const account = openAccount(state, address(state.machine.accountCount.get(0) + 1));
  give(state, account, 1, amount);
  return account;
}

export function give(state: State, account: number, asset: number, amount: bigint): void {
  state.balances.amount.set(ensureBalance(state, account, asset), amount);
}

/** Opens a position at a price, without a counterparty. */
export function hold(
  state: State,
  account: number,
  position: { readonly instrument: number; readonly size: number; readonly price: number },
): number {
  const { instrument, size, price } = position;
  const row = ensurePosition(state, account, instrument);
  const v = state.instruments.multiplier.get(instrument);
  state.positions.size.set(row, size);
  state.positions.entry.set(row, BigInt(size) * BigInt(price) * BigInt(v));
  return row;
}

/** Puts an order on an account's list with its reserve sums, without a book. */
export function rest(
  state: State,
  account: number,
  order: {
    readonly instrument: number;
    readonly side: number;
    readonly lots: number;
    readonly price: number;
    readonly isReduceOnly?: boolean;
  },
): void {
  const { orders, positions, machine } = state;
  const { instrument, side, lots, price, isReduceOnly = false } = order;
  const position = ensurePosition(state, account, instrument);
  const row = state.pools.orders.allocate();
  machine.orderSequence.add(0, 1);
  orders.id.set(row, machine.orderSequence.get(0));
  orders.account.set(row, account);
  orders.instrument.set(row, instrument);
  orders.side.set(row, side);
  orders.size.set(row, lots);
  orders.price.set(row, price);
  orders.flags.set(row, isReduceOnly ? ORDER_FLAG.reduceOnly : 0);
  const tail = positions.ordersTail.get(position);
  if (tail === 0) positions.ordersHead.set(position, row + 1);
  else orders.accountNext.set(tail - 1, row + 1);
  positions.ordersTail.set(position, row + 1);
  if (isReduceOnly) return;
  if (side === SIDE.buy) {
    positions.bidLots.add(position, lots);
    positions.bidValue.add(position, lots * price);
    positions.bidHigh.set(position, Math.max(positions.bidHigh.get(position), price));
  } else {
    positions.askLots.add(position, lots);
    positions.askValue.add(position, lots * price);
    const low = positions.askLow.get(position);
    positions.askLow.set(position, low === 0 ? price : Math.min(low, price));
  }
}

/**
 * A state with random assets, markets and accounts, loans, orders, funding and extremes included.
 */
export function randomPortfolio(draw: Draw): State {
  const state = freshState();
  const underlyings = 1 + draw(3);
  for (let k = 0; k < underlyings; k++) addRandomUnderlying(state, draw);
  const assets = 1 + draw(3);
  for (let k = 1; k < assets; k++) addRandomAsset(state, 1 + draw(underlyings), draw);
  const instruments = 1 + draw(6);
  for (let k = 0; k < instruments; k++) addRandomInstrument(state, 1 + draw(underlyings), draw);
  setLending(state, draw);
  const accounts = 1 + draw(6);
  for (let k = 0; k < accounts; k++) addRandomAccount(state, draw);
  state.log.clear();
  return state;
}

function addRandomUnderlying(state: State, draw: Draw): void {
  const underlying = addUnderlying(state);
  const index = 1 + draw(draw(4) === 0 ? 2_000_000_000 : 100_000);
  const width = draw(3) === 0 ? draw(index) : 0;
  setPlausible(state, underlying, {
    status: width === 0 ? INDEX_STATUS.ok : INDEX_STATUS.stale,
    index,
    low: Math.max(1, index - width),
    high: index + width,
  });
  setUnderlyingParameter(state, underlying, { name: 'gainWeightPpm', value: draw(1_000_001) });
  setUnderlyingParameter(state, underlying, { name: 'gainCap', value: draw(1_000_000_000) });
}

function addRandomAsset(state: State, underlying: number, draw: Draw): void {
  const asset = addAsset(state, underlying);
  const price = draw(1_000_000) / (1 + draw(1000));
  const { priceIndex, priceLow, priceHigh, priceFloor, priceCeiling } = state.assets;
  priceIndex.set(asset, price);
  priceLow.set(asset, price * (1 - draw(100) / 200));
  priceHigh.set(asset, price * (1 + draw(100) / 200));
  priceFloor.set(asset, price * (1 - draw(100) / 200));
  priceCeiling.set(asset, price * (1 + draw(100) / 200));
  const set = (name: keyof typeof assetParameters, value: number): void =>
    setAssetParameter(state, asset, { name, value });
  set('haircutInitialPpm', draw(1_000_001));
  set('haircutMaintenancePpm', draw(1_000_001));
  set('haircutSizePpm', draw(2) * draw(10_000));
  set('liabilityInitialPpm', draw(1_000_000));
  set('liabilityMaintenancePpm', draw(1_000_000));
  if (draw(2) === 0) set('depositScaleStart', draw(1_000_000));
  const now = state.machine.timeMs.get(0);
  state.assets.listedMs.set(asset, now - draw(100_000));
  state.assets.rampedMs.set(asset, now + draw(100_000) - 30_000);
  state.assets.balanceTotal.set(asset, BigInt(draw(2_000_000)));
}

function addRandomInstrument(state: State, underlying: number, draw: Draw): void {
  const instrument = addInstrument(state, underlying);
  const { instruments } = state;
  const price = Math.max(1, state.underlyings.index.get(underlying) + draw(200) - 100);
  instruments.multiplier.set(instrument, 1 + draw(draw(2) === 0 ? 10_000 : 3));
  setMark(state, instrument, price);
  instruments.indexMark.set(instrument, Math.max(1, price + draw(50) - 25));
  instruments.longPrice.set(instrument, price - draw(100) / 7);
  instruments.shortPrice.set(instrument, price + draw(100) / 7);
  instruments.initialRate.set(instrument, draw(100_000) / 1e6);
  instruments.maintenanceRate.set(instrument, (draw(2) * draw(60_000)) / 1e6);
  instruments.fundingIndex.set(instrument, BigInt(draw(2_000_000_000)) * BigInt(draw(4_000_000)));
  instruments.gainClockMs.set(instrument, draw(10_000_000));
  instruments.openInterest.set(instrument, draw(1_000_000));
  setInstrumentParameter(state, instrument, { name: 'takerFeePpm', value: draw(1_000) });
  setInstrumentParameter(state, instrument, {
    name: 'openInterestLow',
    value: draw(1_000_000_000),
  });
  setInstrumentParameter(state, instrument, {
    name: 'openInterestHigh',
    value: draw(4_000_000_000),
  });
  instruments.depthBid.set(instrument, draw(2) * draw(1_000_000_000));
  instruments.depthAsk.set(instrument, draw(2) * draw(1_000_000_000));
  setTiers(state, instrument, randomTiers(draw));
}

function randomTiers(draw: Draw): Tier[] {
  const tiers: Tier[] = [];
  let lowerBound = 0;
  let initialPpm = 1 + draw(100_000);
  const count = 1 + draw(TIERS_MAX);
  for (let n = 0; n < count; n++) {
    const maintenancePpm = Math.max(tiers[n - 1]?.maintenancePpm ?? 1, Math.floor(initialPpm / 2));
    tiers.push({ lowerBound, initialPpm, maintenancePpm });
    lowerBound += 1 + draw(1_000_000_000);
    initialPpm = Math.min(1_000_000, initialPpm + draw(100_000));
  }
  return tiers;
}

function setLending(state: State, draw: Draw): void {
  const { assets, machine } = state;
  for (let asset = 1; asset <= machine.assetCount.get(0); asset++) {
    // More shares than all accounts together are given.
    const borrowed = 20_000_000_000n + BigInt(draw(2_000_000_000)) * 5n;
    assets.borrowTotal.set(asset, borrowed);
    assets.borrowShares.set(asset, borrowed * BigInt(900 + draw(200)) + BigInt(draw(1000)));
    const supplied = 20_000_000_000n + BigInt(draw(2_000_000_000)) * 5n;
    assets.supplyTotal.set(asset, supplied);
    assets.supplyShares.set(asset, supplied * BigInt(900 + draw(200)));
  }
}

function addRandomAccount(state: State, draw: Draw): void {
  const account = addAccount(state, randomAmount(draw));
  state.accounts.ownRatePpm.set(account, draw(2) * draw(200_000));
  for (let asset = 1; asset <= state.machine.assetCount.get(0); asset++) {
    if (asset > 1 && draw(2) === 0) continue;
    give(state, account, asset, randomAmount(draw));
    const row = ensureBalance(state, account, asset);
    if (draw(3) === 0) state.balances.debtShares.set(row, BigInt(draw(2_000_000_000)) * 1000n);
    if (draw(3) === 0) state.balances.supplyShares.set(row, BigInt(draw(2_000_000_000)) * 1000n);
  }
  for (let instrument = 1; instrument <= state.machine.instrumentCount.get(0); instrument++) {
    if (draw(4) > 0) addRandomPosition(state, { account, instrument }, draw);
  }
}

function addRandomPosition(
  state: State,
  place: { readonly account: number; readonly instrument: number },
  draw: Draw,
): void {
  const { account, instrument } = place;
  const mark = state.instruments.markPrice.get(instrument);
  // The venue keeps every notional below 2^53.
  const largest = Math.floor(4e15 / (mark * state.instruments.multiplier.get(instrument)));
  const size = draw(4) === 0 ? 0 : Math.min(largest, draw(draw(8) === 0 ? 2_000_000_000 : 2_000));
  const price = Math.max(1, Math.floor((mark * (50 + draw(100))) / 100));
  const row = hold(state, account, { instrument, size: draw(2) === 0 ? size : -size, price });
  state.positions.fundingIndex.set(
    row,
    state.instruments.fundingIndex.get(instrument) - BigInt(draw(2_000_000_000)) * BigInt(draw(3)),
  );
  state.positions.lockedGain.set(row, BigInt(draw(2) * draw(1_000_000)));
  state.positions.lockedMs.set(
    row,
    Math.max(0, state.instruments.gainClockMs.get(instrument) - draw(5_000_000)),
  );
  for (let orders = draw(5); orders > 0; orders--) {
    rest(state, account, {
      instrument,
      side: draw(2),
      lots: 1 + draw(1_000),
      price: Math.max(1, mark - 500 + draw(1_000)),
      isReduceOnly: draw(5) === 0,
    });
  }
}

function randomAmount(draw: Draw): bigint {
  return BigInt(draw(2_000_000_000)) * BigInt(draw(draw(3) === 0 ? 2_000_000_000 : 3));
}
