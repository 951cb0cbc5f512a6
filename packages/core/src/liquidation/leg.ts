import { maintenanceMargin, maintenanceTiers, marginalMaintenance } from '../risk/index.ts';
import { globalParameters, instrumentParameters, SIDE } from '../schema/index.ts';
import { findPosition, globalParameter, instrumentParameter, type State } from '../state/index.ts';
import { quoteOnBook } from '../venue/index.ts';
import type { Side } from './formulas/bankruptcyPrice.ts';
import { boundedSize, restoredPpm } from './formulas/closeOutSize.ts';

const PPM = 1_000_000;

/** A position as a close-out sees it. Rates in ppm, money in settlement units. */
export interface Leg {
  readonly instrument: number;
  readonly side: Side;
  /** Lots, positive. */
  readonly size: number;
  readonly markPrice: number;
  readonly multiplier: number;
  readonly tick: number;
  readonly notional: number;
  readonly maintenance: number;
  /** What closing releases per notional, at the least over what a step may close. */
  readonly maintenancePpm: number;
  /** φ: liquidation, insurance and taker fee; `insurancePpm` is the first two. */
  readonly feePpm: number;
  readonly insurancePpm: number;
  /** κ of the limit. */
  readonly spreadPpm: number;
  /** Lots that a step may take of the aged depth. */
  readonly depthShare: number;
  readonly epsilonPpm: number;
}

/** SIDE of the order that closes a leg. */
export function closingSide(leg: Leg): number {
  return leg.side === 1 ? SIDE.sell : SIDE.buy;
}

/** The legs of an account, ascending by instrument. */
export function readLegs(state: State, account: number): Leg[] {
  const { accounts, positions } = state;
  const first = accounts.positionBase.get(account);
  const legs: Leg[] = [];
  for (let row = first; row < first + accounts.positionCount.get(account); row++) {
    if (positions.size.get(row) !== 0) legs.push(readLeg(state, row));
  }
  return legs;
}

/** The leg of an account in an instrument; undefined without a position. */
export function findLeg(state: State, account: number, instrument: number): Leg | undefined {
  const row = findPosition(state, account, instrument);
  return row < 0 || state.positions.size.get(row) === 0 ? undefined : readLeg(state, row);
}

function readLeg(state: State, row: number): Leg {
  const { positions, instruments } = state;
  const instrument = positions.instrument.get(row);
  const held = positions.size.get(row);
  const size = Math.abs(held);
  const side: Side = held > 0 ? 1 : -1;
  const markPrice = instruments.markPrice.get(instrument);
  const multiplier = instruments.multiplier.get(instrument);
  const notional = size * markPrice * multiplier;
  const volatilityRate = instruments.maintenanceRate.get(instrument);
  const tiers = maintenanceTiers(state, instrument);
  const liquidationPpm = parameter(state, instrument, 'liquidationFeePpm');
  const insurancePpm = liquidationPpm + parameter(state, instrument, 'insuranceFeePpm');
  const feePpm = insurancePpm + parameter(state, instrument, 'takerFeePpm');
  const depthShare = depthLots(state, instrument, side);
  const reached = Math.max(0, size - Math.max(depthShare, 1)) * markPrice * multiplier;
  const leg = {
    instrument,
    side,
    size,
    markPrice,
    multiplier,
    tick: instruments.tickSize.get(instrument),
    notional,
    maintenance: maintenanceMargin(tiers, notional, volatilityRate),
    maintenancePpm: marginalMaintenance(tiers, reached, volatilityRate) * PPM,
    feePpm,
    insurancePpm,
    spreadPpm: parameter(state, instrument, 'limitPpm'),
    depthShare,
    epsilonPpm: 0,
  };
  const marginal = marginalMaintenance(tiers, notional, volatilityRate) * PPM;
  return { ...leg, epsilonPpm: epsilonOf(state, leg, marginal) };
}

/** ε with the cost of what a step may close at the book now resting; −∞ where nothing rests. */
function epsilonOf(state: State, leg: Leg, maintenancePpm: number): number {
  const lots = Math.min(leg.size, Math.max(1, leg.depthShare));
  const quoted = quoteOnBook(state, {
    instrument: leg.instrument,
    side: closingSide(leg),
    lots,
    limit: leg.side === 1 ? 0 : Number.MAX_SAFE_INTEGER,
  });
  if (quoted.lots === 0) return Number.NEGATIVE_INFINITY;
  const atMark = quoted.lots * leg.markPrice * leg.multiplier;
  const costPpm = (leg.side * (atMark - quoted.quote) * PPM) / atMark;
  const bufferPpm = bufferOf(state);
  return restoredPpm({ maintenancePpm, costPpm, feePpm: leg.feePpm, bufferPpm });
}

/** b of F9 in ppm. */
export function bufferOf(state: State): number {
  return globalParameter(state, globalParameters.targetBufferPpm);
}

/** The share of the aged depth of the side that a close meets, in lots. */
function depthLots(state: State, instrument: number, side: Side): number {
  const { depthBid, depthAsk, markPrice, multiplier } = state.instruments;
  const depth = (side === 1 ? depthBid : depthAsk).get(instrument);
  const share = (depth * parameter(state, instrument, 'depthSharePpm')) / PPM;
  return Math.floor(share / (markPrice.get(instrument) * multiplier.get(instrument)));
}

/** The size within the depth share, and a dust rest along with it. */
export function boundedLots(state: State, leg: Leg, size: number): number {
  return boundedSize({
    size,
    positionSize: leg.size,
    depthShare: leg.depthShare,
    notionalPerLot: leg.markPrice * leg.multiplier,
    dustNotional: parameter(state, leg.instrument, 'notionalDust'),
  });
}

function parameter(
  state: State,
  instrument: number,
  name: keyof typeof instrumentParameters,
): number {
  return instrumentParameter(state, instrument, instrumentParameters[name]);
}
