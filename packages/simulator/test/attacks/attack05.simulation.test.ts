import { health } from '@plimsoll/core/risk';
import { LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { order } from '../../src/agents/market.ts';
import { Market } from '../fixtures/market.ts';

// Spec: attacks 5: deposit 50 M of X so that its haircut rises and others are liquidated. The
// guard: scaling by total deposits touches only what is newly added. A unit of asset 2 is a dollar.

const START = 1_000_000;

function holder(): Market {
  const market = new Market({ asset: { depositScaleStart: START } });
  market.open('victim', 1);
  market.top('victim', 2, 100_000n);
  market.open('maker', 10_000_000);
  market.open('attacker', 1);
  // 1 M of notional: maintenance 25,000, collateral 95,000 at maintenance weight.
  market.trade('victim', 'maker', 100_000);
  market.at();
  return market;
}

test('attack 5, a flood of deposits: the health of the victim stays the same to the bit', () => {
  const market = holder();
  const { state } = market.world.machine;
  const victim = market.id('victim');
  const before = health(state, victim);
  market.top('attacker', 2, 50_000_000n);
  expect(health(state, victim)).toBe(before);
  market.at();
  expect(health(state, victim)).toBe(before);
  expect(state.accounts.liquidationStage.get(victim)).toBe(LIQUIDATION_STAGE.none);
  // New risk does feel it: the same order passed before the flood.
  const more = order({ instrument: 1, side: 'buy', size: 10_000, price: 10_000 });
  expect(market.does('victim', more)).toEqual([500]);
  expect(holder().does('victim', more)).toEqual([0]);
});

test('attack 5 would work if scaling touched maintenance: 95,000 × 1 M ÷ 50.1 M is below 25,000', () => {
  const total = 50_000_000 + 100_000;
  expect((95_000 * START) / total).toBeLessThan(25_000);
});
