import { ensurePosition } from '../positions/index.ts';
import {
  assetParameters,
  instrumentParameters,
  LIQUIDATION_STAGE,
  SETTLEMENT_ASSET,
  SIDE,
} from '../schema/index.ts';
import {
  assetParameter,
  findPosition,
  instrumentParameter,
  rollbackTo,
  type State,
  savepoint,
} from '../state/index.ts';
import {
  balanceParts,
  gainParts,
  type HypotheticalOrder,
  positionParts,
  reserveParts,
} from './explain.ts';
import { openInterestScale } from './formulas/requirement.ts';
import { worstLots } from './formulas/reserve.ts';

// The test of a command that grows a position: s of F1 in its market, and collateral scaled by
// total deposits. Neither touches any other test. Spec: margin 2.3, 4.4.

/** Whose position in which instrument a command may grow. */
export interface Growing {
  readonly account: number;
  readonly instrument: number;
}

/** s of F1 from the open interest there is now, after the command. */
export function openInterestScaling(state: State, instrument: number): number {
  const { openInterest, markPrice, multiplier } = state.instruments;
  const { openInterestLow, openInterestHigh } = instrumentParameters;
  const notional =
    openInterest.get(instrument) * markPrice.get(instrument) * multiplier.get(instrument);
  return openInterestScale(
    notional,
    instrumentParameter(state, instrument, openInterestLow),
    instrumentParameter(state, instrument, openInterestHigh),
  );
}

/** |q| of the growing position; 0 without one. */
export function heldLotsOf(state: State, growing: Growing): number {
  const row = findPosition(state, growing.account, growing.instrument);
  return row < 0 ? 0 : Math.abs(state.positions.size.get(row));
}

/** |q*| of the growing position; 0 without one. */
export function worstLotsOf(state: State, growing: Growing): number {
  const row = findPosition(state, growing.account, growing.instrument);
  if (row < 0) return 0;
  const { size, bidLots, askLots } = state.positions;
  return worstLots({
    size: size.get(row),
    bidLots: bidLots.get(row),
    askLots: askLots.get(row),
  });
}

/** Whether growth is tested by more than the free margin: open interest or deposits are scaled. */
export function isScaled(state: State, growing: Growing): boolean {
  if (openInterestScaling(state, growing.instrument) > 0) return true;
  const first = state.accounts.balanceBase.get(growing.account);
  const end = first + state.accounts.balanceCount.get(growing.account);
  for (let row = first; row < end; row++) {
    const asset = state.balances.asset.get(row);
    if (asset === SETTLEMENT_ASSET) continue;
    const start = assetParameter(state, asset, assetParameters.depositScaleStart);
    if (state.assets.balanceTotal.double(asset) > start) return true;
  }
  return false;
}

/** Initial balance and requirement of a growing account, settlement units. */
export interface GrowthTest {
  readonly available: number;
  readonly required: number;
}

/** What a test of growth is made with. */
export interface GrowthReading {
  /** Whether s and deposit scaling apply: false gives the free margin, bit for bit. */
  readonly hasGrown: boolean;
  readonly order?: HypotheticalOrder;
}

const GROWN: GrowthReading = { hasGrown: true };

/**
 * The test of growth: collateral at weights scaled by deposits, and the growing market's initial
 * margin with s. With s = 0 and no scaling the bits are those of the free margin.
 */
export function growthTest(
  state: State,
  growing: Growing,
  reading: GrowthReading = GROWN,
): GrowthTest {
  const { account, instrument } = growing;
  const scale = reading.hasGrown ? openInterestScaling(state, instrument) : 0;
  const positions = positionParts(state, account);
  const first = state.accounts.positionBase.get(account);
  const { order } = reading;
  const scaled = order === undefined ? { scale } : { scale, order };
  let available = 0;
  let gains = 0;
  let funding = 0;
  let required = 0;
  for (const part of balanceParts(state, account, { isScaled: reading.hasGrown })) {
    available += part.initialValue;
  }
  for (const part of gainParts(state, positions)) gains += part.counted;
  positions.forEach((part, k) => {
    funding += part.funding;
    required +=
      part.instrument === instrument
        ? reserveParts(state, first + k, scaled).reserve
        : part.reserve;
  });
  return { available: available + gains - funding, required };
}

/** An order whose largest size is asked for. */
export interface OrderQuestion {
  readonly account: number;
  readonly instrument: number;
  /** SIDE. */
  readonly side: number;
  /** Price units. */
  readonly limit: number;
}

/**
 * The largest size, in lots, of an order that the gate would let rest now, by bisection over the
 * gate's predicate; sizes that the market itself refuses are not offered. The state is left as it
 * was.
 */
export function maximumOrder(state: State, question: OrderQuestion): number {
  const { account, instrument } = question;
  const point = savepoint(state);
  let low = 0;
  if (ensurePosition(state, account, instrument) >= 0) {
    let high = largestOrder(state, question);
    while (low < high) {
      const middle = high - Math.floor((high - low) / 2);
      if (mayRest(state, question, middle)) low = middle;
      else high = middle - 1;
    }
  }
  rollbackTo(state, point);
  return low;
}

/** What the instrument's largest order and largest position leave room for. */
function largestOrder(state: State, question: OrderQuestion): number {
  const { account, instrument, side } = question;
  const row = findPosition(state, account, instrument);
  const { size, bidLots, askLots } = state.positions;
  const reach =
    side === SIDE.buy ? size.get(row) + bidLots.get(row) : askLots.get(row) - size.get(row);
  const { orderSizeMax, positionSizeMax } = instrumentParameters;
  return Math.max(
    0,
    Math.min(
      instrumentParameter(state, instrument, orderSizeMax),
      instrumentParameter(state, instrument, positionSizeMax) - reach,
    ),
  );
}

/** The gate's predicate: free margin ≥ 0, or, for a short account, nothing worse than before. */
function mayRest(state: State, question: OrderQuestion, lots: number): boolean {
  const { account, instrument, side, limit } = question;
  const row = findPosition(state, account, instrument);
  const { size, bidLots, askLots } = state.positions;
  const before = { size: size.get(row), bidLots: bidLots.get(row), askLots: askLots.get(row) };
  const after =
    side === SIDE.buy
      ? { ...before, bidLots: before.bidLots + lots }
      : { ...before, askLots: before.askLots + lots };
  const hasGrown = worstLots(after) > worstLots(before);
  const growing = { account, instrument };
  const free = freeAfter(growthTest(state, growing, { hasGrown, order: { side, lots, limit } }));
  const isFree = state.accounts.liquidationStage.get(account) === LIQUIDATION_STAGE.none;
  if (free >= 0 && isFree) return true;
  return !hasGrown && free >= freeAfter(growthTest(state, growing, { hasGrown: false }));
}

function freeAfter(test: GrowthTest): number {
  return test.available - test.required;
}
