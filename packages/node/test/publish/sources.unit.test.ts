import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { fileCourse, filePrices } from '../../src/publish/filePrices.ts';
import { median } from '../../src/publish/median.ts';
import { pacedPrices } from '../../src/publish/pacedPrices.ts';
import {
  confidenceUnitsOf,
  decimalOf,
  priceUnitsOf,
  type SourcePrice,
} from '../../src/publish/price.ts';
import { crashFactor, seededCourse, seededPrices } from '../../src/publish/seededPrices.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

async function firstOf(prices: AsyncIterable<SourcePrice>, count: number): Promise<SourcePrice[]> {
  const found: SourcePrice[] = [];
  for await (const price of prices) {
    found.push(price);
    if (found.length === count) break;
  }
  return found;
}

describe('units', () => {
  test('a price becomes the nearest unit, and none where the machine could not be told', () => {
    expect(priceUnitsOf('60000.04', 1)).toBe(600_000n);
    expect(priceUnitsOf('60000.05', 1)).toBe(600_001n);
    for (const text of ['0', '-1', '0.04', 'NaN', '1e400', '300000000']) {
      expect(priceUnitsOf(text, 1), text).toBeUndefined();
    }
  });

  test('a confidence is rounded up, and is at most the price', () => {
    expect(confidenceUnitsOf('0.11', 600_000n, 1)).toBe(2n);
    expect(confidenceUnitsOf('99999', 10n, 1)).toBe(10n);
    expect(confidenceUnitsOf('junk', 10n, 1)).toBe(10n);
    expect(confidenceUnitsOf('0', 10n, 1)).toBe(0n);
  });

  test('decimals have no exponent', () => {
    expect([60_000, 0.00001234, 1e-9, 123_456.789_123_456].map((each) => decimalOf(each))).toEqual([
      '60000',
      '0.00001234',
      '0.000000001',
      '123456.7891',
    ]);
  });

  test('the median of an even count is the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, undefined]);
  });
});

describe('a course', () => {
  const course = { underlyings: ['BTC'], priceAt: (_: string, timeMs: number) => 100 + timeMs };

  test('is played faster by its speed, and every price is stamped with the present', async () => {
    let nowMs = 5_000;
    const prices = pacedPrices(course, { speed: 1_000, everyMs: 10, readMs: () => nowMs });
    for (const [atMs, price] of [
      [5_000, '100'],
      [5_010, '10100'],
      [5_025, '25100'],
    ] as const) {
      nowMs = atMs;
      expect((await prices.next()).value).toMatchObject({ price, timeMs: atMs });
    }
    await prices.return();
  });

  test('leaves out the steps that a slow consumer missed', async () => {
    let nowMs = 0;
    const prices = pacedPrices(course, { everyMs: 1, readMs: () => nowMs });
    expect((await prices.next()).value).toMatchObject({ price: '100', timeMs: 0 });
    nowMs = 5_000;
    expect((await prices.next()).value).toMatchObject({ price: '5100', timeMs: 5_000 });
    await prices.return();
  });

  test('says nothing where nothing is known, ends at its end or begins again', async () => {
    let nowMs = 0;
    const readMs = (): number => nowMs++;
    const priceAt = (_: string, timeMs: number): number | undefined =>
      timeMs > 30 && timeMs < 60 ? undefined : timeMs;
    const short = { underlyings: ['BTC'], durationMs: 100, priceAt };
    const found = await firstOf(pacedPrices(short, { everyMs: 1, readMs }), 1_000);
    const times = found.map(({ price }) => Number(price));
    expect(times.some((each) => each > 30 && each < 60)).toBe(false);
    expect(Math.max(...times)).toBeLessThan(100);
    const again = await firstOf(pacedPrices(short, { everyMs: 1, readMs, isRepeated: true }), 100);
    const jumps = again.filter((each, at) => at > 0 && +each.price < +again[at - 1]!.price);
    expect(jumps.length).toBeGreaterThan(0);
  });

  test('ends at once when its signal fires', async () => {
    const stop = new AbortController();
    const prices = pacedPrices(course, { everyMs: 60_000, signal: stop.signal });
    await prices.next();
    const next = prices.next();
    stop.abort();
    expect((await next).done).toBe(true);
  });
});

describe('a seeded market', () => {
  const crash = { atMs: 60_000, overMs: 30_000, fall: 0.3, recover: 0.5 };
  const underlyings = [
    { name: 'BTC', start: 60_000, crash },
    { name: 'ETH', start: 3_000 },
  ];
  const pathOf = (seed: string): number[] => {
    const course = seededCourse({ seed, underlyings });
    return [0, 30_000, 75_000, 90_000, 200_000].map((at) => course.priceAt('BTC', at)!);
  };

  test('is the same for the same seed and another one for another', () => {
    expect(pathOf('a')).toEqual(pathOf('a'));
    expect(pathOf('a')[1]).not.toBe(pathOf('b')[1]);
  });

  test('another underlying does not move it', () => {
    const alone = seededCourse({ seed: 'a', underlyings: underlyings.slice(0, 1) });
    expect(alone.priceAt('BTC', 75_000)).toBe(pathOf('a')[2]);
  });

  test('falls and comes back as it is told', () => {
    expect(
      [0, 60_000, 75_000, 90_000, 105_000, 500_000].map((at) => crashFactor(crash, at)),
    ).toEqual([1, 1, 0.85, 0.7, 0.775, 0.85]);
    expect(crashFactor({ ...crash, everyMs: 200_000 }, 275_000)).toBe(0.85);
    const [start, , , bottom] = pathOf('a');
    expect(bottom! / start!).toBeGreaterThan(0.65);
    expect(bottom! / start!).toBeLessThan(0.75);
  });

  test('two publishers of one market differ by their errors alone', async () => {
    const read = async (publisher: string): Promise<number> => {
      const prices = seededPrices({ seed: 'a', publisher, noiseBp: 2, underlyings });
      return Number((await firstOf(prices, 1))[0]!.price);
    };
    const [one, other] = [await read('one'), await read('other')];
    expect(one).not.toBe(other);
    expect(Math.abs(one / other - 1)).toBeLessThan(0.002);
  });
});

describe('files', () => {
  test('single prices are joined by lines; the time is from the first of them', () => {
    const path = file('ticks.csv', 't_ms,price\n1000,100\n2000,110\n3000,90\n');
    const course = fileCourse({ files: [{ path, underlying: 'BTC' }] });
    expect(course.durationMs).toBe(2_000);
    expect([0, 500, 1_000, 1_500, 2_000].map((at) => course.priceAt('BTC', at))).toEqual([
      100, 105, 110, 100, 90,
    ]);
  });

  test('a bar walks through its extremes, the nearer one first, and a missing bar is a hole', () => {
    const bars =
      't_ms,open,high,low,close\n0,100,103,90,95\n60000,95,99,94,98\n180000,98,99,97,98\n';
    const path = file('bars.csv.gz', bars);
    const course = fileCourse({ files: [{ path, underlying: 'BTC' }] });
    expect([0, 20_000, 40_000, 59_999].map((at) => course.priceAt('BTC', at))).toEqual([
      100, 103, 90, 95,
    ]);
    expect(course.priceAt('BTC', 130_000)).toBeUndefined();
    expect(course.priceAt('BTC', 180_000)).toBe(98);
  });

  test('one file of several underlyings, as JSON lines, in seconds, in a window', async () => {
    const rows = [0, 1, 2, 3].flatMap((at) => [
      { underlying: 'BTC', t: 1_000 + at, price: 100 + at },
      { underlying: 'ETH', t: 1_000 + at, price: '50' },
    ]);
    const path = file('prices.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'));
    const price = { path, columns: { time: 't' }, timeUnit: 's', scale: 2 } as const;
    const course = fileCourse({ files: [price], sinceMs: 1_001_000, untilMs: 1_003_000 });
    expect(course.underlyings).toEqual(['BTC', 'ETH']);
    expect(course.durationMs).toBe(2_000);
    expect([course.priceAt('BTC', 500), course.priceAt('ETH', 0)]).toEqual([203, 100]);
    const played = filePrices({ files: [price], speed: 100, everyMs: 5 });
    expect(await firstOf(played, 2)).toMatchObject([{ underlying: 'BTC' }, { underlying: 'ETH' }]);
  });

  test.each([
    ['t_ms,price\n', 'has no rows'],
    ['t_ms,price\n1,abc\n', 'line 2: "price" is "abc", not a number'],
    ['time,price\n1,1\n', 'line 2: "t_ms" is not there'],
    ['t_ms,open,high\n1,1,1\n', 'line 2: "low" is not there'],
    ['t_ms,price\n2,1\n1,1\n', 'time 1 is not above the one before it'],
  ])('%j is refused with its place', (text, says) => {
    const path = file('bad.csv', text);
    expect(() => fileCourse({ files: [{ path, underlying: 'BTC' }] })).toThrow(says);
  });

  test('a file that is not there, is not JSON or prices nothing is refused', () => {
    const read = (path: string): unknown => fileCourse({ files: [{ path }] });
    expect(() => read(join(folder, 'none.csv'))).toThrow('cannot be read');
    expect(() => read(file('bad.ndjson', '{'))).toThrow('line 1 is not JSON');
    expect(() => read(file('what.csv', 't_ms,price\n1,1'))).toThrow('nothing says');
  });

  test('cells in quotes may hold commas', () => {
    const path = file('quoted.csv', '"t_ms","the, price"\n1,"2"\n2,"4"\n');
    const columns = { price: 'the, price' };
    const course = fileCourse({ files: [{ path, underlying: 'BTC', columns }] });
    expect(course.priceAt('BTC', 0)).toBe(2);
  });
});
