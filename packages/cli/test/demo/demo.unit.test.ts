import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkOf } from '@plimsoll/node';
import { afterAll, describe, expect, test } from 'vitest';
import { readDemoScenario } from '../../src/demo/demoScenario.ts';
import { openDemoStore, setAside, storedScenario } from '../../src/demo/demoStore.ts';
import { marketTime, scenarioPrices } from '../../src/demo/scenarioPrices.ts';
import { statusText } from '../../src/demo/statusLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-demo-unit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const crash = readDemoScenario('crash-empty-book');

describe('the store of a demo', () => {
  test('keeps network and keys from one start to the next', () => {
    const directory = join(folder, 'kept');
    const first = openDemoStore(directory, crash);
    const second = openDemoStore(directory, crash);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(networkOf(second.network)).toEqual(networkOf(first.network));
    expect(second.keys.admin).toEqual(first.keys.admin);
    expect(second.keys.publishers).toEqual(first.keys.publishers);
    expect(second.keys.member('trader-1')).toEqual(first.keys.member('trader-1'));
    expect(second.keys.member('trader-2')).not.toEqual(first.keys.member('trader-1'));
    expect(storedScenario(directory)).toBe('crash-empty-book');
  });

  test('is taken up where a first start was interrupted', () => {
    const directory = join(folder, 'interrupted');
    const { network } = openDemoStore(directory, crash);
    rmSync(join(directory, 'demo.json'));
    expect(storedScenario(directory)).toBeUndefined();
    expect(openDemoStore(directory, crash).network).toEqual(network);
  });

  test('is set aside in place of the one before, and nothing else ever is', () => {
    const directory = join(folder, 'aside');
    expect(setAside(directory)).toBeUndefined();
    const { network } = openDemoStore(directory, crash);
    expect(setAside(`${directory}/`)).toBe(`${directory}.before`);
    openDemoStore(directory, crash);
    expect(setAside(directory)).toBe(`${directory}.before`);
    const kept = readFileSync(join(`${directory}.before`, 'network.json'), 'utf8');
    expect(JSON.parse(kept)).not.toEqual(network);
    openDemoStore(directory, crash);
    rmSync(join(`${directory}.before`, 'demo.json'));
    expect(() => setAside(directory)).toThrow('was not made by the demo');
    writeFileSync(join(folder, 'letter.txt'), 'dear');
    expect(() => setAside(folder)).toThrow('was not made by the demo');
    expect(readdirSync(folder)).toContain('letter.txt');
  });
});

test('market time runs by its speed, and courses follow each other', () => {
  const clock = { startMs: 1_000, speed: 10, durationMs: 60_000 };
  expect(marketTime(clock, 0)).toEqual({ course: 0, timeMs: 0 });
  expect(marketTime(clock, 3_000)).toEqual({ course: 0, timeMs: 20_000 });
  expect(marketTime(clock, 8_000)).toEqual({ course: 1, timeMs: 10_000 });
});

describe('prices of a scenario', () => {
  const first = async (present: Record<string, number>) => {
    const stop = new AbortController();
    const clock = { startMs: Date.now(), speed: 10, durationMs: crash.durationMs };
    const prices = scenarioPrices({ demo: crash, clock, present, signal: stop.signal });
    const { value } = await prices.next();
    stop.abort();
    await prices.return();
    if (value === undefined) throw new Error('no prices');
    return value;
  };

  test('come from every source, near to each other, stamped with the present', async () => {
    const bySource = await first({});
    expect([...bySource.keys()]).toEqual(['north', 'south', 'east', 'west', 'center']);
    for (const prices of bySource.values()) {
      expect(prices.map(({ underlying }) => underlying)).toEqual(['BTC', 'ETH']);
      expect(Math.abs(Number(prices[0]?.price) / 60_000 - 1)).toBeLessThan(0.002);
      expect(Math.abs((prices[0]?.timeMs ?? 0) - Date.now())).toBeLessThan(60_000);
    }
  });

  test('begin where the network is', async () => {
    const [prices] = (await first({ BTC: 45_000 })).values();
    expect(Math.abs(Number(prices?.[0]?.price) / 45_000 - 1)).toBeLessThan(0.002);
    expect(Math.abs(Number(prices?.[1]?.price) / 3_000 - 1)).toBeLessThan(0.002);
  });
});

test('a scenario that does not exist is answered with those that do', () => {
  expect(() => readDemoScenario('nonsense')).toThrow('ready: calm-week');
});

test('the status line says height, speed, liquidations and prices', () => {
  const text = statusText({
    height: 1_204,
    commandsPerSecond: 30.6,
    blockMs: 2.14,
    markets: [
      { name: 'BTC-PERP', price: '60000.1' },
      { name: 'ETH-PERP', price: null },
    ],
    accounts: 63,
    inLiquidation: 2,
    liquidations: 57,
  });
  expect(text).toBe(
    'block 1,204 · 31 commands/s · 2.1 ms a block · ' +
      '2 in liquidation, 57 begun since this start · BTC-PERP 60000.1 · ETH-PERP no price yet · 63 accounts',
  );
});
