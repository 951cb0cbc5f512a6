import { describe, expect, test } from 'vitest';
import { type BlockSample, HEALTH_EDGES, healthBand, SeriesRecorder } from '../src/series.ts';

const sample = (at: number, changes: Partial<BlockSample> = {}): BlockSample => ({
  timeMs: at * 1000,
  prices: [{ index: 100, mark: 100 }],
  health: [0, 1],
  liquidated: { closeOut: 2 },
  pools: [1000 - at],
  blockMs: 1,
  ...changes,
});
const recorderOf = (samplesMax: number): SeriesRecorder =>
  new SeriesRecorder({ instruments: ['BTC-PERP'], pools: ['shared'], samplesMax });

describe('the series of a run', () => {
  test('has a sample per block while there are few', () => {
    const recorder = recorderOf(10);
    recorder.record(sample(0));
    recorder.record(sample(1, { prices: [{ index: null, mark: 99 }] }));
    expect(recorder.series()).toMatchObject({
      timeMs: [0, 1000],
      prices: [{ instrument: 'BTC-PERP', index: [100, null], mark: [100, 99] }],
      liquidated: { closeOut: [2, 2], adl: [0, 0] },
      pools: [{ name: 'shared', balance: [1000, 999] }],
    });
  });

  test('stays bounded however long the run is, and its sums stay whole', () => {
    const recorder = recorderOf(16);
    for (let at = 0; at < 1001; at++) recorder.record(sample(at));
    const { timeMs, liquidated, pools } = recorder.series();
    expect(timeMs.length).toBeLessThanOrEqual(17);
    expect(timeMs.at(-1)).toBe(1_000_000);
    expect(liquidated.closeOut.reduce((sum, value) => sum + value, 0)).toBe(2002);
    expect(pools[0]?.balance.at(-1)).toBe(0);
    for (let at = 1; at < timeMs.length; at++) expect(timeMs[at]).toBeGreaterThan(timeMs[at - 1]!);
  });

  test('keeps a spike of one block and the longest block', () => {
    const recorder = recorderOf(16);
    for (let at = 0; at < 1000; at++) {
      const isSpike = at === 421;
      const price = isSpike ? 40 : 100;
      recorder.record(
        sample(at, { prices: [{ index: price, mark: 100 }], blockMs: isSpike ? 77 : 1 }),
      );
    }
    const { prices, blockMs } = recorder.series();
    expect(Math.min(...prices[0]!.index.map((price) => price ?? 0))).toBe(40);
    expect(Math.max(...blockMs)).toBe(77);
  });

  test('bands of health: an edge belongs to the band above', () => {
    expect([-1, 0, 0.99, 1, 1.05, 9.9, 10, 1e9].map(healthBand)).toEqual([0, 1, 1, 2, 2, 8, 9, 9]);
    expect(HEALTH_EDGES).toHaveLength(9);
  });
});
