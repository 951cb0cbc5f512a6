import { isRateCurve } from '../ledger/index.ts';
import type { Tier } from '../risk/index.ts';
import {
  assetParameters,
  type FiguresOf,
  instrumentParameters,
  type ParameterSchema,
  type rejections,
  TIERS_MAX,
  underlyingParameters,
} from '../schema/index.ts';

// What a row has to fulfil at its listing and after every change of a parameter. All integers, in
// ppm. Spec: governance 2.

const PPM = 1_000_000;

/** Which check failed, and the figures that show it. */
export type ListingFigures = FiguresOf<(typeof rejections)['listingInvalid']['code']>;

/** Reads a parameter of the row that is judged, with the change already made. */
export type ParameterOf = (parameter: ParameterSchema) => number;

/** The figures of the first check that an instrument fails; undefined when it passes all. */
export function instrumentProblem(
  tiers: readonly Tier[],
  parameterOf: ParameterOf,
): ListingFigures | undefined {
  return tiersProblem(tiers) ?? marginProblem(tiers, parameterOf) ?? scalingProblem(parameterOf);
}

function tiersProblem(tiers: readonly Tier[]): ListingFigures | undefined {
  if (tiers.length < 1 || tiers.length > TIERS_MAX) {
    return { check: 'tier count', tiers: tiers.length, most: TIERS_MAX };
  }
  for (let n = 0; n < tiers.length; n++) {
    const tier = tiers[n] as Tier;
    const { lowerBound, initialPpm, maintenancePpm } = tier;
    const before = tiers[n - 1];
    if (before === undefined && lowerBound !== 0) return { check: 'lo_0 = 0', lowerBound };
    if (initialPpm > PPM || maintenancePpm > initialPpm) {
      return { check: 'im >= mm', tier: n, initialPpm, maintenancePpm };
    }
    if (before === undefined) continue;
    if (lowerBound <= before.lowerBound) return { check: 'lo ascends', tier: n, lowerBound };
    if (initialPpm < before.initialPpm || maintenancePpm < before.maintenancePpm) {
      return { check: 'rates do not fall', tier: n, initialPpm, maintenancePpm };
    }
  }
  return undefined;
}

/**
 * Closing out must help: 1.1·mm above all fees and the spread; the mark's band within half mm_0.
 */
function marginProblem(
  tiers: readonly Tier[],
  parameterOf: ParameterOf,
): ListingFigures | undefined {
  const costPpm =
    parameterOf(instrumentParameters.liquidationFeePpm) +
    parameterOf(instrumentParameters.insuranceFeePpm) +
    parameterOf(instrumentParameters.takerFeePpm) +
    2 * parameterOf(instrumentParameters.halfSpreadPpm);
  // Rates do not fall from tier to tier, so the first maintenance rate is the least.
  const maintenancePpm = tiers[0]?.maintenancePpm ?? 0;
  if (11 * maintenancePpm <= 10 * costPpm) {
    return { check: '1.1 mm > fees + spread', maintenancePpm, costPpm };
  }
  const markBandPpm = parameterOf(instrumentParameters.markBandPpm);
  if (maintenancePpm < 2 * markBandPpm) {
    return { check: 'mm_0 >= 2 mark band', maintenancePpm, markBandPpm };
  }
  return undefined;
}

function scalingProblem(parameterOf: ParameterOf): ListingFigures | undefined {
  const low = parameterOf(instrumentParameters.openInterestLow);
  const high = parameterOf(instrumentParameters.openInterestHigh);
  return low > high ? { check: 'open interest low <= high', low, high } : undefined;
}

/** The figures of the first check that an asset fails; undefined when it passes all. */
export function assetProblem(parameterOf: ParameterOf): ListingFigures | undefined {
  const initialPpm = parameterOf(assetParameters.haircutInitialPpm);
  const maintenancePpm = parameterOf(assetParameters.haircutMaintenancePpm);
  if (initialPpm < maintenancePpm) {
    return { check: 'haircuts: initial >= maintenance', initialPpm, maintenancePpm };
  }
  const loanInitialPpm = parameterOf(assetParameters.liabilityInitialPpm);
  const loanMaintenancePpm = parameterOf(assetParameters.liabilityMaintenancePpm);
  if (loanInitialPpm < loanMaintenancePpm) {
    return { check: 'liabilities: initial >= maintenance', loanInitialPpm, loanMaintenancePpm };
  }
  const curve = {
    kinkPpm: parameterOf(assetParameters.kinkPpm),
    ratePpmAtZero: parameterOf(assetParameters.rateZeroPpm),
    ratePpmAtKink: parameterOf(assetParameters.rateKinkPpm),
    ratePpmAtFull: parameterOf(assetParameters.rateFullPpm),
  };
  return isRateCurve(curve) ? undefined : { check: 'loan rates do not fall', ...curve };
}

/** The figures of the first check that an underlying fails; undefined when it passes all. */
export function underlyingProblem(parameterOf: ParameterOf): ListingFigures | undefined {
  const staleAfterMs = parameterOf(underlyingParameters.staleAfterMs);
  const haltAfterMs = parameterOf(underlyingParameters.haltAfterMs);
  if (staleAfterMs > haltAfterMs)
    return { check: 'stale before halted', staleAfterMs, haltAfterMs };
  return undefined;
}
