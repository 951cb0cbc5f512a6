import {
  assetParameters,
  INDEX_STATUS,
  instrumentParameters,
  ORDER_FLAG,
  SETTLEMENT_ASSET,
  SIDE,
  TIERS_MAX,
  underlyingParameters,
} from '@plimsoll/core/schema';
import {
  assetParameter,
  instrumentParameter,
  type State,
  underlyingParameter,
} from '@plimsoll/core/state';
import type { AccountRows, BalanceRow, PositionRow } from './reading.ts';

// An account's margin once more from its rows and the block's frozen prices, by the plainest
// reading of the rules: tiers by their slices, sums in any order. It agrees with the machine up to
// `slack`.

const PPM = 1_000_000;
const TWO_32 = 4_294_967_296;
/** What doubles may differ by, of the sum of all magnitudes; and in settlement units. */
const SLACK = 1e-9;
const UNIT = 2;

export interface Standing {
  readonly equity: number;
  readonly marginBalance: number;
  readonly maintenance: number;
  readonly health: number;
  readonly freeMargin: number;
  /** Figures within this of each other are the same. */
  readonly slack: number;
}

/** At which prices an account is read. */
export interface Pricing {
  readonly mark: 'markPrice' | 'indexMark';
  /** Every doubtful underlying at the end of its range that is better for the account. */
  readonly isFavorable: boolean;
}

const AT_MARK: Pricing = { mark: 'markPrice', isFavorable: false };

/** Where an account stands, from its rows at the prices that are frozen now. */
export function standingOf(state: State, rows: AccountRows, pricing: Pricing = AT_MARK): Standing {
  let unrealized = 0;
  let funding = 0;
  let maintenance = 0;
  let reserve = 0;
  let gross = 0;
  const netted = new Map<number, number>();
  for (const row of rows.positions) {
    const part = positionPart(state, rows, { row, pricing });
    unrealized += part.unrealized;
    funding += part.funding;
    maintenance += part.maintenance;
    reserve += part.reserve;
    gross += part.notional + Math.abs(part.unrealized) + part.reserve;
    const { underlying } = part;
    netted.set(underlying, (netted.get(underlying) ?? 0) + part.newRisk);
  }
  let counted = 0;
  for (const [underlying, sum] of netted) counted += countedGain(state, underlying, sum);
  let value = 0;
  let atMaintenance = 0;
  let atInitial = 0;
  for (const row of rows.balances) {
    const part = balancePart(state, row, pricing);
    value += part.value;
    atMaintenance += part.atMaintenance;
    atInitial += part.atInitial;
    gross += part.gross;
  }
  const equity = value + unrealized - funding;
  const marginBalance = atMaintenance + unrealized - funding;
  return {
    equity,
    marginBalance,
    maintenance,
    health: marginBalance - maintenance,
    freeMargin: atInitial + counted - funding - reserve,
    slack: gross * SLACK + UNIT * (1 + rows.positions.length),
  };
}

/** Whether an account is below maintenance beyond doubt of rounding, on all lawful evidence. */
export function isSurelyLiquidatable(state: State, rows: AccountRows): boolean {
  const { health, slack, equity } = standingOf(state, rows);
  if (health >= -slack) return false;
  for (const mark of ['markPrice', 'indexMark'] as const) {
    const isFavorable = hasDoubt(state, rows);
    if (standingOf(state, rows, { mark, isFavorable }).health >= -slack) return false;
  }
  return equity < -slack || !isInGrace(state, rows);
}

/** The underlyings that the account's positions and priced balances depend on. */
export function underlyingsOf(state: State, rows: AccountRows): number[] {
  const found = new Set<number>();
  for (const { instrument, size } of rows.positions) {
    if (size !== 0) found.add(state.instruments.underlying.get(instrument));
  }
  for (const { asset } of rows.balances) found.add(state.assets.underlying.get(asset));
  found.delete(0);
  return [...found];
}

function hasDoubt(state: State, rows: AccountRows): boolean {
  return underlyingsOf(state, rows).some(
    (underlying) => state.underlyings.status.get(underlying) !== INDEX_STATUS.ok,
  );
}

export function isInGrace(state: State, rows: AccountRows): boolean {
  const now = state.machine.timeMs.get(0);
  return underlyingsOf(state, rows).some(
    (underlying) => state.underlyings.graceUntilMs.get(underlying) > now,
  );
}

interface PositionPart {
  readonly underlying: number;
  readonly notional: number;
  readonly unrealized: number;
  readonly newRisk: number;
  readonly funding: number;
  readonly maintenance: number;
  readonly reserve: number;
}

function positionPart(
  state: State,
  rows: AccountRows,
  read: { readonly row: PositionRow; readonly pricing: Pricing },
): PositionPart {
  const { row, pricing } = read;
  const { instruments } = state;
  const { instrument, size } = row;
  const v = instruments.multiplier.get(instrument);
  const move = pricing.isFavorable ? favorableMove(state, rows, instrument) : 1;
  const price = instruments[pricing.mark].get(instrument) * move;
  const notional = Math.abs(size) * price * v;
  const newRiskPrice = (size > 0 ? instruments.longPrice : instruments.shortPrice).get(instrument);
  const entry = Number(row.entry);
  const owed = Number(instruments.fundingIndex.get(instrument) - row.fundingIndex);
  return {
    underlying: instruments.underlying.get(instrument),
    notional,
    unrealized: size === 0 ? 0 : size * price * v - entry,
    newRisk: size === 0 ? 0 : size * newRiskPrice * v - entry,
    funding: (size * v * owed) / TWO_32,
    maintenance: maintenanceOf(state, instrument, notional),
    reserve: reserveOf(state, row, rows.ownRatePpm),
  };
}

/** max(T_mm(N), φ_v·vol·N). */
export function maintenanceOf(state: State, instrument: number, notional: number): number {
  const rate = state.instruments.maintenanceRate.get(instrument);
  const byTiers = slices(state, state.instruments.tierMaintenance, { instrument, notional });
  return Math.max(byTiers, notional * rate);
}

/** max(T_im(N), vol·N, own·N). */
export function initialOf(
  state: State,
  instrument: number,
  held: { readonly notional: number; readonly ownRatePpm: number },
): number {
  const { notional, ownRatePpm } = held;
  const byTiers = slices(state, state.instruments.tierInitial, { instrument, notional });
  const rate = Math.max(state.instruments.initialRate.get(instrument), ownRatePpm / PPM);
  return Math.max(byTiers, notional * rate);
}

/** Tiers by their slices: what of N lies in each, at its rate. */
function slices(
  state: State,
  rates: { get(cell: number): number },
  held: { readonly instrument: number; readonly notional: number },
): number {
  const { instrument, notional } = held;
  const { tierCount, tierLow } = state.instruments;
  const count = tierCount.get(instrument);
  let margin = 0;
  for (let tier = 0; tier < count; tier++) {
    const low = tierLow.get(instrument * TIERS_MAX + tier);
    const high = tier + 1 < count ? tierLow.get(instrument * TIERS_MAX + tier + 1) : Infinity;
    const inside = Math.max(0, Math.min(notional, high) - low);
    margin += (inside * rates.get(instrument * TIERS_MAX + tier)) / PPM;
  }
  return margin;
}

/** R of F3 from the orders themselves. */
function reserveOf(state: State, row: PositionRow, ownRatePpm: number): number {
  const { instrument, size } = row;
  const price = state.instruments.markPrice.get(instrument);
  const v = state.instruments.multiplier.get(instrument);
  const open = row.orders.filter((order) => (order.flags & ORDER_FLAG.reduceOnly) === 0);
  const bids = open.filter((order) => order.side === SIDE.buy);
  const asks = open.filter((order) => order.side !== SIDE.buy);
  const lots = (orders: typeof open): number => orders.reduce((sum, each) => sum + each.size, 0);
  const quote = (orders: typeof open): number =>
    orders.reduce((sum, each) => sum + each.size * each.price, 0);
  const worst = Math.max(Math.abs(size), Math.abs(size + lots(bids)), Math.abs(size - lots(asks)));
  let loss = 0;
  for (const bid of bids) loss += bid.size * Math.max(0, bid.price - price);
  for (const ask of asks) loss += ask.size * Math.max(0, price - ask.price);
  const feePpm = instrumentParameter(state, instrument, instrumentParameters.takerFeePpm);
  const fee = Math.ceil((Math.max(quote(bids), quote(asks)) * v * feePpm) / PPM);
  const initial = initialOf(state, instrument, { notional: worst * price * v, ownRatePpm });
  return initial + loss * v + fee;
}

function countedGain(state: State, underlying: number, netted: number): number {
  const { gainWeightPpm, gainCap } = underlyingParameters;
  const weight = underlyingParameter(state, underlying, gainWeightPpm) / PPM;
  const cap = underlyingParameter(state, underlying, gainCap);
  return netted < 0 ? netted : Math.min(weight * netted, cap);
}

/**
 * Up to the high end for who is long of the underlying on balance, down to the low end for others.
 */
function favorableMove(state: State, rows: AccountRows, instrument: number): number {
  const { underlyings, instruments } = state;
  const underlying = instruments.underlying.get(instrument);
  const index = underlyings.index.get(underlying);
  if (underlyings.status.get(underlying) === INDEX_STATUS.ok || index <= 0) return 1;
  let delta = 0;
  for (const row of rows.positions) {
    if (instruments.underlying.get(row.instrument) !== underlying) continue;
    const v = instruments.multiplier.get(row.instrument);
    delta += row.size * instruments.markPrice.get(row.instrument) * v;
  }
  const end = delta >= 0 ? underlyings.plausibleHigh : underlyings.plausibleLow;
  return end.get(underlying) / index;
}

interface BalancePart {
  readonly value: number;
  readonly atMaintenance: number;
  readonly atInitial: number;
  readonly gross: number;
}

function balancePart(state: State, row: BalanceRow, pricing: Pricing): BalancePart {
  const { assets } = state;
  const { asset } = row;
  const supplied = Number(row.supplyShares) * supplyPerShare(state, asset);
  const owed = Number(row.debtShares) * debtPerShare(state, asset);
  const held = Number(row.amount) + supplied - owed;
  const gross = Math.abs(Number(row.amount)) + supplied + owed;
  if (asset === SETTLEMENT_ASSET) {
    return { value: held, atMaintenance: held, atInitial: held, gross };
  }
  const price = assets.priceIndex.get(asset);
  const end = (held >= 0 ? assets.priceCeiling : assets.priceFloor).get(asset);
  const atMaintenance = pricing.isFavorable ? held * end : held * price;
  const value = { value: held * price, gross: gross * price };
  if (held < 0) {
    const { liabilityMaintenancePpm, liabilityInitialPpm } = assetParameters;
    const above = assetParameter(state, asset, liabilityMaintenancePpm) / PPM;
    const aboveInitial = assetParameter(state, asset, liabilityInitialPpm) / PPM;
    return {
      ...value,
      atMaintenance: atMaintenance * (1 + above),
      atInitial: held * assets.priceHigh.get(asset) * (1 + aboveInitial),
    };
  }
  const ramp = rampOf(state, asset);
  const atLow = held * assets.priceLow.get(asset);
  const { haircutMaintenancePpm, haircutInitialPpm, haircutSizePpm } = assetParameters;
  const haircut = assetParameter(state, asset, haircutMaintenancePpm) / PPM;
  const growth = assetParameter(state, asset, haircutSizePpm) / PPM;
  const whole = atLow / 10 ** assets.decimals.get(SETTLEMENT_ASSET);
  const plain = 1 - assetParameter(state, asset, haircutInitialPpm) / PPM;
  const weight = growth === 0 ? plain : Math.min(plain, 1.1 / (1 + growth * Math.sqrt(whole)));
  return {
    ...value,
    atMaintenance: atMaintenance * (1 - haircut) * ramp,
    atInitial: atLow * weight * ramp,
  };
}

/** The share of its weight that an asset has so far, in whole ppm. */
function rampOf(state: State, asset: number): number {
  const now = state.machine.timeMs.get(0);
  const from = state.assets.listedMs.get(asset);
  const to = state.assets.rampedMs.get(asset);
  if (now >= to) return 1;
  return now <= from ? 0 : Math.floor((PPM * (now - from)) / (to - from)) / PPM;
}

function supplyPerShare(state: State, asset: number): number {
  const { supplyPerShare: frozen, supplyTotal, supplyShares } = state.assets;
  if (frozen.get(asset) !== 0) return frozen.get(asset);
  return (Number(supplyTotal.get(asset)) + 1) / (Number(supplyShares.get(asset)) + 1000);
}

function debtPerShare(state: State, asset: number): number {
  const { debtPerShare: frozen, borrowTotal, borrowShares } = state.assets;
  if (frozen.get(asset) !== 0) return frozen.get(asset);
  const shares = Number(borrowShares.get(asset));
  return shares === 0 ? 0.001 : Number(borrowTotal.get(asset)) / shares;
}
