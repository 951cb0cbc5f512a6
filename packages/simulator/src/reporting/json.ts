import type { ScenarioResult } from '../result.ts';

/** A result as JSON: money as decimal texts of integer units, everything else as it is. */
export function resultJson(result: ScenarioResult): string {
  return JSON.stringify(
    result,
    (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  );
}
