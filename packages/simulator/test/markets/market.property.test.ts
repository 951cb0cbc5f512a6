import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cholesky, Market, type MarketOptions, type PriceFault } from '../../src/markets/index.ts';
import { Seed } from '../../src/seed.ts';

const windows = fc.tuple(fc.nat(60_000), fc.nat(60_000)).map(([fromMs, span]) => ({
  fromMs,
  toMs: fromMs + span,
}));
const faults: fc.Arbitrary<PriceFault> = fc.oneof(
  windows.map((window) => ({ ...window, kind: 'silent', sources: ['a'] }) as const),
  windows.map((window) => ({ ...window, kind: 'stale' }) as const),
  fc
    .tuple(windows, fc.double({ min: 0, max: 100, noNaN: true }))
    .map(([window, multiplier]) => ({ ...window, kind: 'lie', multiplier }) as const),
);
const seeded = fc.constantFrom(
  { kind: 'calm', start: '20000', volatilityPerDay: 3 } as const,
  { kind: 'jump', start: '20000', jumpsPerDay: 5000, jumpDeviation: 0.5 } as const,
  { kind: 'crash', start: '20000', atMs: 1000, overMs: 20_000, fall: 0.99 } as const,
);
const markets = fc
  .record({
    seed: fc.nat(),
    everyMs: fc.integer({ min: 100, max: 5000 }),
    path: seeded,
    noiseBp: fc.nat(500),
    faults: fc.array(faults, { maxLength: 3 }),
  })
  .map(({ seed, everyMs, path, noiseBp, faults: chosen }): MarketOptions => {
    return {
      seed: new Seed(seed),
      startTimeMs: 5_000,
      durationMs: 60_000,
      everyMs,
      sources: ['a', 'b'],
      underlyings: [
        { name: 'X', priceUnit: '0.01' },
        { name: 'Y', priceUnit: '1' },
      ],
      prices: [
        { underlying: 'X', path, noiseBp },
        { underlying: 'Y', path, everyMs: 777 },
      ],
      correlations: [{ between: ['X', 'Y'], value: 0.3 }],
      faults: chosen,
      readTable: () => {
        throw new Error('no files here');
      },
    };
  });

test('observations come in order of publication, are whole units, and never from the future', () =>
  fc.assert(
    fc.property(markets, (options) => {
      let lastMs = 0;
      for (const one of new Market(options)) {
        expect(one.publishedMs).toBeGreaterThanOrEqual(lastMs);
        expect(one.timeMs).toBeLessThanOrEqual(one.publishedMs);
        expect(Number.isInteger(one.price) && one.price >= 0 && one.price < 2 ** 31).toBe(true);
        expect(Number.isInteger(one.confidence) && one.confidence >= 0).toBe(true);
        lastMs = one.publishedMs;
      }
    }),
    { numRuns: 40 },
  ));

test('the same seed gives the same market', () =>
  fc.assert(
    fc.property(markets, (options) => {
      const again = { ...options };
      expect([...new Market(options)]).toEqual([...new Market(again)]);
    }),
    { numRuns: 20 },
  ));

test('the factor times its transpose is the matrix', () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      ([a, b, c]) => {
        const matrix = [
          [1, a!, b!],
          [a!, 1, c!],
          [b!, c!, 1],
        ];
        const factor = cholesky(matrix);
        if (factor === null) return;
        matrix.forEach((row, i) => {
          row.forEach((value, j) => {
            let sum = 0;
            for (let k = 0; k < 3; k++) sum += factor[i]![k]! * factor[j]![k]!;
            expect(sum).toBeCloseTo(value, 6);
          });
        });
      },
    ),
  ));
