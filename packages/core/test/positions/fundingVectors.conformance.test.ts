import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fundingIndexDelta, marginRateMax } from '../../src/positions/index.ts';

type Vector = {
  id: string;
  inputs: Record<string, number>;
  expected: Record<string, number>;
};

const file = new URL('../vectors/perps/funding.json', import.meta.url);
const { applies } = JSON.parse(readFileSync(file, 'utf8')) as { applies: Vector[] };
const PPM = 1_000_000;

const checks: Record<string, (vector: Vector) => void> = {
  /** Their bound is factor × (IM − MM) in ppm of 8 h; ours the same in nano. */
  'dydx-fundclamp': ({ inputs, expected }) => {
    const initialPpm = inputs.initial_margin_ppm!;
    const maintenancePpm = (initialPpm * inputs.maintenance_fraction_ppm!) / PPM;
    const bound = marginRateMax({ initialPpm, maintenancePpm }, inputs.clamp_factor_ppm! / PPM);
    expect(bound / 1000).toBe(expected.max_abs_ppm);
  },
  /**
   * Their index is in ppm of quote quantums (1e-6) for a base quantum: that is our price unit here.
   * A rate of 8 h in ppm is 125 times as many nano an hour. We count an hour at most, so eight
   * advances make theirs, and ours has 32 more bits.
   */
  'dydx-fundidx': ({ inputs, expected }) => {
    const exponent = inputs.price_exponent! + inputs.atomic_resolution! + 12;
    const index = inputs.price! * Number(`1e${exponent}`);
    const rateNano = inputs.funding_rate_8h_ppm! * 125;
    let total = 0n;
    for (let left = inputs.seconds_since_last! * 1000; left > 0; left -= 3_600_000) {
      total += fundingIndexDelta({ rateNano, okMs: left, index });
    }
    expect(total / 2n ** 32n).toBe(BigInt(expected.index_delta!));
  },
};

describe('published funding figures', () => {
  test('there are some for each rule', () => {
    const rules = new Set(applies.map(({ id }) => id.replace(/-\d+$/, '')));
    expect([...rules].sort()).toEqual(Object.keys(checks).sort());
  });

  test.each(applies)('$id is reproduced by parameters', (vector) => {
    checks[vector.id.replace(/-\d+$/, '')]!(vector);
  });
});
