import { approach } from '../math/index.ts';
import { instrumentParameters, SIDE } from '../schema/index.ts';
import { instrumentParameter, type State, timeMs } from '../state/index.ts';
import { agedLots } from './agedLots.ts';
import { bestLevel } from './book.ts';

// What the book says at the end of a block: impact prices for the next mark, and depth weighted by
// time. Only orders that have rested for a while count, so that a flash of orders says nothing.
// Spec: venue 9.

const PPM = 1_000_000;
/** How far a side is read: bounded work per block, whatever lies on the book. */
const LEVELS_MAX = 64;
const ORDERS_MAX = 256;
/**
 * Depth is read further, since it is read seldom: small orders in front must not hide what is
 * behind.
 */
const DEPTH_FACTOR = 16;
/** Depth is sampled this often per time constant. */
const DEPTH_SAMPLES = 100;

/** Records impact bid and ask of every instrument, and its depth where a sample is due. */
export function recordBookFigures(state: State): void {
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) recordInstrument(state, instrument);
}

function recordInstrument(state: State, instrument: number): void {
  const { instruments } = state;
  const now = timeMs(state);
  const since = instruments.depthMs.get(instrument);
  const tauMs = instrumentParameter(state, instrument, instrumentParameters.depthTauMs);
  const mark = instruments.markPrice.get(instrument);
  if (mark === 0) return;
  if (since === 0) instruments.depthMs.set(instrument, now);
  const isDue = since !== 0 && (now - since) * DEPTH_SAMPLES >= tauMs;
  const bids = readSide(state, { instrument, side: SIDE.buy, isDepthRead: isDue });
  const asks = readSide(state, { instrument, side: SIDE.sell, isDepthRead: isDue });
  instruments.impactBid.set(instrument, Math.floor(bids.impact));
  instruments.impactAsk.set(instrument, Math.ceil(asks.impact));
  const isTwoSided = bids.best > 0 && asks.best > 0;
  instruments.bookMid.set(instrument, isTwoSided ? (bids.best + asks.best) / 2 : 0);
  if (!isDue) return;
  const step = { dtMs: now - since, tauMs };
  const { depthBid, depthAsk } = instruments;
  depthBid.set(instrument, approach(depthBid.get(instrument), { to: bids.depth, ...step }));
  depthAsk.set(instrument, approach(depthAsk.get(instrument), { to: asks.depth, ...step }));
  instruments.depthMs.set(instrument, now);
}

export interface SideQuery {
  readonly instrument: number;
  readonly side: number;
  /** Whether the whole band is read for depth, or only what the impact notional needs. */
  readonly isDepthRead: boolean;
}

export interface SideFigures {
  /** Best price at which an aged order rests; 0 without. */
  readonly best: number;
  /** Mean price at which the impact notional would trade, unrounded; 0 where it would not. */
  readonly impact: number;
  /** Notional of aged orders near the mark, settlement units. */
  readonly depth: number;
}

/** Reads one side from its best level on, aged orders only, up to the limits of work. */
export function readSide(state: State, query: SideQuery): SideFigures {
  const { instrument } = query;
  const { levels, instruments } = state;
  const wanted =
    instrumentParameter(state, instrument, instrumentParameters.impactNotional) /
    instruments.multiplier.get(instrument);
  const agedMs =
    timeMs(state) - instrumentParameter(state, instrument, instrumentParameters.impactAgeMs);
  const band = depthBand(state, query);
  const reach = query.isDepthRead ? DEPTH_FACTOR : 1;
  const levelsMax = LEVELS_MAX * reach;
  const ordersMax = ORDERS_MAX * reach;
  let visits = 0;
  let depth = 0;
  // The impact notional in price units × lots, and the lots it takes.
  let value = 0;
  let lots = 0;
  let best = 0;
  let row = bestLevel(state, instrument, query.side);
  for (let level = 0; row >= 0 && level < levelsMax && visits < ordersMax; level++) {
    const price = levels.price.get(row);
    const isNear = query.side === SIDE.buy ? price >= band : price <= band;
    if (value >= wanted && !(query.isDepthRead && isNear)) break;
    const aged = agedLots(state, row, { agedMs, visitsMax: ordersMax - visits });
    visits += aged.visits;
    if (best === 0 && aged.lots > 0) best = price;
    if (isNear) depth += aged.lots * price;
    const taken = Math.min(aged.lots, (wanted - value) / price);
    if (taken > 0) {
      lots += taken;
      value = taken < aged.lots ? wanted : value + taken * price;
    }
    row = levels.worse.get(row) - 1;
  }
  return {
    best,
    impact: value >= wanted && lots > 0 ? wanted / lots : 0,
    depth: depth * instruments.multiplier.get(instrument),
  };
}

/** The last price of the depth band: far edge from the mark. */
function depthBand(state: State, query: SideQuery): number {
  const ppm = instrumentParameter(state, query.instrument, instrumentParameters.depthBandPpm);
  const mark = state.instruments.markPrice.get(query.instrument);
  return (mark * (query.side === SIDE.buy ? PPM - ppm : PPM + ppm)) / PPM;
}
