import { expect, test } from 'vitest';
import { closedFormSize, leastSize, restoredPpm } from '../../src/liquidation/index.ts';
import { seeded } from '../fixtures/seeded.ts';

test('bisection from any guess finds what a walk from 1 finds', () => {
  const draw = seeded(21);
  let bad = 0;
  for (let k = 0; k < 50_000; k++) {
    const sizeMax = draw(60);
    const least = 1 + draw(80);
    const restores = (size: number) => {
      if (size < 1 || size > sizeMax) bad++;
      return size >= least;
    };
    const found = leastSize(sizeMax, restores, draw(100) - 20);
    if (found !== (least <= sizeMax ? least : 0)) bad++;
  }
  expect(bad).toBe(0);
});

test('no guess costs more than twice the logarithm of the range', () => {
  const draw = seeded(22);
  const sizeMax = 2_147_483_647;
  let most = 0;
  for (let k = 0; k < 5_000; k++) {
    const least = 1 + draw(sizeMax);
    let calls = 0;
    const restores = (size: number) => {
      calls++;
      return size >= least;
    };
    leastSize(sizeMax, restores, 1 + draw(sizeMax));
    most = Math.max(most, calls);
  }
  expect(most).toBeLessThanOrEqual(64);
});

test('for a flat tier the closed form is the least size, in exact integers', () => {
  const draw = seeded(23);
  let bad = 0;
  let found = 0;
  for (let k = 0; k < 30_000; k++) {
    const maintenancePpm = 20_000 + draw(100_000);
    const [costPpm, feePpm, bufferPpm] = [draw(5_000), draw(12_000), draw(300_000)];
    const epsilonPpm = restoredPpm({ maintenancePpm, costPpm, feePpm, bufferPpm });
    const notionalPerLot = 1 + draw(100_000);
    const sizeMax = 1 + draw(10_000);
    const maintenanceMargin = 1_000 + draw(50_000_000);
    const marginBalance = draw(Math.floor(maintenanceMargin * 1.2));
    // Shortage in 1e-12 units of money, left after closing `lots`.
    const restores = (lots: number) => {
      const closed = BigInt(lots) * BigInt(notionalPerLot);
      const target = BigInt(1_000_000 + bufferPpm);
      const required =
        (BigInt(maintenanceMargin) * 1_000_000n - closed * BigInt(maintenancePpm)) * target;
      const held =
        (BigInt(marginBalance) * 1_000_000n - closed * BigInt(costPpm + feePpm)) * 1_000_000n;
      return held >= required;
    };
    if (restores(0)) continue;
    const input = {
      marginBalance,
      maintenanceMargin,
      bufferPpm,
      epsilonPpm,
      notionalPerLot,
      sizeMax,
    };
    const closed = closedFormSize(input);
    const least = leastSize(sizeMax, restores, closed);
    if (least > 0) {
      found++;
      if (least > 1 && restores(least - 1)) bad++;
    }
    // Where the quotient is a whole number its last bit may say one lot more.
    const gap = closed - (least === 0 ? sizeMax : least);
    if (gap !== 0 && !(gap === 1 && isWhole(input, least))) bad++;
  }
  expect(bad).toBe(0);
  expect(found).toBeGreaterThan(5_000);
});

function isWhole(
  input: { marginBalance: number; maintenanceMargin: number; bufferPpm: number } & {
    epsilonPpm: number;
    notionalPerLot: number;
  },
  lots: number,
): boolean {
  const { marginBalance, maintenanceMargin, bufferPpm, epsilonPpm, notionalPerLot } = input;
  const shortage = (maintenanceMargin * (1e6 + bufferPpm)) / 1e6 - marginBalance;
  const exact = (shortage * 1e6) / (notionalPerLot * epsilonPpm);
  return Math.abs(exact - lots) < 1e-9 * Math.max(1, lots);
}
