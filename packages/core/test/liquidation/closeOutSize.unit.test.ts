import { describe, expect, test } from 'vitest';
import {
  boundedSize,
  closedFormSize,
  closeOutOrder,
  insuranceDelta,
  leastSize,
  penalty,
  restoredPpm,
} from '../../src/liquidation/index.ts';

const feePpm = 10_500;
const bufferPpm = 100_000;

describe('the order of legs', () => {
  test('most health per notional goes first', () => {
    const btc = restoredPpm({ maintenancePpm: 50_000, costPpm: 4_000, feePpm, bufferPpm });
    const eth = restoredPpm({ maintenancePpm: 80_000, costPpm: 6_000, feePpm, bufferPpm });
    expect([btc, eth]).toEqual([40_500, 71_500]);
    expect(
      closeOutOrder([
        { instrument: 1, epsilonPpm: btc, notional: 1_000_000 },
        { instrument: 2, epsilonPpm: eth, notional: 400_000 },
      ]),
    ).toEqual([1, 0]);
  });

  test('legs that restore none come last, ties by larger notional, then by lower instrument', () => {
    expect(
      closeOutOrder([
        { instrument: 9, epsilonPpm: -5, notional: 100 },
        { instrument: 8, epsilonPpm: 7, notional: 100 },
        { instrument: 3, epsilonPpm: 7, notional: 100 },
        { instrument: 4, epsilonPpm: 7, notional: 101 },
        { instrument: 5, epsilonPpm: 0, notional: 999 },
      ]),
    ).toEqual([3, 2, 1, 4, 0]);
  });
});

describe('the size of a close-out', () => {
  test('142 lots restore the target and 141 leave it 37 short', () => {
    const afterClosing = (lots: number) => {
      const marginBalance = 70_000 - (lots * 2_000 * (6_000 + feePpm)) / 1e6;
      const maintenance = 82_000 - (lots * 2_000 * 80_000) / 1e6;
      return marginBalance - (maintenance * (1e6 + bufferPpm)) / 1e6;
    };
    const guess = closedFormSize({
      marginBalance: 70_000,
      maintenanceMargin: 82_000,
      bufferPpm,
      epsilonPpm: 71_500,
      notionalPerLot: 2_000,
      sizeMax: 200,
    });
    expect(guess).toBe(142);
    expect(leastSize(200, (lots) => afterClosing(lots) >= 0, guess)).toBe(142);
    expect(Math.round(afterClosing(141))).toBe(-37);
  });

  test('the closed form takes nothing without a shortage and everything when nothing is restored', () => {
    const input = {
      marginBalance: 90_200,
      maintenanceMargin: 82_000,
      bufferPpm,
      epsilonPpm: 71_500,
      notionalPerLot: 2_000,
      sizeMax: 200,
    };
    expect(closedFormSize(input)).toBe(0);
    expect(closedFormSize({ ...input, marginBalance: 0 })).toBe(200);
    expect(closedFormSize({ ...input, marginBalance: 90_000, epsilonPpm: 0 })).toBe(200);
  });

  test('the least size is 0 when not even the whole leg restores', () => {
    expect(leastSize(200, () => false)).toBe(0);
    expect(leastSize(0, () => true)).toBe(0);
  });

  test('a good guess is two calls', () => {
    let calls = 0;
    const restores = (lots: number) => {
      calls++;
      return lots >= 1_234_567;
    };
    expect(leastSize(2_000_000_000, restores, 1_234_567)).toBe(1_234_567);
    expect(calls).toBe(2);
  });

  test('the size stays inside the depth share, and a rest that is dust goes along', () => {
    const input = { positionSize: 100, notionalPerLot: 50, dustNotional: 501 };
    expect(boundedSize({ ...input, size: 80, depthShare: 60 })).toBe(60);
    expect(boundedSize({ ...input, size: 80, depthShare: 100 })).toBe(80);
    expect(boundedSize({ ...input, size: 90, depthShare: 100 })).toBe(100);
    expect(boundedSize({ ...input, size: 89, depthShare: 100 })).toBe(89);
    expect(boundedSize({ ...input, size: 100, depthShare: 0 })).toBe(0);
  });
});

describe('the penalty', () => {
  test('is rounded up and never above what is left', () => {
    expect(penalty({ feePpm, quote: 284_000n, equityAfter: 68_296n })).toBe(2_982n);
    expect(penalty({ feePpm, quote: 1n, equityAfter: 68_296n })).toBe(1n);
    expect(penalty({ feePpm, quote: 284_000n, equityAfter: 5n })).toBe(5n);
    expect(penalty({ feePpm, quote: 284_000n, equityAfter: -5n })).toBe(0n);
  });

  test('insurance gets it from a fill above bankruptcy and pays the gap of one below', () => {
    const sold = { feePpm, bankruptcyQuote: 957_318n };
    expect(insuranceDelta({ ...sold, fillQuote: 980_000n })).toBe(10_290n);
    expect(insuranceDelta({ ...sold, fillQuote: 957_400n })).toBe(82n);
    expect(insuranceDelta({ ...sold, fillQuote: 957_000n })).toBe(-318n);
    const bought = { feePpm, bankruptcyQuote: -1_042_682n };
    expect(insuranceDelta({ ...bought, fillQuote: -1_000_000n })).toBe(10_500n);
    expect(insuranceDelta({ ...bought, fillQuote: -1_050_000n })).toBe(-7_318n);
  });
});
