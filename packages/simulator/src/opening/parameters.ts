import {
  globalParameters,
  type ParameterSchema,
  type ParameterScope,
  parameterSchema,
} from '@plimsoll/core/schema';
import type { Parameters } from '../scenarios/index.ts';

/** A parameter with the value that a scenario gives it. */
export interface ParameterValue {
  readonly parameter: number;
  readonly value: bigint;
}

/**
 * What the opening of a scenario needs, and what a market that runs must not have: quotas and
 * notices that are no hindrance, deposits of any size, entry prices far from the mark. Every one of
 * them goes back in its safe direction, so that it takes effect at once.
 */
export const OPENING_GLOBALS: Readonly<Record<string, number>> = {
  quotaPerSecond: globalParameters.quotaPerSecond.max,
  quotaBurst: globalParameters.quotaBurst.max,
  noticeMs: 0,
  listingNoticeMs: 0,
};
export const OPENING_ASSET: Parameters = { depositMin: 0 };
export const OPENING_INSTRUMENT: Parameters = { fillBandPpm: 900_000 };

/** Parameters by name as the machine takes them. The scenario was checked: all names are known. */
export function parameterValues(scope: ParameterScope, values: Parameters): ParameterValue[] {
  const table = parameterSchema[scope];
  return Object.entries(values).map(([name, value]) => ({
    parameter: (table[name] as ParameterSchema).id,
    value: BigInt(value),
  }));
}

/** What a scenario wants of a parameter: its own value, or the machine's. */
export function wantedValue(scope: ParameterScope, name: string, values: Parameters): number {
  return Number(values[name] ?? (parameterSchema[scope][name] as ParameterSchema).initial);
}
