import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@plimsoll/api/client';
import { afterAll, describe, expect, test } from 'vitest';
import { launcher, plimsoll } from './plimsoll.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-demo-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  output(): string;
  until(claim: (output: string) => boolean): Promise<void>;
  readonly ended: Promise<number | null>;
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [launcher, 'demo', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  let wake = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output += bytes;
      wake();
    });
  }
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      isOver = true;
      wake();
      resolve(code);
    });
  });
  return {
    child,
    output: () => output,
    ended,
    async until(claim) {
      while (!claim(output)) {
        if (isOver) throw new Error(`ended too early:\n${output}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const liquidationsIn = (output: string): number =>
  Math.max(
    0,
    ...[...output.matchAll(/(\d+) begun since this start/g)].map((match) => Number(match[1])),
  );
const blocksIn = (output: string): number => Number(/Stopped\. (\d+) blocks/.exec(output)?.[1]);

describe('the demo', () => {
  const data = join(folder, 'data');

  test('lists, prices, trades, crashes, liquidates and stops cleanly', async () => {
    const demo = start(['--data', data, '--speed', '30', '--traders', '40']);
    await demo.until((output) => output.includes('/docs'));
    const url = /the API +(http:\S+)\/docs/.exec(demo.output())?.[1];
    const client = createClient({ url: url ?? '' });
    // Looked at from the start: losses may use it up.
    const fund = async (): Promise<number> =>
      Number((await client.read('pools')).fund.balance.amount);
    await expect.poll(fund).toBeGreaterThan(0);
    await demo.until((output) => liquidationsIn(output) > 0);
    const { markets } = await client.read('markets');
    expect(markets.map(({ name }) => name)).toEqual(['BTC-PERP', 'ETH-PERP']);
    const { underlying } = await client.read('underlying', { underlying: 'BTC' });
    expect(underlying.priceDecimals).toBe(1);
    // At some moment: on a busy machine a publisher may be late once.
    const fresh = async (): Promise<number> => {
      const { sources } = await client.read('underlying', { underlying: 'BTC' });
      return sources.filter(({ isFresh }) => isFresh).length;
    };
    await expect.poll(fresh).toBe(5);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(0);
    expect(demo.output()).toMatch(/Stopped\. \d+ blocks and 43 accounts are stored in /);
    expect(demo.output()).not.toMatch(/^\s+at /m);
    const key = JSON.parse(readFileSync(join(data, 'keys', 'admin.json'), 'utf8'));
    expect(key.warning).toContain('DEVELOPMENT ONLY');
  });

  test('goes on from its store, and what it stored replays to the same roots', async () => {
    const before = plimsoll(['verify', data]);
    expect(before.stdout + before.stderr).toContain('block');
    expect(before.status).toBe(0);
    const demo = start(['--data', data, '--speed', '30', '--traders', '40', '--for', '4']);
    await demo.until((output) => /at block \d+/.test(output));
    const height = Number(/at block (\d+)/.exec(demo.output())?.[1]);
    expect(height).toBeGreaterThan(50);
    expect(await demo.ended).toBe(0);
    expect(blocksIn(demo.output())).toBeGreaterThan(height);
    // Nobody was opened twice, and no market was listed twice.
    expect(demo.output()).toMatch(/and 43 accounts are stored/);
  });

  test('its processes end with it, however it ends', async () => {
    const demo = start(['--data', data, '--traders', '4']);
    await demo.until((output) => output.includes('in liquidation'));
    const { stdout } = plimsoll(['demo', '--data', data, '--port', '0', '--for', '1']);
    expect(stdout).not.toContain('Stopped');
    demo.child.kill('SIGKILL');
    await demo.ended;
    // The store is free again, and nothing that was acknowledged is missing.
    const again = start(['--data', data, '--traders', '4', '--for', '1']);
    expect(await again.ended).toBe(0);
  });

  test('another scenario needs a fresh start, which sets aside what was there', () => {
    const other = plimsoll([
      'demo',
      '--data',
      data,
      '--scenario',
      'calm-week',
      '--for',
      '3',
      '--port',
      '0',
    ]);
    expect(other.stderr).toContain('say --fresh');
    expect(other.status).toBe(2);
    const fresh = plimsoll([
      'demo',
      '--data',
      data,
      '--scenario',
      'calm-week',
      '--port',
      '0',
      '--for',
      '1',
      '--fresh',
    ]);
    expect(fresh.stdout).toContain(`What was in ${data} is in ${data}.before now.`);
    expect(fresh.status).toBe(0);
    expect(existsSync(join(`${data}.before`, 'blocks'))).toBe(true);
    expect(JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8')).scenario).toBe('calm-week');
  });

  test('a folder that it did not make is left alone, also by --fresh', () => {
    const mine = join(folder, 'mine');
    for (const args of [[], ['--fresh']]) {
      rmSync(mine, { recursive: true, force: true });
      const path = join(mkdtempSync(mine), 'letter.txt');
      writeFileSync(path, 'dear');
      const refused = plimsoll([
        'demo',
        '--data',
        join(path, '..'),
        '--for',
        '3',
        '--port',
        '0',
        ...args,
      ]);
      expect(refused.stderr).toContain('letter.txt');
      expect(refused.status).toBe(2);
      expect(readFileSync(path, 'utf8')).toBe('dear');
    }
  });

  test('recorded prices that are not there are named, with their own exit code', () => {
    const data = join(folder, 'recorded');
    const environment = { PLIMSOLL_DATA_DIR: folder };
    const { stderr, status } = plimsoll(
      ['demo', '--data', data, '--scenario', 'march-2020', '--for', '3'],
      environment,
    );
    expect(stderr).toContain('2020-03_XBTUSD');
    expect(status).toBe(3);
    expect(existsSync(data)).toBe(false);
  });
});
