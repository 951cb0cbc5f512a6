import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aggregateIndex,
  checkObservation,
  type Report,
  type WeightedValue,
  weightedMedian,
} from '../../src/oracle/index.ts';
import { accepted, rejections } from '../../src/schema/index.ts';

const values = fc
  .array(
    fc.record({
      value: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
      weight: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 1, maxLength: 16 },
  )
  .map((rows) => rows.map((row, source): WeightedValue => ({ ...row, source })));

/** The median of the list in which each value stands as often as its weight says. */
function obviousMedian(rows: readonly WeightedValue[]): number {
  const expanded = rows.flatMap((row) => new Array<number>(row.weight).fill(row.value));
  expanded.sort((a, b) => a - b);
  const middle = expanded.length / 2;
  if (Number.isInteger(middle)) return Math.floor((expanded[middle - 1]! + expanded[middle]!) / 2);
  return expanded[Math.floor(middle)]!;
}

const now = 100_000;
const rule = { timeMs: now, ageMaxMs: 10_000, sourcesMin: 1 };

function reportsOf(rows: readonly WeightedValue[]): Report[] {
  return rows.map((row) => ({
    source: row.source,
    weight: row.weight,
    price: Math.max(1, row.value),
    confidence: row.value % 7,
    timeMs: now - (row.value % 10_000),
  }));
}

describe('the weighted median', () => {
  test('is the median of the list in which each value stands as often as its weight', () => {
    fc.assert(
      fc.property(values, (rows) => {
        expect(weightedMedian(rows)).toBe(obviousMedian(rows));
      }),
      { numRuns: 1000 },
    );
  });

  test('does not depend on the order in which the values come', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (rows, random) => {
        const keyed = rows.map((row) => ({ row, key: random.next().value as number }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
        expect(weightedMedian(shuffled)).toBe(weightedMedian(rows));
      }),
    );
  });

  test('of nothing is an error of ours', () => {
    expect(() => weightedMedian([])).toThrow('values of positive weight');
  });
});

describe('the aggregate', () => {
  test('lies within the prices of the honest when a third of the weight lies', () => {
    const honest = fc.integer({ min: 9_900, max: 10_100 });
    const liar = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(honest, { minLength: 4, maxLength: 10 }), liar, (prices, lie) => {
        const reports = [lie, ...prices].map((price, source) => ({
          source,
          weight: source === 0 ? Math.floor(prices.length / 2) : 1,
          price,
          confidence: 0,
          timeMs: now,
        }));
        const { index } = aggregateIndex(reports, rule);
        expect(index).toBeGreaterThanOrEqual(Math.min(...prices));
        expect(index).toBeLessThanOrEqual(Math.max(...prices));
      }),
    );
  });

  test('has the confidence of the middle source, or the distance of the middle price if larger', () => {
    fc.assert(
      fc.property(values, (rows) => {
        const reports = reportsOf(rows);
        const { index, confidence } = aggregateIndex(reports, rule);
        const as = (read: (report: Report) => number) =>
          obviousMedian(reports.map((report) => ({ ...report, value: read(report) })));
        expect(index).toBe(as((report) => report.price));
        const distance = as((report) => Math.abs(report.price - index));
        expect(confidence).toBe(
          Math.max(
            as((report) => report.confidence),
            distance,
          ),
        );
      }),
    );
  });

  test('counts an observation at the edges of its age, and none beyond them', () => {
    const at = (timeMs: number) =>
      aggregateIndex([{ source: 0, weight: 1, price: 5, confidence: 0, timeMs }], rule).hasQuorum;
    expect([now, now - 10_000, now + 1, now - 10_001].map(at)).toEqual([true, true, false, false]);
  });

  test('needs enough sources and two thirds of all weight', () => {
    const report = (source: number, weight: number, timeMs: number): Report => ({
      source,
      weight,
      price: 7,
      confidence: 0,
      timeMs,
    });
    const quorum = (reports: Report[], sourcesMin: number) =>
      aggregateIndex(reports, { ...rule, sourcesMin }).hasQuorum;
    const two = [report(0, 1, now), report(1, 1, now)];
    expect([quorum(two, 2), quorum(two, 3)]).toEqual([true, false]);
    expect(quorum([...two, report(2, 1, 0)], 2)).toBe(true);
    expect(quorum([...two, report(2, 2, 0)], 2)).toBe(false);
    expect(quorum([report(2, 0, now)], 0)).toBe(false);
    expect(quorum([], 0)).toBe(false);
  });
});

describe('an observation', () => {
  const observation = { price: 10_000n, confidence: 5n, timeMs: now };
  const held = { timeMs: now, ageMaxMs: 10_000, lastMs: now - 1_000 };

  test('is taken at the edges of every range', () => {
    const edges = [
      { ...observation, price: 1n, confidence: 1n },
      { ...observation, price: 2n ** 31n - 1n },
      { ...observation, confidence: 0n },
      { ...observation, timeMs: now - 999 },
    ];
    expect(edges.map((edge) => checkObservation(edge, held))).toEqual([0, 0, 0, 0]);
    const oldest = { ...observation, timeMs: now - 10_000 };
    expect(checkObservation(oldest, { ...held, lastMs: 0 })).toBe(accepted);
  });

  test('is refused one beyond every edge, for the first reason in order', () => {
    const code = (change: Partial<typeof observation>) =>
      checkObservation({ ...observation, ...change }, held);
    expect(code({ price: 0n, confidence: -1n })).toBe(rejections.observationPrice.code);
    expect(code({ price: 2n ** 63n - 1n })).toBe(rejections.observationPrice.code);
    expect(code({ confidence: 10_001n })).toBe(rejections.observationConfidence.code);
    expect(code({ timeMs: now + 1 })).toBe(rejections.observationFuture.code);
    expect(code({ timeMs: now - 10_001 })).toBe(rejections.observationOld.code);
    expect(code({ timeMs: now - 1_000 })).toBe(rejections.observationOrder.code);
  });
});
