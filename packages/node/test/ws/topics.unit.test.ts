import type { Channel, SubscribedTopic, TradesUpdate, Update } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import { AccountFollower, BookFollower } from '../feeds/followers.ts';
import { order } from '../fixtures/chain.ts';
import { type Client, connect } from './client.ts';
import { openRig, PRICE, type Rig } from './rig.ts';

const MARKET = 'BTC-PERP';

async function subscribe(
  client: Client,
  channel: Channel,
  topic: { readonly key?: string; readonly from?: number } = {},
): Promise<SubscribedTopic> {
  const key =
    topic.key ?? { liquidations: '', blocks: '', account: '1' }[channel as string] ?? MARKET;
  client.send({ op: 'subscribe', id: 1, topics: [{ ...topic, channel, key }] });
  const { topics } = await client.next('subscribed');
  return topics[0] as SubscribedTopic;
}

/** Everything that was sent before the answer has come. */
async function barrier(client: Client): Promise<void> {
  client.send({ op: 'ping', id: 1 });
  await client.next('pong');
}

/** Waits until the client has what the node has by now of a market in which something happens. */
async function upTo(client: Client, rig: Rig, channel: string): Promise<void> {
  await client.until(
    (each) =>
      (each.type === 'update' || each.type === 'snapshot') &&
      each.channel === channel &&
      each.height >= rig.core.height,
  );
}

/** Three blocks in which orders come, trade and go. */
async function trade(rig: Rig, at = PRICE): Promise<void> {
  await rig.send(1, [order('sell', 2, at), order('sell', 9, at + 50 + (rig.core.height % 40))]);
  await rig.send(2, [order('buy', 1, at)]);
  await rig.send(1, [order('buy', 4, at - 20 - (rig.core.height % 30))]);
}

function follow(updates: readonly Update[]): BookFollower {
  const follower = new BookFollower();
  for (const update of updates) follower.take({ text: JSON.stringify(update) });
  return follower;
}

function bookOf(rig: Rig): BookFollower {
  const follower = new BookFollower();
  follower.take(rig.core.snapshotOf('book', MARKET));
  return follower;
}

function expectSame(told: BookFollower, now: BookFollower): void {
  expect(told.sorted('bids')).toEqual(now.sorted('bids'));
  expect(told.sorted('asks')).toEqual(now.sorted('asks'));
}

test('a subscription begins with a snapshot and goes on with every block', async () => {
  const rig = await openRig();
  await trade(rig);
  const client = await connect(rig.url);
  expect(await subscribe(client, 'book')).toMatchObject({ start: 'snapshot', key: MARKET });
  await trade(rig);
  await upTo(client, rig, 'book');
  expectSame(follow(client.updates('book')), bookOf(rig));
});

test('blocks that are made while a snapshot is on its way are neither lost nor told twice', async () => {
  let blocks = 0;
  const rig: Rig = await openRig({
    hold: async () => {
      for (; blocks > 0; blocks--) await trade(rig);
    },
  });
  const client = await connect(rig.url);
  await trade(rig);
  blocks = 3;
  await subscribe(client, 'book');
  expect(blocks).toBe(0);
  await trade(rig);
  await upTo(client, rig, 'book');
  const heights = client.updates('book').map((each) => each.height);
  expect(heights).toEqual([...new Set(heights)].sort((a, b) => a - b));
  expectSame(follow(client.updates('book')), bookOf(rig));
});

test.each(['book', 'trades', 'prices', 'blocks', 'account'] as const)(
  '%s resumes from every height without a loss or a duplicate',
  async (channel) => {
    const rig = await openRig();
    const first = await connect(rig.url);
    const key = channel === 'account' ? '1' : channel === 'blocks' ? '' : MARKET;
    await subscribe(first, channel, { key });
    for (let i = 0; i < 3; i++) {
      await trade(rig);
      await rig.publish(PRICE + 1 + i);
    }
    await barrier(first);
    const whole = first.updates(channel);
    const begin = whole[0]?.height ?? 0;
    for (let from = begin; from <= rig.core.height; from++) {
      const client = await connect(rig.url);
      expect(await subscribe(client, channel, { key, from })).toMatchObject({ start: 'resumed' });
      await barrier(client);
      const wanted = whole.filter((each) => each.height > from);
      expect(client.updates(channel)).toEqual(wanted);
      client.socket.terminate();
    }
  },
);

test('after a start of the node, trades are replayed from the history from every height', async () => {
  const first = await openRig();
  for (let i = 0; i < 4; i++) await trade(first, PRICE + i);
  const head = first.core.height;
  const before = await connect(first.url);
  await subscribe(before, 'trades');
  const { trades: all } = (await before.next('snapshot')) as TradesUpdate;
  await first.close();
  const rig = await openRig({ directory: first.directory });
  for (let from = 1; from < head; from++) {
    const client = await connect(rig.url);
    expect(await subscribe(client, 'trades', { from })).toMatchObject({ start: 'replayed' });
    await barrier(client);
    const told = client.updates('trades') as TradesUpdate[];
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ type: 'update', previous: from });
    expect(told[0]?.trades).toEqual(all.filter((each) => each.height > from));
    client.socket.terminate();
  }
});

test('after a start of the node, an account comes with the events since then', async () => {
  const first = await openRig();
  const before = await connect(first.url);
  await subscribe(before, 'account', { key: '1' });
  for (let i = 0; i < 3; i++) await trade(first, PRICE + i);
  await upTo(before, first, 'account');
  const told = new AccountFollower();
  for (const each of before.updates('account')) told.take({ text: JSON.stringify(each) });
  await first.close();
  const rig = await openRig({ directory: first.directory });
  const from = before.updates('account')[0]?.height ?? 0;
  const client = await connect(rig.url);
  expect(await subscribe(client, 'account', { key: '1', from })).toMatchObject({
    start: 'replayed',
  });
  const after = new AccountFollower();
  after.take({ text: JSON.stringify(await client.next('snapshot')) });
  expect(after.events).toEqual(told.events);
  expect(after.rows).toEqual(told.rows);
});

test('after a start of the node, a book from before comes whole and without a gap', async () => {
  const first = await openRig();
  await trade(first);
  const from = first.core.height;
  await first.close();
  const rig = await openRig({ directory: first.directory });
  const client = await connect(rig.url);
  expect(await subscribe(client, 'book', { from })).toMatchObject({ start: 'snapshot' });
  const snapshot = await client.next('snapshot');
  expect(snapshot.isGap).toBeUndefined();
  expectSame(follow([snapshot]), bookOf(rig));
});

test('who was away longer than the ring holds is told of the gap', async () => {
  const rig = await openRig({ stream: { resumeMessages: 4 } });
  const from = rig.core.height;
  for (let i = 0; i < 4; i++) await trade(rig, PRICE + i);
  const client = await connect(rig.url);
  expect(await subscribe(client, 'blocks', { from })).toMatchObject({ start: 'snapshot' });
  expect(await client.next('snapshot')).toMatchObject({ isGap: true });
  expect(await subscribe(client, 'blocks', { from: rig.core.height - 2 })).toMatchObject({
    start: 'resumed',
  });
});

test('a height that the node has not reached is no place to resume from', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const from = rig.core.height + 1_000;
  expect(await subscribe(client, 'trades', { from })).toMatchObject({ start: 'snapshot' });
  expect(await client.next('snapshot')).toMatchObject({ isGap: true });
});

test('an account resumes after a moment away, and is not built when nobody listens', async () => {
  const rig = await openRig();
  const first = await connect(rig.url);
  await subscribe(first, 'account', { key: '1' });
  await trade(rig);
  await upTo(first, rig, 'account');
  const from = rig.core.height;
  first.socket.terminate();
  await first.closed;
  await trade(rig);
  const second = await connect(rig.url);
  expect(await subscribe(second, 'account', { key: '1', from })).toMatchObject({
    start: 'resumed',
  });
  await upTo(second, rig, 'account');
  const told = new AccountFollower();
  for (const each of [...first.updates('account'), ...second.updates('account')]) {
    told.take({ text: JSON.stringify(each) });
  }
  const now = new AccountFollower();
  now.take(rig.core.snapshotOf('account', '1'));
  expect(told.rows).toEqual(now.rows);
});

test.each([
  ['book', 'NO-SUCH', 'There is no instrument of that name: there are BTC-PERP.'],
  ['account', '999', 'The key of account must be the number of an account that exists.'],
  ['account', 'one', 'The key of account must be the number of an account that exists.'],
  [
    'candles',
    'BTC-PERP/7m',
    'The key of candles must be an instrument, a slash and one of 1m, 5m, 15m, 1h, 4h, 1d.',
  ],
  ['blocks', 'BTC-PERP', 'The key of blocks must be empty.'],
] as const)(
  'there is no %s of %s, and the refusal says what there is',
  async (channel, key, says) => {
    const rig = await openRig();
    const client = await connect(rig.url);
    expect(await subscribe(client, channel, { key })).toMatchObject({
      start: 'refused',
      problem: { name: 'unknown', status: 404, detail: says },
    });
  },
);

test('what was left is told no more', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  await subscribe(client, 'book');
  await subscribe(client, 'blocks');
  client.send({ op: 'unsubscribe', id: 2, topics: [{ channel: 'book', key: MARKET }] });
  await client.next('done');
  await trade(rig);
  await upTo(client, rig, 'blocks');
  expect(client.updates('book')).toHaveLength(1);
});

test('candles come while they are watched, each message the whole candle', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  await subscribe(client, 'candles', { key: `${MARKET}/1d` });
  await trade(rig);
  await trade(rig);
  await client.until((each) => each.type === 'update' && 'candles' in each && lots(each) === 2);
  expect(client.updates('candles').at(-1)).toMatchObject({ candles: [{ lots: 2, trades: 2 }] });
});

function lots(update: Update): number {
  return 'candles' in update ? (update.candles[0]?.lots ?? 0) : 0;
}
