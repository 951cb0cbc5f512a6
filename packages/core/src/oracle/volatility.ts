import { clamp, ln } from '../math/index.ts';

/** Δ of the volatility grid. */
export const GRID_MS = 300_000;
/** No step of the grid counts for more than a day. */
export const GRID_STEPS_MAX = 288;
const GRID_STEPS_PER_DAY = 288;
/** The part added to the rate in calm times, spent as volatility rises. */
const CALM_BUFFER = 0.25;

/** Volatility of one underlying: variances per grid step, rates as fractions of notional. */
export interface VolatilityRecord {
  readonly varianceFast: number;
  readonly varianceSlow: number;
  /** Published margin rate, limited in its steps. */
  readonly rate: number;
  /** Where the rate is going: new risk pays the higher of the two. */
  readonly target: number;
}

/** Parameters of F5; the names are those of the underlying's parameters. */
export interface VolatilityRule {
  readonly sigmaPriorPpm: number;
  readonly lambdaFastPpm: number;
  readonly lambdaSlowPpm: number;
  readonly zMilli: number;
  readonly horizonSteps: number;
  readonly stressPpm: number;
  readonly stressWeightPpm: number;
  readonly fullRatioMilli: number;
  readonly rateFloorPpm: number;
  readonly rateUpPpmPerDay: number;
  readonly rateDownPpmPerDay: number;
}

/** The target rate with the parts it is made of. */
export interface RateTarget {
  readonly raw: number;
  readonly slowRaw: number;
  readonly m1: number;
  /** Share of the buffer that is spent. */
  readonly x: number;
  readonly target: number;
}

/**
 * Grid steps from the sample at `gridMs` to block time `timeMs`: 0 inside the same step, at most
 * 288. The first block of a step whose index is ok gives its sample. Spec: oracle 7.1.
 */
export function gridSteps(gridMs: number, timeMs: number): number {
  const steps = Math.floor(timeMs / GRID_MS) - Math.floor(gridMs / GRID_MS);
  return Math.min(steps, GRID_STEPS_MAX);
}

/** λ·λ·…, k times, k from 1 to 288: multiplied one by one, so that the bits are pinned. */
export function decayOver(lambda: number, k: number): number {
  let product = lambda;
  for (let step = 1; step < k; step++) product *= lambda;
  return product;
}

/** σ² = λk·σ² + (1 − λk)·r·r/k, for a return r over k grid steps. */
export function stepVariance(
  variance: number,
  step: { readonly lambda: number; readonly k: number; readonly logReturn: number },
): number {
  const decay = decayOver(step.lambda, step.k);
  return decay * variance + ((1 - decay) * step.logReturn * step.logReturn) / step.k;
}

/** The rate that the present variances ask for, before its steps are limited. Spec: oracle 7.4. */
export function rateTarget(
  variances: { readonly varianceFast: number; readonly varianceSlow: number },
  rule: VolatilityRule,
): RateTarget {
  const z = rule.zMilli / 1000;
  const root = Math.sqrt(rule.horizonSteps);
  const raw = z * Math.sqrt(variances.varianceFast) * root;
  const slowRaw = z * Math.sqrt(variances.varianceSlow) * root;
  const stressWeight = rule.stressWeightPpm / 1e6;
  const m1 = (1 - stressWeight) * raw + stressWeight * (rule.stressPpm / 1e6);
  // A price that never moved has no ratio: the buffer stays whole.
  const ratio = slowRaw > 0 ? raw / slowRaw : 1;
  const x = clamp((ratio - 1) / (rule.fullRatioMilli / 1000 - 1), 0, 1);
  const target = clamp(m1 * (1 + CALM_BUFFER * (1 - x)), rule.rateFloorPpm / 1e6, 1);
  return { raw, slowRaw, m1, x, target };
}

/** The target, no further from the published rate than k grid steps allow. Spec: oracle 7.5. */
export function limitRate(
  previous: number,
  step: { readonly target: number; readonly k: number },
  rule: { readonly rateUpPpmPerDay: number; readonly rateDownPpmPerDay: number },
): number {
  const days = step.k / GRID_STEPS_PER_DAY;
  const low = previous * (1 - (rule.rateDownPpmPerDay / 1e6) * days);
  const high = previous * (1 + (rule.rateUpPpmPerDay / 1e6) * days);
  return clamp(step.target, low, high);
}

/** Volatility at the first sample of an underlying: the prior of its class, nothing limited. */
export function seedVolatility(rule: VolatilityRule): VolatilityRecord {
  const sigma = rule.sigmaPriorPpm / 1e6;
  const variances = { varianceFast: sigma * sigma, varianceSlow: sigma * sigma };
  const { target } = rateTarget(variances, rule);
  return { ...variances, rate: target, target };
}

/**
 * Takes one sample of the grid (rule F5): `from` and `to` are the indexes k grid steps apart,
 * k from 1 to 288. Spec: oracle 7.
 */
export function stepVolatility(
  record: VolatilityRecord,
  sample: { readonly from: number; readonly to: number; readonly k: number },
  rule: VolatilityRule,
): VolatilityRecord {
  const { k } = sample;
  const logReturn = ln(sample.to / sample.from);
  const lambdaFast = rule.lambdaFastPpm / 1e6;
  const lambdaSlow = rule.lambdaSlowPpm / 1e6;
  const varianceFast = stepVariance(record.varianceFast, { lambda: lambdaFast, k, logReturn });
  const varianceSlow = stepVariance(record.varianceSlow, { lambda: lambdaSlow, k, logReturn });
  const { target } = rateTarget({ varianceFast, varianceSlow }, rule);
  const rate = limitRate(record.rate, { target, k }, rule);
  return { varianceFast, varianceSlow, rate, target };
}

/** What new risk pays: the higher of rate and target, at once. */
export function rateForNewRisk(record: { readonly rate: number; readonly target: number }): number {
  return Math.max(record.rate, record.target);
}
