import { expect, test } from 'vitest';
import { amountForShares, sharesForDeposit, splitIncome } from '../../src/ledger/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

test('in and out at once gains at most what the thousand virtual shares are worth', () => {
  const draw = seeded(6);
  let bad = 0;
  let most = 0n;
  for (let k = 0; k < 50_000; k++) {
    const amount = 1n + amountBelow(draw, 12);
    const shares = 1n + amountBelow(draw, 15);
    const deposit = amountBelow(draw, 12);
    const bought = sharesForDeposit(deposit, amount, shares);
    const gain = amountForShares(bought, amount + deposit, shares + bought) - deposit;
    if (gain > 0n && gain * shares > 1_000n * amount) bad++;
    // At a thousand shares a unit, where every pool starts, nothing is gained.
    if (shares >= 1_000n * amount && gain > 0n) bad++;
    if (gain > most) most = gain;
  }
  expect(bad).toBe(0);
  expect(most).toBeGreaterThan(0n);
});

test('what all holders could take is never above the pool', () => {
  const draw = seeded(7);
  for (let k = 0; k < 20_000; k++) {
    const held = Array.from({ length: 1 + draw(6) }, () => amountBelow(draw, 12));
    const shares = held.reduce((sum, part) => sum + part, 0n);
    const amount = amountBelow(draw, 12);
    const value = held.reduce((sum, part) => sum + amountForShares(part, amount, shares), 0n);
    if (value > amount) expect(value).toBeLessThanOrEqual(amount);
  }
});

test('income is split exactly and the junior part is never above the whole', () => {
  const draw = seeded(8);
  for (let k = 0; k < 20_000; k++) {
    const income = amountBelow(draw, 12);
    const { junior, senior } = splitIncome({
      income,
      juniorAmount: amountBelow(draw, 12),
      seniorAmount: amountBelow(draw, 12),
      juniorWeightPpm: BigInt(draw(10_000_000)),
    });
    if (junior + senior !== income || junior < 0n || senior < 0n) expect(junior).toBe(income);
  }
});
