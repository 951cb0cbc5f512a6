import { underlyingParameters } from '../schema/index.ts';
import { findPosition, type State, underlyingParameter } from '../state/index.ts';
import { maintenanceTiers } from './explain.ts';
import { maintenanceMargin, type TierTable } from './formulas/requirement.ts';
import { health } from './kernel.ts';

// The mark price at which an account's health is zero, other prices as they are (rule F10).
// Spec: margin 11.

const PPM = 1_000_000;

/** A position and the account it is in; settlement units and price units. */
export interface LiquidationInputs {
  /** Signed lots, not 0. */
  readonly size: number;
  readonly price: number;
  readonly v: number;
  /** MB − MM of the whole account at `price`. */
  readonly health: number;
  readonly tiers: TierTable;
  /** φ_v × volRateMM. */
  readonly volatilityRate: number;
  /** w_max: farther off than this share of the price there is none. */
  readonly widthMax: number;
}

/**
 * p − side·(MB − MM)/(|q|·v·(1 − side·l)) with the line l of the maintenance margin that holds
 * there; null when it is not above 0 or lies beyond w_max. Maintenance is the largest of its lines
 * (tiers ascend), so that the line that holds at the answer is the one that is reached first.
 */
export function liquidationPriceOf(inputs: LiquidationInputs): number | null {
  const { size, price, v, tiers, volatilityRate } = inputs;
  const notional = Math.abs(size) * price * v;
  const own = maintenanceMargin(tiers, notional, volatilityRate);
  let nearest = priceOn(inputs, own, { rate: volatilityRate, deduction: 0 });
  for (let tier = 0; tier < tiers.count; tier++) {
    const rate = (tiers.ratesPpm[tier] as number) / PPM;
    const deduction = tiers.deductions[tier] as number;
    const reached = priceOn(inputs, own, { rate, deduction });
    nearest = size > 0 ? Math.max(nearest, reached) : Math.min(nearest, reached);
  }
  const isWithin = Math.abs(nearest - price) <= inputs.widthMax * price;
  return nearest > 0 && isWithin ? nearest : null;
}

/** A piece of the maintenance margin: N·rate − deduction. */
interface Line {
  readonly rate: number;
  readonly deduction: number;
}

/** Where health is zero were maintenance this line throughout. */
function priceOn(inputs: LiquidationInputs, own: number, line: Line): number {
  const { size, price, v } = inputs;
  const side = size > 0 ? 1 : -1;
  const perPriceUnit = Math.abs(size) * v;
  const onLine = perPriceUnit * price * line.rate - line.deduction;
  const spare = inputs.health + own - onLine;
  const slope = perPriceUnit * (1 - side * line.rate);
  // At a rate of 1 a long's health does not move with its price: never reached, or always.
  if (slope <= 0) return spare >= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return price - (side * spare) / slope;
}

/** The liquidation price of an account's position, in price units; null without one. */
export function liquidationPrice(state: State, account: number, instrument: number): number | null {
  const row = findPosition(state, account, instrument);
  const size = row < 0 ? 0 : state.positions.size.get(row);
  if (size === 0) return null;
  const { instruments } = state;
  const underlying = instruments.underlying.get(instrument);
  return liquidationPriceOf({
    size,
    price: instruments.markPrice.get(instrument),
    v: instruments.multiplier.get(instrument),
    health: health(state, account),
    tiers: maintenanceTiers(state, instrument),
    volatilityRate: instruments.maintenanceRate.get(instrument),
    widthMax: underlyingParameter(state, underlying, underlyingParameters.plausibleMaxPpm) / PPM,
  });
}
