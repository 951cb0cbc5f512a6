import { assetRampPpm } from '../ledger/index.ts';
import { toDouble } from '../math/index.ts';
import { fundingOwedDouble, lockedGainNow } from '../positions/index.ts';
import {
  assetParameters,
  instrumentParameters,
  ORDER_FLAG,
  SETTLEMENT_ASSET,
  SIDE,
  TIERS_MAX,
  underlyingParameters,
} from '../schema/index.ts';
import {
  assetParameter,
  instrumentParameter,
  type State,
  underlyingParameter,
} from '../state/index.ts';
import { countedGain, countedLoss, unrealizedAt } from './formulas/gains.ts';
import {
  liabilityWeight,
  unitsPerWhole,
  weightByDeposits,
  weightBySize,
  weightOf,
} from './formulas/haircut.ts';
import { initialMargin, maintenanceMargin, type TierTable } from './formulas/requirement.ts';
import {
  askLoss,
  bidLoss,
  orderFee,
  type ReservedOrder,
  reserveOf,
  worstLots,
} from './formulas/reserve.ts';
import { type Figures, figuresOf } from './reference.ts';
import { frozenDebt, frozenSupply } from './shareValues.ts';

// Every figure of an account in parts that add up to it, bit for bit. Money in settlement units.
// Spec: margin 7.

const PPM = 1_000_000;

/** A position with its open orders. */
export interface PositionPart {
  readonly instrument: number;
  readonly underlying: number;
  readonly size: number;
  readonly markPrice: number;
  readonly notional: number;
  readonly unrealized: number;
  /** At the prices for new risk; what F2 nets. */
  readonly unrealizedNewRisk: number;
  readonly funding: number;
  readonly maintenance: number;
  /** |q*| and the parts of R, which is their sum. */
  readonly worstLots: number;
  readonly initial: number;
  readonly bidLoss: number;
  readonly askLoss: number;
  readonly fee: number;
  readonly reserve: number;
  readonly lockedGain: number;
}

/** A balance with what of it is lent and owed. */
export interface BalancePart {
  readonly asset: number;
  /** In asset units; `held` = amount + supplied − debt. */
  readonly amount: number;
  readonly supplied: number;
  readonly debt: number;
  readonly held: number;
  /** At index; at index by maintenance weight; at the price for new risk by initial weight. */
  readonly value: number;
  readonly maintenanceValue: number;
  readonly initialValue: number;
  readonly maintenanceWeight: number;
  readonly initialWeight: number;
}

/** The netted gains of an underlying. */
export interface GainPart {
  readonly underlying: number;
  readonly netted: number;
  readonly counted: number;
  readonly loss: number;
}

/** An account's margin with all its parts. */
export interface Explanation {
  readonly account: number;
  readonly balances: readonly BalancePart[];
  readonly positions: readonly PositionPart[];
  readonly gains: readonly GainPart[];
  readonly figures: Figures;
}

/** Measures an account part by part: the obvious twin of `measure`. */
export function explain(state: State, account: number): Explanation {
  const balances = balanceParts(state, account);
  const positions = positionParts(state, account);
  const gains = gainParts(state, positions);
  return {
    account,
    balances,
    positions,
    gains,
    figures: figuresOf({ balances, positions, gains }),
  };
}

/** How balances are read: scaled by total deposits for a command that adds risk, else not. */
export interface BalanceReading {
  readonly isScaled: boolean;
}

const UNSCALED: BalanceReading = { isScaled: false };

/** The balances of an account, ascending by asset. */
export function balanceParts(
  state: State,
  account: number,
  reading: BalanceReading = UNSCALED,
): BalancePart[] {
  const first = state.accounts.balanceBase.get(account);
  const count = state.accounts.balanceCount.get(account);
  return Array.from({ length: count }, (_, k) => balancePart(state, first + k, reading));
}

/** The positions of an account, ascending by instrument. */
export function positionParts(state: State, account: number): PositionPart[] {
  const first = state.accounts.positionBase.get(account);
  const count = state.accounts.positionCount.get(account);
  return Array.from({ length: count }, (_, k) => positionPart(state, first + k));
}

/** The underlyings of an account's positions in order of their first instrument. */
export function gainParts(state: State, positions: readonly PositionPart[]): GainPart[] {
  const underlyings = positions.map((position) => position.underlying);
  return underlyings
    .filter((underlying, k) => underlyings.indexOf(underlying) === k)
    .map((underlying) => {
      let netted = 0;
      for (const position of positions) {
        if (position.underlying === underlying) netted += position.unrealizedNewRisk;
      }
      const { gainWeightPpm, gainCap } = underlyingParameters;
      const weight = underlyingParameter(state, underlying, gainWeightPpm) / PPM;
      const cap = underlyingParameter(state, underlying, gainCap);
      const counted = countedGain(netted, { weight, cap });
      return { underlying, netted, counted, loss: countedLoss(netted) };
    });
}

function balancePart(state: State, row: number, reading: BalanceReading): BalancePart {
  const { balances, assets } = state;
  const asset = balances.asset.get(row);
  const amount = balances.amount.double(row);
  const supplied = balances.supplyShares.double(row) * frozenSupply(state, asset);
  const debt = balances.debtShares.double(row) * frozenDebt(state, asset);
  const held = amount + supplied - debt;
  const units = { asset, amount, supplied, debt, held };
  if (asset === SETTLEMENT_ASSET) {
    const weights = { maintenanceWeight: 1, initialWeight: 1 };
    return { ...units, value: held, maintenanceValue: held, initialValue: held, ...weights };
  }
  const value = held * assets.priceIndex.get(asset);
  const isHeld = held >= 0;
  const newRisk = held * (isHeld ? assets.priceLow.get(asset) : assets.priceHigh.get(asset));
  const weights = isHeld
    ? collateralWeights(state, { asset, value: newRisk, isScaled: reading.isScaled })
    : {
        maintenanceWeight: liabilityWeight(
          assetParameter(state, asset, assetParameters.liabilityMaintenancePpm),
        ),
        initialWeight: liabilityWeight(
          assetParameter(state, asset, assetParameters.liabilityInitialPpm),
        ),
      };
  return {
    ...units,
    value,
    maintenanceValue: value * weights.maintenanceWeight,
    initialValue: newRisk * weights.initialWeight,
    ...weights,
  };
}

function collateralWeights(
  state: State,
  held: { readonly asset: number; readonly value: number; readonly isScaled: boolean },
): Pick<BalancePart, 'maintenanceWeight' | 'initialWeight'> {
  const { asset, value } = held;
  const { haircutInitialPpm, haircutMaintenancePpm, haircutSizePpm } = assetParameters;
  const ramp = assetRampPpm(state, asset) / PPM;
  const whole = value / unitsPerWhole(state.assets.decimals.get(SETTLEMENT_ASSET));
  const initial = weightBySize(
    weightOf(assetParameter(state, asset, haircutInitialPpm)),
    assetParameter(state, asset, haircutSizePpm),
    whole,
  );
  return {
    maintenanceWeight: weightOf(assetParameter(state, asset, haircutMaintenancePpm)) * ramp,
    initialWeight: (held.isScaled ? depositScaled(state, asset, initial) : initial) * ramp,
  };
}

function depositScaled(state: State, asset: number, weight: number): number {
  const start = assetParameter(state, asset, assetParameters.depositScaleStart);
  return weightByDeposits(weight, start, state.assets.balanceTotal.double(asset));
}

function positionPart(state: State, row: number): PositionPart {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const size = positions.size.get(row);
  const v = instruments.multiplier.get(instrument);
  const markPrice = instruments.markPrice.get(instrument);
  const position = { size, entry: positions.entry.double(row), v };
  const newRiskPrice =
    size > 0 ? instruments.longPrice.get(instrument) : instruments.shortPrice.get(instrument);
  const notional = Math.abs(size) * markPrice * v;
  const volatilityRate = instruments.maintenanceRate.get(instrument);
  return {
    instrument,
    underlying: instruments.underlying.get(instrument),
    size,
    markPrice,
    notional,
    unrealized: size === 0 ? 0 : unrealizedAt(position, markPrice),
    unrealizedNewRisk: size === 0 ? 0 : unrealizedAt(position, newRiskPrice),
    funding: size === 0 ? 0 : fundingOwedDouble(state, row),
    maintenance: maintenanceMargin(
      maintenanceTiers(state, instrument),
      notional,
      size === 0 ? 0 : volatilityRate,
    ),
    ...reserveParts(state, row, UNCHANGED),
    lockedGain: toDouble(lockedGainNow(state, row)),
  };
}

type Reserve = Pick<
  PositionPart,
  'worstLots' | 'initial' | 'bidLoss' | 'askLoss' | 'fee' | 'reserve'
>;

/** An order that is not there, for previews. */
export interface HypotheticalOrder {
  readonly side: number;
  readonly lots: number;
  readonly limit: number;
}

/** What a reserve is measured with besides the row. */
export interface ReserveReading {
  /** s of F1, 0 in all but the test of a growing command. */
  readonly scale: number;
  readonly order?: HypotheticalOrder;
}

const UNCHANGED: ReserveReading = { scale: 0 };

/** The reserve of a position's row. */
export function reserveParts(state: State, row: number, reading: ReserveReading): Reserve {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const v = instruments.multiplier.get(instrument);
  const markPrice = instruments.markPrice.get(instrument);
  const bids = bookSide(state, row, SIDE.buy, reading.order);
  const asks = bookSide(state, row, SIDE.sell, reading.order);
  const worst = worstLots({
    size: positions.size.get(row),
    bidLots: bids.lots,
    askLots: asks.lots,
  });
  const initial = initialMargin(initialTiers(state, instrument), worst * markPrice * v, {
    scale: reading.scale,
    volatilityRate: instruments.initialRate.get(instrument),
    ownRate: state.accounts.ownRatePpm.get(positions.account.get(row)) / PPM,
  });
  const takerFeePpm = instrumentParameter(state, instrument, instrumentParameters.takerFeePpm);
  const parts = {
    initial,
    bidLoss: bidLoss(bids.orders, markPrice, v),
    askLoss: askLoss(asks.orders, markPrice, v),
    fee: orderFee({ bids: bids.value, asks: asks.value }, v, takerFeePpm),
  };
  return { worstLots: worst, ...parts, reserve: reserveOf(parts) };
}

/** One side of a position's open orders, with an order that is not there. */
// biome-ignore lint/complexity/useMaxParams: two of the four say which side of which row.
function bookSide(
  state: State,
  row: number,
  side: number,
  order: HypotheticalOrder | undefined,
): { readonly lots: number; readonly value: number; readonly orders: readonly ReservedOrder[] } {
  const { bidLots, askLots, bidValue, askValue } = state.positions;
  const lots = (side === SIDE.buy ? bidLots : askLots).get(row);
  const value = (side === SIDE.buy ? bidValue : askValue).get(row);
  const orders = reservedOrders(state, row, side);
  if (order === undefined || order.side !== side) return { lots, value, orders };
  return {
    lots: lots + order.lots,
    value: value + order.lots * order.limit,
    orders: [...orders, order],
  };
}

/** The orders of a position that the reserve counts, by id. */
export function reservedOrders(state: State, position: number, side: number): ReservedOrder[] {
  const { orders, positions } = state;
  const found: ReservedOrder[] = [];
  for (let link = positions.ordersHead.get(position); link !== 0; ) {
    const row = link - 1;
    link = orders.accountNext.get(row);
    const isReduceOnly = (orders.flags.get(row) & ORDER_FLAG.reduceOnly) !== 0;
    if (orders.side.get(row) !== side || isReduceOnly) continue;
    found.push({ lots: orders.size.get(row), limit: orders.price.get(row) });
  }
  return found;
}

/** The tiers of an instrument for initial margin. */
export function initialTiers(state: State, instrument: number): TierTable {
  const { tierCount, tierLow, tierInitial, tierInitialDeduction } = state.instruments;
  const [from, to] = [instrument * TIERS_MAX, (instrument + 1) * TIERS_MAX];
  return {
    count: tierCount.get(instrument),
    lows: tierLow.data.subarray(from, to),
    ratesPpm: tierInitial.data.subarray(from, to),
    deductions: tierInitialDeduction.data.subarray(from, to),
  };
}

/** The tiers of an instrument for maintenance margin. */
export function maintenanceTiers(state: State, instrument: number): TierTable {
  const { tierCount, tierLow, tierMaintenance, tierMaintenanceDeduction } = state.instruments;
  const [from, to] = [instrument * TIERS_MAX, (instrument + 1) * TIERS_MAX];
  return {
    count: tierCount.get(instrument),
    lows: tierLow.data.subarray(from, to),
    ratesPpm: tierMaintenance.data.subarray(from, to),
    deductions: tierMaintenanceDeduction.data.subarray(from, to),
  };
}
