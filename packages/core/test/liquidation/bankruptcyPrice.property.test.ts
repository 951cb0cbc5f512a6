import { expect, test } from 'vitest';
import { bankruptcyQuote, limitPrice, neutralPrice } from '../../src/liquidation/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

test('legs closed at their bankruptcy quotes leave no less than zero, and less than a unit each', () => {
  const draw = seeded(11);
  let bad = 0;
  for (let k = 0; k < 30_000; k++) {
    const count = 1 + draw(5);
    const weights = Array.from({ length: count }, () => 1n + amountBelow(draw, 10));
    const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
    const equity = amountBelow(draw, 12) * (draw(2) === 0 ? 1n : -1n);
    let left = equity;
    for (const weight of weights) {
      const side = draw(2) === 0 ? 1 : -1;
      const size = 1 + draw(1_000);
      const markPrice = 1 + draw(1_000_000);
      const multiplier = 1 + draw(100);
      const leg = { side, size, closedSize: size, markPrice, multiplier, equity } as const;
      const quote = bankruptcyQuote({ ...leg, weight, weightSum });
      // What the leg was worth at mark leaves equity, its quote comes in.
      left += quote - BigInt(side * size) * BigInt(markPrice) * BigInt(multiplier);
    }
    if (left < 0n || left >= BigInt(count)) bad++;
  }
  expect(bad).toBe(0);
});

test('a fill at the limit never lowers the health of a solvent account', () => {
  const draw = seeded(12);
  let bad = 0;
  for (let k = 0; k < 30_000; k++) {
    const side = draw(2) === 0 ? 1 : -1;
    const markPrice = 100 + draw(1_000_000);
    const maintenancePpm = 5_000 + draw(200_000);
    const feePpm = draw(20_000);
    const leg = {
      side,
      markPrice,
      maintenancePpm,
      feePpm,
      spreadPpm: draw(3_000_000),
      tick: 1,
    } as const;
    const limit = limitPrice(leg, draw(1_001) / 1_000, side === 1 ? 1 : 2_000_000_000);
    // Health per lot in millionths: the loss against mark, the fee on the fill, the maintenance
    // that the lot no longer needs at mark.
    const loss = side * (markPrice - limit) * 1_000_000;
    const change = maintenancePpm * markPrice - feePpm * limit - loss;
    if (change < 0) bad++;
    if (side * (limit - neutralPrice(leg)) < 0) bad++;
  }
  expect(bad).toBe(0);
});
