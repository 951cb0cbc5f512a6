import { describe, expect, test } from 'vitest';
import type { Table } from '../../src/dataFiles/index.ts';
import { MissingDataError } from '../../src/errors.ts';
import {
  cholesky,
  crashFactor,
  Market,
  type MarketOptions,
  type Observation,
  pathThroughPoints,
  pointsFromFile,
  startingPrices,
} from '../../src/markets/index.ts';
import { Seed } from '../../src/seed.ts';

const START = 1_600_000_000_000;

function options(changes: Partial<MarketOptions>): MarketOptions {
  return {
    seed: new Seed(1),
    startTimeMs: START,
    durationMs: 10_000,
    everyMs: 1000,
    sources: ['a', 'b', 'c'],
    underlyings: [{ name: 'BTC', priceUnit: '0.1' }],
    prices: [
      {
        underlying: 'BTC',
        path: { kind: 'points', points: [{ timeMs: 0, price: '10000.1' }] },
      },
    ],
    correlations: [],
    faults: [],
    readTable: (file) => {
      throw new MissingDataError(file, []);
    },
    ...changes,
  };
}

const all = (changes: Partial<MarketOptions>): Observation[] => [...new Market(options(changes))];
const pricesOf = (found: readonly Observation[], source: string): number[] =>
  found.filter((one) => one.source === source).map((one) => one.price);

const bars = (...lines: string[]): Table => ({
  file: 'bars.csv',
  columns: ['t_ms', 'open', 'high', 'low', 'close'],
  rows: lines.map((line) => line.split(',')),
});

describe('what sources publish', () => {
  test('every source publishes at every step, in price units, from the start to the end', () => {
    const found = all({});
    expect(found).toHaveLength(33);
    expect(found[0]).toEqual({
      timeMs: START,
      publishedMs: START,
      underlying: 'BTC',
      source: 'a',
      price: 100_001,
      confidence: 10,
    });
    expect(found.at(-1)).toMatchObject({ timeMs: START + 10_000, source: 'c', price: 100_001 });
  });

  test('taking block by block gives what iterating gives', () => {
    const changes = { prices: [{ ...options({}).prices[0]!, noiseBp: 5, everyMs: 700 }] };
    const market = new Market(options(changes));
    const taken: Observation[] = [];
    for (let timeMs = START; timeMs <= START + 12_000; timeMs += 250) {
      const block = market.takeUntil(timeMs);
      expect(block.every((one) => one.publishedMs <= timeMs)).toBe(true);
      taken.push(...block);
    }
    expect(taken).toEqual(all(changes));
    expect(market.takeUntil(START + 99_000)).toEqual([]);
  });

  test('noise differs by source and stays near the price', () => {
    const found = all({ prices: [{ ...options({}).prices[0]!, noiseBp: 10 }] });
    expect(pricesOf(found, 'a')).not.toEqual(pricesOf(found, 'b'));
    for (const { price } of found) expect(Math.abs(price / 100_001 - 1)).toBeLessThan(0.006);
  });

  test('a source with a path of its own publishes that, the others the common one', () => {
    const own = { kind: 'points', points: [{ timeMs: 0, price: '7' }] } as const;
    const found = all({
      prices: [...options({}).prices, { underlying: 'BTC', sources: ['b'], path: own }],
    });
    expect(new Set(pricesOf(found, 'b'))).toEqual(new Set([70]));
    expect(new Set(pricesOf(found, 'c'))).toEqual(new Set([100_001]));
  });

  test('a source that lies multiplies its price within its window, and only there', () => {
    const found = all({
      faults: [{ kind: 'lie', sources: ['b'], multiplier: 2, fromMs: 3000, toMs: 5000 }],
    });
    expect(pricesOf(found, 'b')).toEqual(
      [1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1].map((factor) => factor * 100_001),
    );
    expect(new Set(pricesOf(found, 'a'))).toEqual(new Set([100_001]));
  });

  test('a silent source publishes nothing, and its noise goes on as if it had', () => {
    const noisy = { prices: [{ ...options({}).prices[0]!, noiseBp: 10 }] };
    const silent = all({
      ...noisy,
      faults: [{ kind: 'silent', sources: ['c'], fromMs: 2000, toMs: 6000 }],
    });
    const whole = pricesOf(all(noisy), 'c');
    expect(pricesOf(silent, 'c')).toEqual([...whole.slice(0, 2), ...whole.slice(6)]);
  });

  test('a stale source repeats its last price with the time of that price', () => {
    const found = all({
      prices: [
        {
          underlying: 'BTC',
          path: {
            kind: 'points',
            between: 'line',
            points: [
              { timeMs: 0, price: '100' },
              { timeMs: 10_000, price: '200' },
            ],
          },
        },
      ],
      faults: [{ kind: 'stale', underlying: 'BTC', fromMs: 3000, toMs: 5000 }],
    }).filter((one) => one.source === 'a');
    expect(found[3]).toMatchObject({
      timeMs: START + 2000,
      publishedMs: START + 3000,
      price: 1200,
    });
    expect(found[4]).toMatchObject({
      timeMs: START + 2000,
      publishedMs: START + 4000,
      price: 1200,
    });
    expect(found[5]).toMatchObject({ timeMs: START + 5000, price: 1500 });
  });

  test('prices beyond the range of the machine are capped, tiny ones become 0', () => {
    const path = (price: string) => ({ kind: 'points', points: [{ timeMs: 0, price }] }) as const;
    const at = (price: string): number =>
      all({ prices: [{ underlying: 'BTC', path: path(price) }] })[0]!.price;
    expect(at('0.01')).toBe(0);
    expect(at('99999999999')).toBe(2_147_483_647);
  });

  test('a missing data file is a typed error when the market is made', () => {
    const path = { kind: 'file', file: 'no.csv' } as const;
    expect(() => all({ prices: [{ underlying: 'BTC', path }] })).toThrow(MissingDataError);
  });

  test('starting prices are those at 0 without noise or faults', () => {
    const lying = options({
      faults: [{ kind: 'lie', multiplier: 3, fromMs: 0, toMs: 1000 }],
      underlyings: [...options({}).underlyings, { name: 'ETH', priceUnit: '1' }],
    });
    expect([...startingPrices(lying)]).toEqual([
      ['BTC', 100_001],
      ['ETH', null],
    ]);
  });
});

describe('bars of a file', () => {
  const minute = (at: number): string => String(START + at * 60_000);
  const table = bars(
    `${minute(0)},100,104,98,101`,
    `${minute(1)},101,102,95,96`,
    `${minute(4)},90,91,89,90`,
  );

  test('a bar goes through open, the nearer extreme, the farther one and close', () => {
    const points = pointsFromFile(table, { kind: 'file', file: 'bars.csv' });
    expect(points.slice(0, 8)).toEqual([
      { timeMs: 0, price: 100 },
      { timeMs: 20_000, price: 98 },
      { timeMs: 40_000, price: 104 },
      { timeMs: 59_999, price: 101 },
      { timeMs: 60_000, price: 101 },
      { timeMs: 80_000, price: 102 },
      { timeMs: 100_000, price: 95 },
      { timeMs: 119_999, price: 96 },
    ]);
  });

  test('where bars are missing nothing is published', () => {
    const points = pointsFromFile(table, { kind: 'file', file: 'bars.csv' });
    const path = pathThroughPoints(points, 'line');
    expect(path.priceAt(119_999)).toBe(96);
    expect(path.priceAt(120_000)).toBeNull();
    expect(path.priceAt(239_999)).toBeNull();
    expect(path.priceAt(240_000)).toBe(90);
    expect(path.priceAt(300_000)).toBeNull();
  });

  test('a window starts at 0, and speed shortens it', () => {
    const from = new Date(START + 60_000).toISOString();
    const points = pointsFromFile(table, { kind: 'file', file: 'f', from, speed: 10, scale: '2' });
    expect(points[0]).toEqual({ timeMs: 0, price: 202 });
    expect(points[2]).toEqual({ timeMs: 4000, price: 190 });
    const to = new Date(START + 60_000).toISOString();
    expect(pointsFromFile(table, { kind: 'file', file: 'f', to }).at(-1)).toEqual({
      timeMs: 60_000,
      price: null,
    });
  });

  test('an outlier in the file is passed on as it is', () => {
    const torn = bars(`${minute(0)},3.06,3.1,0.0001,2.47`);
    const points = pointsFromFile(torn, { kind: 'file', file: 'f' });
    expect(points.map((point) => point.price)).toEqual([3.06, 3.1, 0.0001, 2.47, null]);
  });

  test('a file of single prices in seconds needs one column', () => {
    const single: Table = {
      file: 'p.csv',
      columns: ['t', 'p'],
      rows: [
        ['10', '5'],
        ['12', '6'],
      ],
    };
    const spec = {
      kind: 'file',
      file: 'p',
      columns: { time: 't', price: 'p' },
      timeUnit: 's',
    } as const;
    expect(pointsFromFile(single, spec)).toEqual([
      { timeMs: 0, price: 5 },
      { timeMs: 2000, price: 6 },
      { timeMs: 4000, price: null },
    ]);
  });

  test('an empty window, times out of order and an incomplete column map are errors', () => {
    const spec = { kind: 'file', file: 'f' } as const;
    expect(() => pointsFromFile(table, { ...spec, from: '2030-01-01T00:00:00Z' })).toThrow(
      'has no row from 2030-01-01T00:00:00Z',
    );
    const back = bars(`${minute(1)},1,1,1,1`, `${minute(0)},1,1,1,1`);
    expect(() => pointsFromFile(back, spec)).toThrow('line 3: time');
    const columns = { time: 't_ms', open: 'open' };
    expect(() => pointsFromFile(table, { ...spec, columns })).toThrow('needs "price", or all of');
  });
});

describe('seeded walks', () => {
  const calm = (underlying: string) =>
    ({ underlying, path: { kind: 'calm', start: '1000', volatilityPerDay: 0.5 } }) as const;
  const BTC = { name: 'BTC', priceUnit: '0.001' };
  const ETH = { name: 'ETH', priceUnit: '0.001' };
  const walk = (changes: Partial<MarketOptions>): Observation[] =>
    all({ durationMs: 2_000_000, sources: ['a'], underlyings: [BTC, ETH], ...changes });
  const returnsOf = (found: readonly Observation[], underlying: string): number[] => {
    const prices = found.filter((one) => one.underlying === underlying).map((one) => one.price);
    return prices.slice(1).map((price, at) => price / (prices[at] as number) - 1);
  };
  const deviation = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

  test('a calm walk has the volatility that was asked for', () => {
    const returns = returnsOf(walk({ prices: [calm('BTC')] }), 'BTC');
    expect(deviation(returns) / (0.5 / Math.sqrt(86_400))).toBeCloseTo(1, 1);
  });

  test('correlated walks are as correlated as asked', () => {
    const correlations = [{ between: ['BTC', 'ETH'], value: 0.8 }] as const;
    const found = walk({ prices: [calm('BTC'), calm('ETH')], correlations });
    const [one, other] = [returnsOf(found, 'BTC'), returnsOf(found, 'ETH')];
    const product = one.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
    const correlation = product / one.length / deviation(one) / deviation(other);
    expect(correlation).toBeCloseTo(0.8, 1);
  });

  test('another underlying moves nobody else', () => {
    const alone = walk({ prices: [calm('BTC')] });
    const both = walk({ prices: [calm('BTC'), calm('ETH')] });
    expect(
      pricesOf(
        both.filter((one) => one.underlying === 'BTC'),
        'a',
      ),
    ).toEqual(pricesOf(alone, 'a'));
  });

  test('jumps arrive as often as asked', () => {
    const path = {
      kind: 'jump',
      start: '1000',
      volatilityPerDay: 0,
      jumpsPerDay: 864,
      jumpMean: 0.01,
      jumpDeviation: 0,
    } as const;
    const returns = returnsOf(walk({ prices: [{ underlying: 'BTC', path }] }), 'BTC');
    const jumps = returns.filter((value) => value > 0.005).length;
    expect(jumps).toBeGreaterThan(10);
    expect(jumps).toBeLessThan(32);
  });

  test('a crash falls by its fraction in its time, and recovers as much as it says', () => {
    const spec = {
      kind: 'crash',
      start: '1000',
      volatilityPerDay: 0,
      atMs: 100_000,
      overMs: 200_000,
      fall: 0.4,
      recover: 0.5,
      recoverOverMs: 100_000,
    } as const;
    expect(
      [0, 100_000, 200_000, 300_000, 350_000, 500_000].map((at) => crashFactor(spec, at)),
    ).toEqual([1, 1, 0.8, 0.6, 0.7, 0.8]);
    const found = walk({ prices: [{ underlying: 'BTC', path: spec }] });
    expect(found[300]!.price).toBe(600_000);
  });

  test('correlations that contradict each other are refused', () => {
    const opposite = [
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ];
    expect(cholesky(opposite)).toBeNull();
    expect(
      cholesky([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual([
      [1, 0],
      [1, 0],
    ]);
    const correlations = [{ between: ['BTC', 'ETH'], value: 1.5 }] as const;
    expect(() => walk({ prices: [calm('BTC'), calm('ETH')], correlations })).toThrow('contradict');
  });
});
