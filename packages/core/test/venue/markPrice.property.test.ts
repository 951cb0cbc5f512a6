import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MarkInputs, markPrice, secondPrice, stepBasis } from '../../src/venue/index.ts';

const index = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const inputs = index.chain((i) =>
  fc.record({
    index: fc.constant(i),
    basis: fc.double({ noNaN: true, min: -0.01 * i, max: 0.01 * i }),
    impactMid: fc.option(fc.double({ noNaN: true, min: 0.2 * i, max: 5 * i }), { nil: undefined }),
    fundingRateNano: fc.integer({ min: -40_000_000, max: 40_000_000 }),
    bandPpm: fc.integer({ min: 1, max: 500_000 }),
  }),
);
const at10010: MarkInputs = {
  index: 10_010,
  basis: 6.2745,
  impactMid: 10_055,
  fundingRateNano: 400_000,
  bandPpm: 6_250,
};

describe('the mark price', () => {
  test('is an integer inside the band, rounded to the nearest', () => {
    fc.assert(
      fc.property(inputs, (mark) => {
        const { price } = markPrice(mark);
        expect(Number.isInteger(price) && price >= 1).toBe(true);
        const band = (mark.bandPpm / 1e6) * mark.index;
        expect(Math.abs(price - mark.index)).toBeLessThanOrEqual(band + 0.5 + 1e-6);
      }),
    );
  });

  test('is the middle of its three prices when that lies in the band', () => {
    fc.assert(
      fc.property(inputs, (mark) => {
        const { a, m, c, price } = markPrice({ ...mark, bandPpm: 500_000 });
        const middle = [a, m, c].sort((x, y) => x - y)[1]!;
        const inBand = Math.min(Math.max(middle, mark.index * 0.5), mark.index * 1.5);
        expect(price).toBe(Math.max(1, Math.floor(inBand + 0.5)));
      }),
    );
  });

  test('without a book is the index and its basis', () => {
    expect(markPrice({ ...at10010, impactMid: undefined })).toMatchObject({ m: 10016.2745 });
    expect(markPrice({ ...at10010, impactMid: undefined }).price).toBe(10_016);
  });

  test('does not follow a book that is pushed alone', () => {
    const pushed = markPrice({ ...at10010, impactMid: 20_000 });
    expect(pushed.price).toBe(markPrice(at10010).price);
  });

  test('of halves rounds up', () => {
    const half = { ...at10010, basis: 0.5, impactMid: undefined, fundingRateNano: 0 };
    expect(markPrice(half).price).toBe(10_011);
    expect(secondPrice(10_010, -0.5)).toBe(10_010);
    expect(secondPrice(1, -5)).toBe(1);
  });
});

describe('the basis', () => {
  const step = { mid: 10_030, index: 10_010, bandPpm: 5_000, dtMs: 3_000, tauMs: 150_000 };

  test('approaches the distance of the mid, held to its band, and never passes it', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -50, max: 50 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.integer({ min: 0, max: 1e9 }),
        (basis, mid, dtMs) => {
          const goal = Math.min(Math.max(mid - 10_010, -50.05), 50.05);
          const next = stepBasis(basis, { ...step, mid, dtMs });
          const slack = 1e-9;
          expect(next).toBeGreaterThanOrEqual(Math.min(basis, goal) - slack);
          expect(next).toBeLessThanOrEqual(Math.max(basis, goal) + slack);
        },
      ),
    );
  });

  test('over an hour moves little in a minute of a pushed book', () => {
    let slow = 0;
    for (let second = 0; second < 60; second++) {
      slow = stepBasis(slow, { ...step, mid: 20_000, dtMs: 1_000, tauMs: 3_600_000 });
    }
    // At most a sixtieth of the band of 50.
    expect(slow).toBeLessThan(0.9);
  });
});
