import { describe, expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 13: a deficit of a dollar kept open, so that nobody in the market can get out. The
// guards: a deficit below 0.1 % of the pool does not count, and none blocks for longer than an
// hour.

interface Frozen {
  readonly thresholdPpm: number;
  readonly pool: number;
}

/** Ten dust accounts go bankrupt at once, and the loss budget settles one a block. */
function freeze({ thresholdPpm, pool }: Frozen): Market {
  const market = new Market({
    global: { lossBudget: 1, deficitThresholdPpm: thresholdPpm, deficitBlockMs: 60_000 },
    initialPpm: 100_000,
  });
  market.open('exit', 100_000);
  market.open('maker', 100_000);
  if (pool > 0) {
    market.does('maker', { kind: 'fundPool', instrument: 1, amount: BigInt(pool) * 1_000_000n });
  }
  for (let k = 0; k < 10; k++) {
    market.open(`dust ${k}`, 11);
    market.trade(`dust ${k}`, 'maker', 10);
  }
  market.trade('exit', 'maker', 10);
  market.at(8_800);
  return market;
}

describe('attack 13, a small deficit kept open', () => {
  test('below the threshold it blocks nobody', () => {
    const market = freeze({ thresholdPpm: 1_000, pool: 50_000 });
    expect(market.world.machine.state.instruments.deficitMs.get(1)).toBe(0);
    expect(market.withdraw('exit', 1_000)).toEqual([0]);
  });

  test('above it, 502 for at most the time that is set, then all is settled at once', () => {
    const market = freeze({ thresholdPpm: 0, pool: 0 });
    const { state } = market.world.machine;
    expect(state.instruments.deficitMs.get(1)).toBeGreaterThan(0);
    expect(market.withdraw('exit', 1_000)).toEqual([502]);
    market.at(8_800, 60_000);
    expect(state.instruments.deficitMs.get(1)).toBe(0);
    expect(market.withdraw('exit', 1_000)).toEqual([0]);
  });
});
