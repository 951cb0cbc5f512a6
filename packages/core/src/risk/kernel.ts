import { toDouble } from '../math/index.ts';
import { lockedGainNow } from '../positions/index.ts';
import {
  assetParameters,
  instrumentParameters,
  ORDER_FLAG,
  PARAMETERS_PER_ROW,
  SETTLEMENT_ASSET,
  SIDE,
  TIERS_MAX,
  underlyingParameters,
} from '../schema/index.ts';
import type { State } from '../state/index.ts';
import { debtPerShare, supplyPerShare } from './shareValues.ts';

// One account's margin in one pass over typed arrays: no objects, closures or branches on kind. Its
// obvious twin is reference.ts, equal bit for bit; a column is read through its array because a
// call per cell costs 3x (bench/kernel.bench.ts); `step` is the 4-byte cells from one position to
// the next, halves of money included. Order of sums: positions ascending by instrument,
// balances ascending by asset, then (collateral + PnL) − funding. Spec: margin 7.

/** Where `measure` puts its figures; all in settlement units. */
export const RISK = {
  /** E: balances at index without haircuts, plus unrealized PnL at mark, less funding owed. */
  equity: 0,
  /** MB: the same at maintenance weights. */
  marginBalance: 1,
  /** MM. */
  maintenance: 2,
  /** Balances at initial weights, gains as F2 counts them, less funding owed. */
  initialBalance: 3,
  /** Σ R: initial margin with what the open orders reserve. */
  initial: 4,
  /** Σ N. */
  notional: 5,
  /** Σ L: realized gains that are still locked. */
  lockedGain: 6,
  /** The initial balance with losses only, for withdrawals; locked gains not yet taken off. */
  withdrawalBalance: 7,
  /** Σ u at mark. */
  unrealized: 8,
  /** Σ funding owed since it was last settled. */
  funding: 9,
} as const;

/** Cells that a row of figures takes. */
export const RISK_LENGTH = 10;

const TWO_32 = 4_294_967_296;
const PPM = 1_000_000;
const SIZE_HEADROOM = 1.1;
const P = PARAMETERS_PER_ROW;
const T = TIERS_MAX;
const TAKER_FEE = instrumentParameters.takerFeePpm.id;
const GAIN_WEIGHT = underlyingParameters.gainWeightPpm.id;
const GAIN_CAP = underlyingParameters.gainCap.id;
const HAIRCUT_INITIAL = assetParameters.haircutInitialPpm.id;
const HAIRCUT_MAINTENANCE = assetParameters.haircutMaintenancePpm.id;
const HAIRCUT_SIZE = assetParameters.haircutSizePpm.id;
const LIABILITY_INITIAL = assetParameters.liabilityInitialPpm.id;
const LIABILITY_MAINTENANCE = assetParameters.liabilityMaintenancePpm.id;
const WHOLE: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18,
];

/**
 * Measures an account at the frozen prices of the block into the first RISK_LENGTH cells of `out`.
 */
export function measure(state: State, account: number, out: Float64Array): void {
  measurePositions(state, account, out);
  measureBalances(state, account, out);
}

/** Positions: unrealized, funding, notional, maintenance, initial, counted gains, locked gains. */
function measurePositions(state: State, account: number, out: Float64Array): void {
  const { accounts, positions, instruments, underlyings } = state;
  const first = accounts.positionBase.get(account);
  const end = first + accounts.positionCount.get(account);
  const ownRate = accounts.ownRatePpm.get(account) / PPM;
  const { step } = positions.size;
  const instrumentOf = positions.instrument.data;
  const sizes = positions.size.data;
  const entries = positions.entry.halves;
  const underlyingOf = instruments.underlying.data;
  const parameters = instruments.parameters.data;
  const lows = instruments.tierLow.data;
  const prices = instruments.markPrice.data;
  const multipliers = instruments.multiplier.data;
  const longPrices = instruments.longPrice.data;
  const shortPrices = instruments.shortPrice.data;
  const tierCounts = instruments.tierCount.data;
  const lockedHalves = positions.lockedGain.halves;
  const bidLots = positions.bidLots.data;
  const askLots = positions.askLots.data;
  const rules = underlyings.parameters.data;
  let unrealized = 0;
  let funding = 0;
  let notionals = 0;
  let maintenance = 0;
  let initial = 0;
  let gains = 0;
  let losses = 0;
  let locked = 0;
  for (let row = first; row < end; row++) {
    const cell = row * step;
    const instrument = instrumentOf[cell]!;
    const size = sizes[cell]!;
    const price = prices[instrument]!;
    const v = multipliers[instrument]!;
    const tiers = instrument * T;
    const tierCount = tierCounts[instrument]!;
    if (size !== 0) {
      const entry = entries[cell + 1]! * TWO_32 + (entries[cell]! >>> 0);
      const signed = size * price * v;
      unrealized += signed - entry;
      funding += fundingOf(state, row, instrument);
      const notional = Math.abs(signed);
      notionals += notional;
      let tier = tiers;
      while (tier + 1 < tiers + tierCount && lows[tier + 1]! <= notional) tier += 1;
      const rate = instruments.tierMaintenance.data[tier]! / PPM;
      const margin = notional * rate - instruments.tierMaintenanceDeduction.data[tier]!;
      maintenance += Math.max(margin, notional * instruments.maintenanceRate.data[instrument]!);
    }
    const bids = bidLots[cell]!;
    const asks = askLots[cell]!;
    let worst = Math.abs(size);
    if (bids !== 0 || asks !== 0) {
      worst = Math.max(worst, Math.abs(size + bids), Math.abs(size - asks));
    }
    let reserve = 0;
    if (worst !== 0) {
      const notional = worst * price * v;
      if (notional !== 0) {
        let tier = tiers;
        while (tier + 1 < tiers + tierCount && lows[tier + 1]! <= notional) tier += 1;
        const rate = instruments.tierInitial.data[tier]! / PPM;
        const margin = notional * rate - instruments.tierInitialDeduction.data[tier]!;
        const least = instruments.initialRate.data[instrument]!;
        reserve = notional * Math.max(margin / notional, least, ownRate);
      }
    }
    if (bids !== 0 || asks !== 0) {
      const highest = positions.bidHigh.get(row);
      const lowest = positions.askLow.get(row);
      const bidLoss = bids !== 0 && highest > price ? lossOf(state, row, SIDE.buy) * v : 0;
      const askLoss = asks !== 0 && lowest < price ? lossOf(state, row, SIDE.sell) * v : 0;
      const value = Math.max(positions.bidValue.get(row), positions.askValue.get(row));
      const fee = Math.ceil((value * v * parameters[instrument * P + TAKER_FEE]!) / PPM);
      reserve = reserve + bidLoss + askLoss + fee;
    }
    initial += reserve;
    if (lockedHalves[cell] !== 0 || lockedHalves[cell + 1] !== 0)
      locked += toDouble(lockedGainNow(state, row));
    // F2: an underlying is netted at the first of its instruments.
    const underlying = underlyingOf[instrument]!;
    let earlier = first;
    while (earlier < row && underlyingOf[instrumentOf[earlier * step]!] !== underlying)
      earlier += 1;
    if (earlier === row) {
      let netted = 0;
      for (let other = row; other < end; other++) {
        const at = other * step;
        const each = instrumentOf[at]!;
        const lots = sizes[at]!;
        if (underlyingOf[each] !== underlying || lots === 0) continue;
        const price = lots > 0 ? longPrices[each]! : shortPrices[each]!;
        const entry = entries[at + 1]! * TWO_32 + (entries[at]! >>> 0);
        netted += lots * price * multipliers[each]! - entry;
      }
      const rule = underlying * P;
      const weight = rules[rule + GAIN_WEIGHT]! / PPM;
      const cap = rules[rule + GAIN_CAP]!;
      gains += Math.min(0, netted) + Math.min(weight * Math.max(0, netted), cap);
      losses += Math.min(0, netted);
    }
  }
  out[RISK.maintenance] = maintenance;
  out[RISK.initial] = initial;
  out[RISK.notional] = notionals;
  out[RISK.lockedGain] = locked;
  out[RISK.unrealized] = unrealized;
  out[RISK.funding] = funding;
  // Filled up by the balances.
  out[RISK.initialBalance] = gains;
  out[RISK.withdrawalBalance] = losses;
}

/** Balances, and the figures that take both. */
function measureBalances(state: State, account: number, out: Float64Array): void {
  const { accounts, balances, assets } = state;
  const first = accounts.balanceBase.get(account);
  const end = first + accounts.balanceCount.get(account);
  const parameters = assets.parameters.data;
  let value = 0;
  let maintenance = 0;
  let initial = 0;
  for (let row = first; row < end; row++) {
    const asset = balances.asset.get(row);
    let held = balances.amount.double(row);
    held += supplyOf(state, row, asset);
    held -= debtOf(state, row, asset);
    if (asset === SETTLEMENT_ASSET) {
      value += held;
      maintenance += held;
      initial += held;
      continue;
    }
    const rule = asset * P;
    const atIndex = held * assets.priceIndex.data[asset]!;
    value += atIndex;
    if (held >= 0) {
      const ramp = rampOf(state, asset);
      const atLow = held * assets.priceLow.data[asset]!;
      const weight = 1 - parameters[rule + HAIRCUT_MAINTENANCE]! / PPM;
      let weightInitial = 1 - parameters[rule + HAIRCUT_INITIAL]! / PPM;
      const growth = parameters[rule + HAIRCUT_SIZE]!;
      if (growth !== 0) {
        const whole = atLow / WHOLE[assets.decimals.data[SETTLEMENT_ASSET]!]!;
        const bySize = SIZE_HEADROOM / (1 + (growth / PPM) * Math.sqrt(whole));
        weightInitial = Math.min(weightInitial, bySize);
      }
      maintenance += atIndex * (weight * ramp);
      initial += atLow * (weightInitial * ramp);
    } else {
      const atHigh = held * assets.priceHigh.data[asset]!;
      maintenance += atIndex * (1 + parameters[rule + LIABILITY_MAINTENANCE]! / PPM);
      initial += atHigh * (1 + parameters[rule + LIABILITY_INITIAL]! / PPM);
    }
  }
  const unrealized = out[RISK.unrealized]!;
  const funding = out[RISK.funding]!;
  out[RISK.equity] = value + unrealized - funding;
  out[RISK.marginBalance] = maintenance + unrealized - funding;
  out[RISK.initialBalance] = initial + out[RISK.initialBalance]! - funding;
  out[RISK.withdrawalBalance] = initial + out[RISK.withdrawalBalance]! - funding;
}

/**
 * Equity, margin balance and maintenance only, the same bits as `measure`: what a scan for
 * liquidations reads.
 */
export function measureMaintenance(state: State, account: number, out: Float64Array): void {
  const { accounts, positions, balances, instruments, assets } = state;
  const instrumentOf = positions.instrument.data;
  const entries = positions.entry.halves;
  const lows = instruments.tierLow.data;
  let unrealized = 0;
  let funding = 0;
  let required = 0;
  const { step } = positions.size;
  let first = accounts.positionBase.get(account);
  let end = first + accounts.positionCount.get(account);
  for (let row = first; row < end; row++) {
    const cell = row * step;
    const size = positions.size.data[cell]!;
    if (size === 0) continue;
    const instrument = instrumentOf[cell]!;
    const price = instruments.markPrice.data[instrument]!;
    const entry = entries[cell + 1]! * TWO_32 + (entries[cell]! >>> 0);
    const signed = size * price * instruments.multiplier.data[instrument]!;
    unrealized += signed - entry;
    funding += fundingOf(state, row, instrument);
    const notional = Math.abs(signed);
    let tier = instrument * T;
    const last = tier + instruments.tierCount.data[instrument]! - 1;
    while (tier < last && lows[tier + 1]! <= notional) tier += 1;
    const rate = instruments.tierMaintenance.data[tier]! / PPM;
    const margin = notional * rate - instruments.tierMaintenanceDeduction.data[tier]!;
    required += Math.max(margin, notional * instruments.maintenanceRate.data[instrument]!);
  }
  let value = 0;
  let maintenance = 0;
  first = accounts.balanceBase.get(account);
  end = first + accounts.balanceCount.get(account);
  for (let row = first; row < end; row++) {
    const asset = balances.asset.get(row);
    let held = balances.amount.double(row);
    held += supplyOf(state, row, asset);
    held -= debtOf(state, row, asset);
    if (asset === SETTLEMENT_ASSET) {
      value += held;
      maintenance += held;
      continue;
    }
    const atIndex = held * assets.priceIndex.data[asset]!;
    value += atIndex;
    const rule = asset * P;
    if (held >= 0) {
      const weight = 1 - assets.parameters.data[rule + HAIRCUT_MAINTENANCE]! / PPM;
      maintenance += atIndex * (weight * rampOf(state, asset));
    } else {
      maintenance += atIndex * (1 + assets.parameters.data[rule + LIABILITY_MAINTENANCE]! / PPM);
    }
  }
  out[RISK.equity] = value + unrealized - funding;
  out[RISK.marginBalance] = maintenance + unrealized - funding;
  out[RISK.maintenance] = required;
}

/** Funding owed: q·v·Δ/2^32, unrounded; Δ is the difference of two doubles, as in `positions`. */
function fundingOf(state: State, row: number, instrument: number): number {
  const now = state.instruments.fundingIndex.halves;
  const then = state.positions.fundingIndex.halves;
  const high = now[2 * instrument + 1]!;
  const low = now[2 * instrument]!;
  const cell = row * state.positions.size.step;
  if (high === then[cell + 1] && low === then[cell]) return 0;
  const settled = then[cell + 1]! * TWO_32 + (then[cell]! >>> 0);
  const delta = high * TWO_32 + (low >>> 0) - settled;
  const v = state.instruments.multiplier.data[instrument]!;
  return (state.positions.size.get(row) * v * delta) / TWO_32;
}

/** Σ lots × (limit − p) over the bids of a position above the mark, or the mirror over its asks. */
function lossOf(state: State, position: number, side: number): number {
  const { orders, positions, instruments } = state;
  const price = instruments.markPrice.data[positions.instrument.get(position)]!;
  let loss = 0;
  let link = positions.ordersHead.get(position);
  while (link !== 0) {
    const row = link - 1;
    link = orders.accountNext.get(row);
    if (orders.side.get(row) !== side) continue;
    if ((orders.flags.get(row) & ORDER_FLAG.reduceOnly) !== 0) continue;
    const limit = orders.price.get(row);
    const worse = side === SIDE.buy ? limit - price : price - limit;
    loss += orders.size.get(row) * Math.max(0, worse);
  }
  return loss;
}

/** What a balance row has lent, in asset units. */
function supplyOf(state: State, row: number, asset: number): number {
  const shares = state.balances.supplyShares.double(row);
  if (shares === 0) return 0;
  const frozen = state.assets.supplyPerShare.data[asset]!;
  if (frozen !== 0) return shares * frozen;
  return shares * supplyPerShare(state, asset);
}

/** What a balance row owes, in asset units. */
function debtOf(state: State, row: number, asset: number): number {
  const shares = state.balances.debtShares.double(row);
  if (shares === 0) return 0;
  const frozen = state.assets.debtPerShare.data[asset]!;
  if (frozen !== 0) return shares * frozen;
  return shares * debtPerShare(state, asset);
}

/** The share of its weight at which an asset counts, as `assetRampPpm` has it. */
function rampOf(state: State, asset: number): number {
  const now = state.machine.timeMs.data[0]!;
  const end = state.assets.rampedMs.data[asset]!;
  if (now >= end) return 1;
  const start = state.assets.listedMs.data[asset]!;
  if (now <= start) return 0;
  return Math.floor((PPM * (now - start)) / (end - start)) / PPM;
}

/** Health: margin balance − maintenance margin. Below zero the account is liquidatable. */
export function health(state: State, account: number): number {
  const out = state.scratch;
  measureMaintenance(state, account, out);
  return out[RISK.marginBalance]! - out[RISK.maintenance]!;
}

/** Free margin: initial balance − initial margin, open orders reserved. */
export function freeMargin(state: State, account: number): number {
  const out = state.scratch;
  measure(state, account, out);
  return out[RISK.initialBalance]! - out[RISK.initial]!;
}

/** Equity at index and mark, without haircuts. */
export function equity(state: State, account: number): number {
  const out = state.scratch;
  measureMaintenance(state, account, out);
  return out[RISK.equity]!;
}
