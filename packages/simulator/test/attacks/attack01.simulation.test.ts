import { describe, expect, test } from 'vitest';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 1: A is long and B short of 30 M each at 5 %; the price is pumped by 12 %; A closes
// to C and withdraws; B is left behind with a loss above its collateral. The guard: the realized
// gain of A stays locked, cannot leave, and pays for B.

const LOTS = 3_000_000;

interface Attack {
  readonly lockMs: number;
  readonly pool: number;
  readonly poolCap?: number;
}

function attack({ lockMs, pool, poolCap }: Attack): { market: Market; codes: readonly number[] } {
  const market = new Market({
    global: { gainLockMs: lockMs },
    instrument: poolCap === undefined ? {} : { poolDailyCap: poolCap * 1_000_000 },
  });
  market.open('A', 1_600_000);
  market.open('B', 1_600_000);
  // At the pumped price new risk is valued at the slow price: C needs 3.6 M beside its margin.
  market.open('C', 6_000_000);
  market.open('bystander', 500_000);
  market.open('other', 500_000);
  if (pool > 0) {
    market.does('bystander', {
      kind: 'fundPool',
      instrument: 1,
      amount: BigInt(pool) * 1_000_000n,
    });
  }
  market.trade('A', 'B', LOTS);
  // The uninvolved are in the market too, without a gain from the pump.
  market.trade('other', 'bystander', 10);
  market.trade('bystander', 'other', 10);
  // Pump, close and withdraw in one block time, before anybody is liquidated.
  const { world } = market;
  world.observe({ underlying: 1, price: 11_200, atMs: world.timeMs + 1_000 });
  market.price = 11_200;
  const bid = { instrument: 1, side: 'buy', size: LOTS, price: 11_200 } as const;
  const plain = {
    kind: 'placeOrder',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  } as const;
  world.send(
    world.sign(market.id('C'), [{ ...plain, ...bid, timeInForce: 'goodTillCancelled' }]),
    world.sign(market.id('A'), [
      { ...plain, ...bid, side: 'sell', timeInForce: 'immediateOrCancel' },
      {
        kind: 'withdraw',
        asset: 1,
        amount: 5_000_000_000_000n,
        chain: 0,
        destination: world.ownerOf(market.id('A')),
      },
    ]),
  );
  const { results } = market.step(1_000);
  for (let i = 0; i < 5; i++) market.at();
  return { market, codes: results[1]?.actions ?? [] };
}

describe('attack 1, a pumped pair of which one side walks off', () => {
  test('the gain is locked: the withdrawal is refused with 501 and the attackers gain nothing', () => {
    const { market, codes } = attack({ lockMs: 3_600_000, pool: 0 });
    expect(codes).toEqual([0, 501]);
    expect(market.wealth('A', 'B', 'C')).toBeLessThanOrEqual(9_200_000);
    expect(market.wealth('bystander', 'other')).toBeCloseTo(1_000_000, 3);
    expect(market.world.machine.state.instruments.badDebt.get(1)).toBe(0n);
  });

  test('a pool pays first, and no more than its cap of the day', () => {
    const { market } = attack({ lockMs: 3_600_000, pool: 400_000, poolCap: 100_000 });
    expect(market.wealth('A', 'B', 'C')).toBeLessThanOrEqual(9_200_000 + 100_000);
    expect(market.world.machine.state.instruments.pool.get(1)).toBe(300_000_000_000n);
  });

  test('without the lock it works: what nobody can pay is bad debt of the market', () => {
    const { market, codes } = attack({ lockMs: 0, pool: 0 });
    expect(codes).toEqual([0, 0]);
    expect(market.wealth('A', 'B', 'C')).toBeGreaterThan(9_200_000);
    expect(market.world.machine.state.instruments.badDebt.get(1)).toBeGreaterThan(0n);
  });
});
