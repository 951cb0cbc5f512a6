import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger, defaultConfig, type RunningNode, startNode } from '../../dist/index.js';
import { call, deposit, file, network, post, signed } from './door.ts';

let directory = '';
let node: RunningNode;

async function start(): Promise<RunningNode> {
  const { http } = defaultConfig;
  const config = { ...defaultConfig, dataDirectory: directory, http: { ...http, port: 0 } };
  return await startNode({ config, network: file, logger: createLogger({ level: 'silent' }) });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plimsoll-http-'));
  node = await start();
});

afterAll(async () => {
  await node.close();
  await rm(directory, { recursive: true, force: true });
});

/** Of the network of the other tests, valid on the clock of this machine. */
const fresh = (sequence: number) => ({ ...deposit(sequence), expiresMs: Date.now() + 20_000 });

test('a newcomer finds the node alive, ready, of its network and documented', async () => {
  expect((await call(`${node.url}/healthz`)).status).toBe(200);
  expect((await call(`${node.url}/readyz`)).body).toMatchObject({ isReady: true });
  expect((await call(`${node.url}/v1/network`)).body.network).toEqual(network);
  expect((await call(`${node.url}/docs`)).status).toBe(200);
  expect((await call(`${node.url}/`)).body).toContain('<title>Plimsoll</title>');
});

test('a command is answered from disk, read at its height, and again after a restart', async () => {
  const command = signed(fresh(1));
  const { body } = await post(`${node.url}/v1/commands`, command);
  const [receipt] = body.receipts;
  expect(receipt).toMatchObject({ isAccepted: true });
  const path = `/v1/accounts/1?minHeight=${receipt.height}`;
  expect((await call(`${node.url}${path}`)).body.account.id).toBe(1);
  await node.close();
  node = await start();
  expect((await call(`${node.url}${path}`)).body.account.id).toBe(1);
  const again = await post(`${node.url}/v1/commands`, command);
  const { events: _, ...kept } = receipt;
  expect(again.status).toBe(200);
  expect(again.body.receipts[0]).toMatchObject(kept);
});

test('the stream is on the same port, and other upgrades are refused', async () => {
  const url = node.url.replace('http', 'ws');
  const first = await new Promise<string>((resolve, reject) => {
    const socket = new WebSocket(`${url}/v1/stream`);
    socket.on('message', (data) => {
      resolve(String(data));
      socket.close();
    });
    socket.on('error', reject);
  });
  expect(JSON.parse(first)).toMatchObject({ type: 'welcome', network });
  const refused = await new Promise<string>((resolve) => {
    const socket = new WebSocket(`${url}/v1/nothing`);
    socket.on('error', (error) => resolve(error.message));
    socket.on('open', () => resolve('open'));
  });
  expect(refused).toMatch(/40\d|hang up/);
});

/** Starts a node where another listens, and says why it could not; then nothing is left to do. */
const OCCUPIED = `
  const { createLogger, defaultConfig, startNode } = await import(process.argv[1]);
  const [, , dataDirectory, port, network] = process.argv;
  const http = { ...defaultConfig.http, port: Number(port) };
  const logger = createLogger({ level: 'silent' });
  const config = { ...defaultConfig, dataDirectory, http };
  await startNode({ config, network: JSON.parse(network), logger }).catch((error) => {
    process.stdout.write(error.code);
  });
`;

test('a node that finds its port taken says so and leaves nothing running', async () => {
  const other = await mkdtemp(join(tmpdir(), 'plimsoll-http-'));
  const { href } = new URL('../../dist/index.js', import.meta.url);
  const { port } = new URL(node.url);
  const script = ['--input-type=module', '-e', OCCUPIED, href, other, port, JSON.stringify(file)];
  const child = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  const cut = setTimeout(() => child.kill('SIGKILL'), 15_000);
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [exitCode] = await once(child, 'exit');
  clearTimeout(cut);
  await rm(other, { recursive: true, force: true });
  expect([said, exitCode]).toEqual(['EADDRINUSE', 0]);
});

test('what the node did is in its metrics', async () => {
  await post(`${node.url}/v1/commands`, signed(fresh(2)));
  const { body } = await call(`${node.url}/metrics`);
  expect(body).toMatch(/plimsoll_commands_total\{outcome="accepted"\} [1-9]/);
  expect(body).toMatch(/plimsoll_block_seconds_count\{stage="flush"\} [1-9]/);
  expect(body).toMatch(/plimsoll_command_seconds_count [1-9]/);
});
