import type { AnswerOf, ValueOf } from '@plimsoll/api/routes';
import { capacityNow, refill } from '@plimsoll/core/custody';
import { readName } from '@plimsoll/core/governance';
import { assetRampPpm, borrowRatePpm, utilizationPpm } from '@plimsoll/core/ledger';
import { exactNotional } from '@plimsoll/core/math';
import {
  assetParameters,
  INDEX_STATUS,
  instrumentParameters,
  MARKET_STATE,
  type ParameterSchema,
  SETTLEMENT_ASSET,
  SIDE,
  TIERS_MAX,
} from '@plimsoll/core/schema';
import {
  assetParameter,
  instrumentParameter,
  rollbackTo,
  type State,
  savepoint,
  timeMs,
} from '@plimsoll/core/state';
import { bestLevel, bestPrice } from '@plimsoll/core/venue';
import type { Question } from '../parts.ts';
import { assetName } from '../units/index.ts';
import { assetNamed, instrumentNamed, integerIn } from './ask.ts';
import type { ReadContext } from './context.ts';
import {
  amountIn,
  type MarketUnits,
  marketUnitsOf,
  momentOf,
  moneyOf,
  nameOf,
  pricesOf,
} from './units.ts';

const PPM = 1_000_000;
const NANO = 1_000_000_000;

type Asset = ValueOf<'Asset'>;
type Market = ValueOf<'Market'>;
type Level = ValueOf<'Level'>;

export function assets({ machine: { state } }: ReadContext): AnswerOf<'assets'> {
  const count = state.machine.assetCount.get(0);
  return { assets: Array.from({ length: count }, (_, i) => assetView(state, i + 1)) };
}

export function asset({ machine: { state } }: ReadContext, question: Question): AnswerOf<'asset'> {
  return { asset: assetView(state, assetNamed(state, question.params.asset)) };
}

function assetView(state: State, id: number): Asset {
  const { assets: table, underlyings } = state;
  const underlying = table.underlying.get(id);
  const of = (parameter: ParameterSchema): number => assetParameter(state, id, parameter);
  const isNumeraire = id === SETTLEMENT_ASSET;
  return {
    id,
    name: assetName(state, id),
    decimals: table.decimals.get(id),
    underlying: underlying === 0 ? null : readName(underlyings.name, underlying),
    indexPrice:
      underlying === 0
        ? null
        : pricesOf(state, underlying).orNull(underlyings.index.get(underlying)),
    status: underlying === 0 ? 'ok' : nameOf(INDEX_STATUS, underlyings.status.get(underlying)),
    haircuts: {
      // The settlement asset is the numeraire: weight 1, whatever its parameters (margin 4.2).
      initialPpm: isNumeraire ? 0 : of(assetParameters.haircutInitialPpm),
      maintenancePpm: isNumeraire ? 0 : of(assetParameters.haircutMaintenancePpm),
      rampPpm: isNumeraire ? PPM : assetRampPpm(state, id),
    },
    lending: lendingView(state, id),
    outflow: outflowView(state, id),
    listedMs: table.listedMs.get(id),
  };
}

function lendingView(state: State, id: number): Asset['lending'] {
  const { borrowTotal, supplyTotal } = state.assets;
  const { kinkPpm, rateZeroPpm, rateKinkPpm, rateFullPpm, interestFeePpm } = assetParameters;
  const of = (parameter: ParameterSchema): number => assetParameter(state, id, parameter);
  const utilization = utilizationPpm(borrowTotal.get(id), supplyTotal.get(id));
  const curve = {
    kinkPpm: of(kinkPpm),
    ratePpmAtZero: of(rateZeroPpm),
    ratePpmAtKink: of(rateKinkPpm),
    ratePpmAtFull: of(rateFullPpm),
  };
  const borrowRate = borrowRatePpm(curve, utilization) / PPM;
  return {
    supplied: amountIn(state, id, supplyTotal.get(id)),
    borrowed: amountIn(state, id, borrowTotal.get(id)),
    utilization: utilization / PPM,
    borrowRatePerYear: borrowRate,
    supplyRatePerYear: borrowRate * (utilization / PPM) * (1 - of(interestFeePpm) / PPM),
  };
}

function outflowView(state: State, id: number): Asset['outflow'] {
  const { assets: table, withdrawals } = state;
  // Reading the capacity rolls the ring of the last day: undone.
  const point = savepoint(state);
  const capacity = capacityNow(state, id);
  rollbackTo(state, point);
  const bucket = {
    level: table.outflowLevel.get(id),
    lane: table.outflowLane.get(id),
    carry: table.outflowCarry.get(id),
    laneCarry: table.outflowLaneCarry.get(id),
  };
  const { level } = refill(bucket, capacity, timeMs(state) - table.outflowMs.get(id));
  let waiting = 0n;
  for (let link = table.withdrawalHead.get(id); link !== 0; ) {
    waiting += withdrawals.waiting.get(link - 1);
    link = withdrawals.following.get(link - 1);
  }
  const limitedUntilMs = table.outflowShareMs.get(id);
  return {
    allowance: amountIn(state, id, level),
    waiting: amountIn(state, id, waiting),
    limitedUntilMs: limitedUntilMs > timeMs(state) ? limitedUntilMs : null,
  };
}

export function markets({ machine: { state } }: ReadContext): AnswerOf<'markets'> {
  const count = state.machine.instrumentCount.get(0);
  return { markets: Array.from({ length: count }, (_, i) => marketView(state, i + 1)) };
}

export function market(context: ReadContext, question: Question): AnswerOf<'market'> {
  const { state } = context.machine;
  const id = instrumentNamed(state, question.params.instrument);
  const { tierCount, tierLow, tierInitial, tierMaintenance } = state.instruments;
  const money = moneyOf(state);
  const tiers = Array.from({ length: tierCount.get(id) }, (_, n) => {
    const cell = id * TIERS_MAX + n;
    return {
      lowerBound: money.amountDown(tierLow.get(cell)),
      initialPpm: tierInitial.get(cell),
      maintenancePpm: tierMaintenance.get(cell),
    };
  });
  return { market: marketView(state, id), tiers, rules: rulesView(state, id) };
}

function rulesView(state: State, id: number): ValueOf<'MarketRules'> {
  const { instruments } = state;
  const money = moneyOf(state);
  const of = (parameter: ParameterSchema): number => instrumentParameter(state, id, parameter);
  return {
    makerFeePpm: of(instrumentParameters.makerFeePpm),
    takerFeePpm: of(instrumentParameters.takerFeePpm),
    orderSizeMaxLots: of(instrumentParameters.orderSizeMax),
    positionSizeMaxLots: of(instrumentParameters.positionSizeMax),
    initialRatePpm: Math.ceil(instruments.initialRate.get(id) * PPM),
    maintenanceRatePpm: Math.ceil(instruments.maintenanceRate.get(id) * PPM),
    depthBid: money.amountDown(instruments.depthBid.get(id)),
    depthAsk: money.amountDown(instruments.depthAsk.get(id)),
  };
}

function marketView(state: State, id: number): Market {
  const { instruments, underlyings } = state;
  const units = marketUnitsOf(state, id);
  const underlying = instruments.underlying.get(id);
  const haltedUntilMs = instruments.haltedUntilMs.get(id);
  const isHalted = haltedUntilMs > timeMs(state);
  const openInterest = instruments.openInterest.get(id);
  const money = moneyOf(state);
  const fundingIntervalMs = instrumentParameter(state, id, instrumentParameters.fundingIntervalMs);
  const fundingStartMs = instruments.fundingStartMs.get(id);
  return {
    id,
    name: units.name,
    underlying: readName(underlyings.name, underlying),
    settlement: money.asset,
    state: nameOf(MARKET_STATE, instruments.state.get(id)),
    isHalted,
    haltedUntilMs: isHalted ? haltedUntilMs : null,
    opensMs: momentOf(instruments.opensMs.get(id)),
    priceUnit: units.unit,
    tickSize: units.text(instruments.tickSize.get(id)),
    lotSize: units.lotSize,
    settlementUnitsPerLot: String(units.multiplier),
    markPrice: units.orNull(instruments.markPrice.get(id)),
    indexPrice: units.orNull(underlyings.index.get(underlying)),
    indexStatus: nameOf(INDEX_STATUS, underlyings.status.get(underlying)),
    ...bestView(state, units),
    openInterest: units.size(openInterest),
    openInterestLots: openInterest,
    openInterestNotional: money.amount(
      exactNotional(openInterest, instruments.markPrice.get(id), units.multiplier),
    ),
    fundingRatePerHour: instruments.fundingRateNano.get(id) / NANO,
    nextFundingMs: fundingStartMs === 0 ? null : fundingStartMs + fundingIntervalMs,
    hasOpenDeficit: instruments.deficitMs.get(id) !== 0,
  };
}

function bestView(
  state: State,
  units: MarketUnits,
): Pick<Market, 'bestBid' | 'bestAsk' | 'spread'> {
  const bid = bestPrice(state, units.instrument, SIDE.buy);
  const ask = bestPrice(state, units.instrument, SIDE.sell);
  return {
    bestBid: units.orNull(bid),
    bestAsk: units.orNull(ask),
    spread: bid === 0 || ask === 0 ? null : units.text(ask - bid),
  };
}

export function book(context: ReadContext, question: Question): AnswerOf<'book'> {
  const { state } = context.machine;
  const instrument = instrumentNamed(state, question.params.instrument);
  const depth = integerIn(question, 'depth');
  const units = marketUnitsOf(state, instrument);
  return {
    instrument,
    name: units.name,
    bids: levelsOf(state, units, { side: SIDE.buy, depth }),
    asks: levelsOf(state, units, { side: SIDE.sell, depth }),
  };
}

function levelsOf(
  state: State,
  units: MarketUnits,
  part: { readonly side: number; readonly depth: number },
): Level[] {
  const { levels, orders } = state;
  const found: Level[] = [];
  let level = bestLevel(state, units.instrument, part.side);
  while (level >= 0 && found.length < part.depth) {
    const lots = levels.lots.get(level);
    let count = 0;
    for (let link = levels.head.get(level); link !== 0; link = orders.levelNext.get(link - 1)) {
      count += 1;
    }
    const price = units.text(levels.price.get(level));
    found.push({ price, size: units.size(lots), lots, orders: count });
    level = levels.worse.get(level) - 1;
  }
  return found;
}
