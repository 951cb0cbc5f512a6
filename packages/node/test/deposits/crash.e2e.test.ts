import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from '@plimsoll/api/client';
import { privateKeySigner, signCommand, signPrices } from '@plimsoll/api/signing';
import type { Action } from '@plimsoll/core/schema';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { networkOf } from '../../src/network.ts';
import { openStore } from '../../src/store/index.ts';
import {
  Chain,
  key,
  networkFile,
  order,
  PUBLISHER,
  store as storeBlocks,
  traderKey,
} from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { type Client, connect } from '../ws/client.ts';
import { commandJson, frame } from '../ws/rig.ts';

const PRICE = 1_000_000;
const program = fileURLToPath(new URL('../fixtures/runNode.mjs', import.meta.url));
const begunMs = Date.now() - 10_000;
const file = { ...networkFile(), genesis: { ...networkFile().genesis, timeMs: begunMs } };
const network = networkOf(file);
const started: ChildProcess[] = [];
let nonce = Date.now();

afterEach(() => {
  for (const each of started.splice(0)) each.kill('SIGKILL');
});

async function startIn(directory: string, port = 0): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [program, directory, String(port)], {
    stdio: ['ignore', 'pipe', 2],
  });
  started.push(child);
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) {
    return { child, url: (JSON.parse(line) as { url: string }).url };
  }
  throw new Error('the node ended before it served');
}

function sign(account: number, actions: readonly Action[], at = ++nonce) {
  const command = { account, nonce: at, expiresMs: Date.now() + 600_000, actions };
  return signCommand(command, network, key(traderKey(account)));
}

async function publish(client: Client): Promise<void> {
  const timeMs = Date.now();
  const prices = [{ underlying: 1, source: 0, price: BigInt(PRICE), confidence: 0n, timeMs }];
  const { signature } = signPrices(prices, network, key(PUBLISHER));
  const sent = { underlying: 1, source: 0, price: String(PRICE), confidence: '0', timeMs };
  client.send({ op: 'publish', id: 0, prices: [sent], signature });
  await client.next('published');
}

/** A store with a market and four accounts. */
async function opened(): Promise<string> {
  const directory = temporaryDirectory();
  const chain = new Chain({ network: file });
  chain.timeMs = begunMs;
  const store = await openStore({ directory, network: file });
  await storeBlocks(store, chain.open(4));
  await store.close();
  return directory;
}

async function ordersOf(url: string, account: number): Promise<number> {
  const answer = await fetch(`${url}/v1/accounts/${account}/orders`);
  return ((await answer.json()) as { orders: unknown[] }).orders.length;
}

test('quotes of who was connected are gone when a node that was killed serves again', async () => {
  const directory = await opened();
  const first = await startIn(directory);
  const stream = `${first.url.replace('http', 'ws')}/v1/stream`;
  const [maker, other] = [await connect(stream), await connect(stream)];
  await publish(maker);
  const quotes = [1, 2, 3].map((account) => sign(account, [order('buy', 2, PRICE - 500)]));
  maker.send(frame(1, quotes));
  for (let left = quotes.length; left > 0; ) left -= (await maker.next('receipts')).results.length;
  // Account 1 trades on with the key that signed the deposit: its nonce lies ahead of all of those.
  const ahead = sign(1, [{ kind: 'cancelAll', instrument: 0 }], Date.now() + 3_600_000);
  maker.send({ op: 'cancelOnDisconnect', id: 2, command: commandJson(ahead) });
  await maker.next('done');
  for (let id = 3; id < 5; id++) {
    maker.send(
      frame(
        id,
        Array.from({ length: 50 }, () => sign(1, [order('buy', 1, PRICE - 400)])),
      ),
    );
    for (let left = 50; left > 0; ) left -= (await maker.next('receipts')).results.length;
  }
  const own = sign(2, [{ kind: 'cancelAll', instrument: 1 }]);
  other.send({ op: 'cancelOnDisconnect', id: 1, command: commandJson(own) });
  await other.next('done');
  // Reads follow receipts by a moment.
  const open = () => Promise.all([1, 2, 3].map((each) => ordersOf(first.url, each)));
  await expect.poll(open).toEqual([101, 1, 1]);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');

  const second = await startIn(directory);
  const after = await Promise.all([1, 2, 3].map((each) => ordersOf(second.url, each)));
  expect(after).toEqual([0, 0, 1]);
  second.child.kill('SIGTERM');
  await once(second.child, 'close');

  const third = await startIn(directory);
  expect(await ordersOf(third.url, 3)).toBe(1);
  const again = await connect(`${third.url.replace('http', 'ws')}/v1/stream`);
  await publish(again);
  again.send(frame(9, [sign(3, [order('buy', 1, PRICE - 300)])]));
  expect(await again.next('receipts')).toMatchObject({
    results: [{ receipt: { isAccepted: true } }],
  });
});

test('a client that outlives its node finds no orders, is protected again, and trades on', async () => {
  const directory = await opened();
  const first = await startIn(directory);
  const publisher = await connect(`${first.url.replace('http', 'ws')}/v1/stream`);
  const signer = privateKeySigner(`0x${Buffer.from(key(traderKey(4))).toString('hex')}`);
  const backoff = { firstMs: 20, limitMs: 100 };
  const client = createClient({ url: first.url, account: 4, signer, WebSocket, backoff });
  const kept = await client.cancelOnDisconnect();
  const quote = (price: number) => client.submit([order('buy', 1, price)]);
  for (let i = 0; i < 80; i++) {
    if (i % 10 === 0) await publish(publisher);
    await quote(PRICE - 1_000 + i);
  }
  await expect.poll(() => ordersOf(first.url, 4)).toBe(80);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  await expect.poll(() => kept.expiresMs).toBe(0);

  const second = await startIn(directory, Number(new URL(first.url).port));
  expect(await ordersOf(second.url, 4)).toBe(0);
  await expect.poll(() => kept.expiresMs).toBeGreaterThan(Date.now());
  await publish(await connect(`${second.url.replace('http', 'ws')}/v1/stream`));
  expect((await quote(PRICE - 1_000)).isAccepted).toBe(true);
  expect((await client.read('orders', { account: 4 })).orders).toHaveLength(1);
  client.close();
  await expect.poll(() => ordersOf(second.url, 4)).toBe(0);
});
