import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import { underlyingParameters } from '@plimsoll/core/schema';
import { newKey, readKeyFile, writeKeyFile } from '@plimsoll/node/publish';
import { afterAll, describe, expect, test } from 'vitest';
import { launcher, plimsoll } from './plimsoll.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-serving-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const path = (name: string): string => join(folder, name);

function start(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  child.stderr.on('data', (bytes) => {
    output += bytes;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const until = async (claim: (output: string) => boolean): Promise<void> => {
    while (!claim(output)) {
      if (child.exitCode !== null) throw new Error(`ended too early:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, until, output: () => output };
}

describe('keys', () => {
  test('a new key is locked with the password of the environment', () => {
    const file = path('locked.json');
    const environment = { PLIMSOLL_KEY_PASSWORD: 'a long enough password' };
    const made = plimsoll(['keys', 'new', file], environment);
    expect(made.status).toBe(0);
    const shown = plimsoll(['keys', 'show', file], environment);
    expect(made.stdout).toContain(shown.stdout.trim());
    const again = plimsoll(['keys', 'new', file], environment);
    expect(again.stderr).toContain('is in the way');
    const wrong = plimsoll(['keys', 'show', file], { PLIMSOLL_KEY_PASSWORD: 'another' });
    expect(wrong.stderr).toContain('does not open');
    expect([again.status, wrong.status]).toEqual([2, 2]);
  });

  test('without a password, or with a short one, there is no key', () => {
    const none = plimsoll(['keys', 'new', path('none.json')]);
    const short = plimsoll(['keys', 'new', path('none.json')], { PLIMSOLL_KEY_PASSWORD: 'abc' });
    expect(none.stderr).toContain('PLIMSOLL_KEY_PASSWORD');
    expect(short.stderr).toContain('fewer than 12');
    expect([none.status, short.status]).toEqual([2, 2]);
  });
});

describe('node', () => {
  test('prints what its settings come to, and names every mistake', () => {
    const file = path('plimsoll.json');
    writeFileSync(file, JSON.stringify({ http: { port: 1 }, logLevel: 'warn' }));
    const flags = ['--config', file, '--print-config', '--http-port', '2'];
    const printed = plimsoll(['node', ...flags], { PLIMSOLL_LIMITS_QUEUE_MAX: '9' });
    const config = JSON.parse(printed.stdout);
    expect([config.http.port, config.limits.queueMax, config.logLevel]).toEqual([2, 9, 'warn']);
    const wrong = plimsoll(['node', '--http-port', 'x', '--blocks-commands-max', '0']);
    expect(wrong.stderr).toContain('http.port (from --http-port)');
    expect(wrong.stderr).toContain('blocks.commandsMax (from --blocks-commands-max)');
    expect(wrong.status).toBe(2);
  });

  test('without a store it says how to make one', () => {
    const { stderr, status } = plimsoll(['node', '--data-directory', path('nothing')]);
    expect(stderr).toContain('there is no store');
    expect(status).toBe(3);
    const bad = path('bad.json');
    writeFileSync(bad, '{"network": "x"}');
    const refused = plimsoll(['node', '--network', bad, '--data-directory', path('nothing')]);
    expect(refused.stderr).toContain('chainId is missing');
    expect(refused.status).toBe(2);
  });
});

test.skipIf(!existsSync('/proc/self'))(
  'where no folder can be made, every verb that wants one ends with a sentence',
  () => {
    const network = path('nowhere.json');
    const [admin, guardian, custodian] = [newKey(), newKey(), newKey()].map((key) => key.address);
    const authorities = { admin, guardian, custodian };
    const settlement = { name: 'USDC', decimals: 6 };
    const genesis = { timeMs: Date.now(), authorities, settlement, parameters: {} };
    const capacity = { accounts: 100 };
    writeFileSync(network, JSON.stringify({ network: 'test', chainId: 5, genesis, capacity }));
    for (const args of [
      ['node', '--network', network, '--data-directory', '/proc/nowhere'],
      ['demo', '--data', '/proc/nowhere', '--port', '0', '--for', '1'],
      ['simulate', 'crash-empty-book', '--out', '/proc/nowhere'],
    ]) {
      const { stderr, status } = plimsoll(args);
      expect(stderr, args[0]).toMatch(/\/proc\/nowhere.*nothing can be made in that place/);
      expect(status, args[0]).toBe(2);
    }
    const key = plimsoll(['keys', 'new', '/proc/nowhere/key.json', '--dev']);
    expect([key.status, key.stderr]).toEqual([2, expect.stringContaining('/proc/nowhere')]);
  },
);

test('in a working directory that was removed a demo ends with a sentence', () => {
  const cwd = path('removed');
  mkdirSync(cwd);
  const script = 'rmdir "$PWD"; exec "$0" "$1" demo --port 0 --for 1';
  const args = ['-c', script, process.execPath, launcher];
  const { stderr, status } = spawnSync('sh', args, { cwd, encoding: 'utf8', timeout: 60_000 });
  expect(stderr).toContain('keys cannot be made: nothing can be made in that place');
  expect(status).toBe(2);
});

test('a node on a network file is listed on, published to, stopped and started again', async () => {
  const [admin, guardian, custodian] = [newKey(), newKey(), newKey()];
  const keyFile = path('publisher.json');
  writeKeyFile(keyFile, newKey());
  const publisher = readKeyFile(keyFile, () => undefined).address;
  const network = {
    network: 'test',
    chainId: 5,
    genesis: {
      timeMs: Date.now(),
      authorities: {
        admin: admin.address,
        guardian: guardian.address,
        custodian: custodian.address,
      },
      settlement: { name: 'USDC', decimals: 6 },
      parameters: { noticeMs: 0, listingNoticeMs: 0 },
    },
    capacity: { accounts: 100 },
  };
  writeFileSync(path('network.json'), JSON.stringify(network));
  const args = ['node', '--data-directory', path('data'), '--http-port', '0'];
  const node = start([...args, '--network', path('network.json')]);
  await node.until((output) => output.includes('the node serves'));
  const url = /"url":"([^"]+)"/.exec(node.output())?.[1] ?? '';

  const client = createClient({ url, signer: privateKeySigner(admin.privateKey) });
  const decimals = { parameter: underlyingParameters.priceDecimals.id, value: 1n };
  await client.submit([
    { kind: 'listUnderlying', name: 'BTC', parameters: [decimals] },
    { kind: 'setPublisher', underlying: 1, source: 4, publisher, weight: 1 },
  ]);

  const prices = path('prices.csv');
  const rows = Array.from({ length: 20 }, (_, at) => `${at * 30_000},${60_000 + at * 50}\n`);
  writeFileSync(prices, `t_ms,price\n${rows.join('')}`);
  const flags = ['--key', keyFile, '--node', url, '--every', '50'];
  const file = ['publish', 'file', prices, '--underlying', 'BTC', '--speed', '100', '--repeat'];
  const played = start([...file, ...flags]);
  const index = async (): Promise<number> =>
    Number((await client.read('underlying', { underlying: 'BTC' })).underlying.indexPrice);
  await expect.poll(index).toBeGreaterThan(60_000);
  played.child.kill('SIGINT');
  expect(await played.ended).toBe(0);
  expect(played.output()).toContain('connected to test: a source of BTC');
  expect(played.output()).toMatch(/[1-9]\d* prices taken.*; 0 refused/);
  const { sources } = await client.read('underlying', { underlying: 'BTC' });
  expect(sources[0]).toMatchObject({ source: 4, publisher });

  const seeded = ['publish', 'seeded', '--underlying', 'BTC=60000', '--crash', '1s,1s,0.1'];
  const heightOf = async (): Promise<number> => (await client.read('status')).height;
  const before = await heightOf();
  const made = start([...seeded, ...flags]);
  await expect.poll(heightOf).toBeGreaterThan(before + 2);
  made.child.kill('SIGTERM');
  expect(await made.ended).toBe(0);
  expect(made.output()).toMatch(/[1-9]\d* prices taken/);
  expect(await start([...seeded, ...flags, '--for', '1']).ended).toBe(0);
  const stranger = ['publish', 'seeded', '--underlying', 'ETH=3000', '--for', '1'];
  const untaken = start([...stranger, ...flags]);
  expect(await untaken.ended).toBe(1);
  expect(untaken.output()).toContain('it listens, and took none');
  client.close();

  node.child.kill('SIGTERM');
  expect(await node.ended).toBe(0);
  const again = start(args, { PLIMSOLL_LOG_LEVEL: 'info' });
  await again.until((output) => output.includes('the node serves'));
  expect(Number(/"head":(\d+)/.exec(again.output())?.[1])).toBeGreaterThan(10);
  const taken = new URL(/"url":"([^"]+)"/.exec(again.output())?.[1] ?? url).port;
  const other = ['demo', '--data', path('other'), '--for', '3', '--port', taken];
  expect(plimsoll(other).stderr).toContain(`${taken}: another program listens there`);
  again.child.kill('SIGINT');
  expect(await again.ended).toBe(0);
});

test('a publisher whose prices nobody took says so and ends with 1', async () => {
  const key = path('idle.json');
  writeKeyFile(key, newKey());
  const seeded = ['publish', 'seeded', '--underlying', 'BTC=1', '--key', key];
  const { stderr, status } = plimsoll([...seeded, '--node', 'http://127.0.0.1:9', '--for', '1']);
  expect(stderr).toContain('no price was taken by the node at http://127.0.0.1:9: it was never');
  expect(status).toBe(1);
});

test.each([
  [['file', './none.csv', '--underlying', 'BTC'], 'none.csv cannot be read'],
  [['seeded'], "required option '--underlying <name=price>' not specified"],
  [['seeded', '--underlying', 'BTC'], '"BTC" is not name=price'],
  [['seeded', '--underlying', 'BTC=1', '--crash', 'soon'], 'no duration'],
  [['venues', './none.json'], 'none.json cannot be read'],
  [['seeded', '--underlying', 'BTC=1', '--speed', '0'], 'not a number above 0'],
])('publish %j is refused with one message', (args, says) => {
  const key = path('any.json');
  rmSync(key, { force: true });
  writeKeyFile(key, newKey());
  const { stderr, status } = plimsoll(['publish', ...args, '--key', key, '--for', '60']);
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
});
