import { amountDown, amountOf, amountUp, clamp, toDouble } from '../math/index.ts';
import { RISK } from '../risk/index.ts';
import { instrumentParameters } from '../schema/index.ts';
import { instrumentParameter } from '../state/index.ts';
import {
  type BankruptcyLeg,
  bankruptcyPrice,
  bankruptcyQuote,
  bankruptcyWeights,
} from './formulas/bankruptcyPrice.ts';
import { bankruptcyAdjustment, limitPrice } from './formulas/limitPrice.ts';
import type { Leg } from './leg.ts';
import type { Run } from './run.ts';

/** Beyond so many notionals of the leg its part of the equity has no more say in a limit. */
const SHARE_MAX = 16;

/** The leg with the part of the account's equity that it carries (rule F10). */
export function bankruptcyLegOf(run: Run, leg: Leg, legs: readonly Leg[]): BankruptcyLeg {
  const maintenance = legs.map((each) => amountUp(each.maintenance));
  const notionals = legs.map((each) => amountUp(each.notional));
  const weights = bankruptcyWeights(maintenance, notionals);
  let weightSum = 0n;
  for (let i = 0; i < weights.length; i++) weightSum += weights[i] as bigint;
  const position = legs.findIndex((each) => each.instrument === leg.instrument);
  const weight = weights[position] as bigint;
  const equity = run.figures[RISK.equity] as number;
  const bound = SHARE_MAX * leg.notional;
  const share = (equity * toDouble(weight)) / toDouble(weightSum);
  const isBounded = share > bound || share < -bound;
  const part = isBounded
    ? { equity: amountDown(clamp(share, -bound, bound)), weight: 1n, weightSum: 1n }
    : { equity: amountDown(equity), weight, weightSum };
  const { side, size, markPrice, multiplier } = leg;
  return { side, size, closedSize: size, markPrice, multiplier, ...part };
}

/** The worst price at which a solvent account's leg may close, and its bankruptcy price. */
export function solventLimit(
  run: Run,
  leg: Leg,
  legs: readonly Leg[],
): { readonly limit: number; readonly bankruptcy: number } {
  const bankruptcy = bankruptcyPrice(bankruptcyLegOf(run, leg, legs));
  const adjustment = bankruptcyAdjustment({
    marginBalance: run.figures[RISK.marginBalance] as number,
    maintenanceMargin: run.figures[RISK.maintenance] as number,
    adjustmentPpm: instrumentParameter(
      run.state,
      leg.instrument,
      instrumentParameters.bankruptcyAdjustPpm,
    ),
  });
  return { limit: limitPrice(leg, adjustment, bankruptcy), bankruptcy };
}

/** What a fill of lots costs insurance: the gap to the bankruptcy quote; 0 when there is none. */
export function gapOf(
  leg: BankruptcyLeg,
  fill: { readonly lots: number; readonly quote: bigint },
): bigint {
  const wanted = bankruptcyQuote({ ...leg, closedSize: fill.lots });
  const gap = wanted - amountOf(leg.side) * fill.quote;
  return gap > 0n ? gap : 0n;
}
