import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signCommand, signPrices } from '@plimsoll/api/signing';
import type { TradesUpdate, Update } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, defaultConfig, type RunningNode, startNode } from '../../dist/index.js';
import { networkOf } from '../../src/network.ts';
import { openStore } from '../../src/store/index.ts';
import { AccountFollower, BookFollower } from '../feeds/followers.ts';
import {
  Chain,
  key,
  networkFile,
  order,
  PUBLISHER,
  store as storeBlocks,
  traderKey,
} from '../fixtures/chain.ts';
import { type Client, connect } from './client.ts';
import { commandJson, frame } from './rig.ts';

const PRICE = 1_000_000;
const directory = mkdtempSync(join(tmpdir(), 'plimsoll-stream-'));
const begunMs = Date.now() - 10_000;
const file = { ...networkFile(), genesis: { ...networkFile().genesis, timeMs: begunMs } };
const network = networkOf(file);
let node: RunningNode;
let nonce = Date.now();

async function start(): Promise<RunningNode> {
  const { http } = defaultConfig;
  const config = { ...defaultConfig, dataDirectory: directory, http: { ...http, port: 0 } };
  return await startNode({ config, logger: createLogger({ level: 'silent' }) });
}

function sign(account: number, actions: readonly Action[]) {
  nonce += 1;
  const command = { account, nonce, expiresMs: Date.now() + 20_000, actions };
  return signCommand(command, network, key(traderKey(account)));
}

const streamUrl = () => `${node.url.replace('http', 'ws')}/v1/stream`;

beforeAll(async () => {
  const chain = new Chain({ network: file });
  chain.timeMs = begunMs;
  const store = await openStore({ directory, network: file });
  await storeBlocks(store, chain.open(4));
  await store.close();
  node = await start();
});

afterAll(async () => {
  await node.close();
  rmSync(directory, { recursive: true, force: true });
});

async function publish(client: Client, price: number): Promise<void> {
  const timeMs = Date.now();
  const prices = [{ underlying: 1, source: 0, price: BigInt(price), confidence: 0n, timeMs }];
  const { signature } = signPrices(prices, network, key(PUBLISHER));
  const sent = { underlying: 1, source: 0, price: String(price), confidence: '0', timeMs };
  client.send({ op: 'publish', id: 0, prices: [sent], signature });
  await client.next('published');
}

/** Random orders of all accounts in frames of ten; resolves when all have their receipts. */
async function trade(client: Client, frames: number): Promise<number> {
  let filled = 0;
  for (let id = 0; id < frames; id++) {
    // Orders are taken at living prices alone, however long all of them take.
    if (id % 5 === 0) await publish(client, PRICE);
    const commands = Array.from({ length: 10 }, (_, i) => {
      const side = (id + i) % 2 === 0 ? 'buy' : 'sell';
      const away = ((id * 7 + i * 13) % 30) - 3;
      const price = side === 'buy' ? PRICE - away : PRICE + away;
      const actions = i === 9 ? [{ kind: 'cancelAll', instrument: 1 } as const] : [];
      return sign(1 + (i % 4), [...actions, order(side, 1 + (i % 5), price)]);
    });
    client.send(frame(id, commands));
    for (let left = 10; left > 0; ) {
      const { results } = await client.next('receipts');
      left -= results.length;
      filled += results.filter((each) => 'receipt' in each && each.receipt.isAccepted).length;
    }
  }
  return filled;
}

function told(client: Client, channel: string): readonly Update[] {
  return client.updates(channel);
}

async function bookOf(): Promise<{ bids: string[][]; asks: string[][] }> {
  const { height } = node.status();
  const path = `/v1/markets/BTC-PERP/book?depth=1000&minHeight=${height}`;
  const body = (await (await fetch(`${node.url}${path}`)).json()) as {
    bids: { price: string; size: string }[];
    asks: { price: string; size: string }[];
  };
  const levels = (side: { price: string; size: string }[]) =>
    side.map(({ price, size }) => [price, size]);
  return { bids: levels(body.bids), asks: levels(body.asks) };
}

const TOPICS = [
  { channel: 'book', key: 'BTC-PERP' },
  { channel: 'trades', key: 'BTC-PERP' },
  { channel: 'prices', key: 'BTC-PERP' },
  { channel: 'account', key: '1' },
  { channel: 'blocks' },
];

test('what a real node streams is what it answers over HTTP, also after it was stopped', async () => {
  const trader = await connect(streamUrl());
  const follower = await connect(streamUrl());
  follower.send({ op: 'subscribe', id: 1, topics: TOPICS });
  const { topics } = await follower.next('subscribed');
  expect(topics.map((each) => each.start)).toEqual(Array(5).fill('snapshot'));
  expect(await trade(trader, 30)).toBeGreaterThan(100);
  const head = node.status().height;
  await follower.until((each) => 'height' in each && 'channel' in each && each.height >= head);

  const book = new BookFollower();
  for (const each of told(follower, 'book')) book.take({ text: JSON.stringify(each) });
  const now = await bookOf();
  expect(book.sorted('bids')).toEqual(now.bids);
  expect(book.sorted('asks')).toEqual(now.asks);
  const heights = told(follower, 'blocks').map((each) => each.height);
  expect(heights).toEqual(heights.map((_, i) => (heights[0] as number) + i));

  const from = heights[5] as number;
  const trades = (client: Client) =>
    (told(client, 'trades') as TradesUpdate[]).flatMap((each) => each.trades);
  const after = trades(follower).filter((each) => each.height > from);
  expect(after.length).toBeGreaterThan(10);
  const account = new AccountFollower();
  for (const each of told(follower, 'account')) account.take({ text: JSON.stringify(each) });
  await node.close();
  expect(await follower.closed).toMatchObject({ code: 1001 });

  node = await start();
  const again = await connect(streamUrl());
  again.send({ op: 'subscribe', id: 1, topics: TOPICS.map((each) => ({ ...each, from })) });
  const resumed = await again.next('subscribed');
  const starts = ['snapshot', 'replayed', 'snapshot', 'replayed', 'snapshot'];
  expect(resumed.topics.map((each) => each.start)).toEqual(starts);
  await again.until((each) => each.type === 'snapshot' && each.channel === 'blocks');
  expect(trades(again)).toEqual(after);
  const accountNow = new AccountFollower();
  for (const each of told(again, 'account')) accountNow.take({ text: JSON.stringify(each) });
  expect(accountNow.rows).toEqual(account.rows);
});

test('orders of a client that dies are cancelled by the command that it left', async () => {
  const watcher = await connect(streamUrl());
  watcher.send({ op: 'subscribe', id: 1, topics: [{ channel: 'account', key: '2' }] });
  const snapshot = await watcher.next('snapshot');
  expect('orders' in snapshot && snapshot.orders.length).toBeGreaterThan(0);
  const client = await connect(streamUrl());
  const command = commandJson(sign(2, [{ kind: 'cancelAll', instrument: 1 }]));
  client.send({ op: 'cancelOnDisconnect', id: 1, command });
  await client.next('done');
  client.socket.terminate();
  await watcher.until((each) => each.type === 'update' && each.channel === 'account');
  const account = new AccountFollower();
  for (const each of told(watcher, 'account')) account.take({ text: JSON.stringify(each) });
  expect(account.rows.orders.size).toBe(0);
});
