import type { ReceiptsMessage } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import { order } from '../fixtures/chain.ts';
import { Client, connect } from './client.ts';
import { commandJson, frame, openRig, PRICE, type Rig } from './rig.ts';

async function results(
  client: Client,
  count: number,
): Promise<ReceiptsMessage['results'][number][]> {
  const all: ReceiptsMessage['results'][number][] = [];
  while (all.length < count) all.push(...(await client.next('receipts')).results);
  return all;
}

test('the first message says what network this is and what its limits are', async () => {
  const rig = await openRig();
  const client = new Client(rig.url);
  const welcome = await client.next('welcome');
  expect(welcome.network).toMatchObject({ name: 'test', chainId: 7 });
  expect(welcome.height).toBe(rig.core.height);
  expect(welcome.limits).toMatchObject({ inFlightMax: 4_096, subscriptionsMax: 256 });
});

test('a command as text is answered with its receipt when its block is on disk', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const command = rig.sign(1, [order('buy', 3, PRICE - 10)]);
  client.send({ op: 'submit', id: 9, commands: [commandJson(command)], withEvents: true });
  const [answer] = await results(client, 1);
  expect(answer).toMatchObject({ id: 9, at: 0, receipt: { isAccepted: true, actions: [null] } });
  expect(answer).toMatchObject({ receipt: { height: rig.core.height } });
  expect(JSON.stringify(answer)).toContain('"kind":"orderPlaced"');
});

test('commands of a binary frame are judged in their order, each with an answer of its own', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const commands = [
    rig.sign(1, [order('sell', 5, PRICE)]),
    rig.sign(2, [order('buy', 5, PRICE), order('buy', 2_000_000_000, PRICE)]),
    rig.sign(2, [{ kind: 'cancelAll', instrument: 1 }], { expiresMs: 1 }),
  ];
  client.send(frame(4_294_967_295, commands));
  const answers = await results(client, 3);
  const byPlace = [...answers].sort((a, b) => a.at - b.at);
  expect(byPlace.map(({ id, at }) => [id, at])).toEqual([0, 1, 2].map((at) => [4_294_967_295, at]));
  expect(byPlace[0]).toMatchObject({ receipt: { isAccepted: true } });
  expect(byPlace[1]).toMatchObject({ receipt: { isAccepted: false, actions: [null, {}] } });
  expect(byPlace[2]).toMatchObject({ problem: { name: 'commandExpired', status: 422 } });
  expect(JSON.stringify(answers)).not.toContain('"events"');
});

test('all receipts of a block come in one message', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const commands = Array.from({ length: 50 }, (_, i) =>
    rig.sign(1, [order('buy', 1, PRICE - i - 1)]),
  );
  client.send(frame(1, commands));
  const answers = await results(client, 50);
  const heights = new Set(answers.map((each) => 'receipt' in each && each.receipt.height));
  const messages = client.messages.filter((each) => each.type === 'receipts');
  expect(messages.length).toBe(heights.size);
  expect(heights.has(false)).toBe(false);
});

test('what is sent twice has one receipt, and it is the same', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const command = rig.sign(1, [order('buy', 1, PRICE - 1)]);
  client.send(frame(1, [command, command]));
  client.send(frame(2, [command]));
  const answers = await results(client, 3);
  const receipts = answers.map((each) => ('receipt' in each ? each.receipt : undefined));
  expect(new Set(receipts.map((each) => JSON.stringify(each))).size).toBe(1);
});

test('signed prices are published and answered', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  const prices = [{ underlying: 1, source: 0, price: '7', confidence: '0', timeMs: 5 }];
  client.send({ op: 'publish', id: 3, prices, signature: `0x${'11'.repeat(65)}` });
  expect(await client.next('problem')).toMatchObject({ id: 3, problem: { status: 401 } });
});

test('with as much under way as may be, the sender waits and loses nothing', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let mostInFlight = 0;
  let inFlight = 0;
  const rig = await openRig({
    limits: { inFlightPerConnectionMax: 8 },
    ingress: (real) => ({
      ...real,
      submit: async (command) => {
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        await held;
        return real.submit(command).finally(() => {
          inFlight -= 1;
        });
      },
    }),
  });
  const client = await connect(rig.url);
  const padding = 'x'.repeat(60_000);
  for (let i = 0; i < 40; i++) {
    const command = rig.sign(1, [order('buy', 1, PRICE - i - 1)]);
    client.send(frame(i, [command]));
    // Fills a chunk of the socket, so that each command comes in one of its own.
    client.send({ op: 'ping', id: i, padding });
  }
  await expect.poll(() => mostInFlight).toBeGreaterThanOrEqual(8);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(mostInFlight).toBeLessThan(16);
  release();
  const answers = await results(client, 40);
  expect(answers.every((each) => 'receipt' in each && each.receipt.isAccepted)).toBe(true);
});

const cancelAll = { kind: 'cancelAll', instrument: 1 } as const;

async function rest(rig: Rig, account: number): Promise<void> {
  await rig.send(account, [order('buy', 3, PRICE - 100)]);
}

function openOrders(rig: Rig, account: number): number {
  const { text } = rig.core.snapshotOf('account', String(account));
  return (JSON.parse(text) as { orders: unknown[] }).orders.length;
}

async function eventually(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { interval: 5 }).toBe(true);
}

test.each(['closes', 'dies'])('orders are cancelled when a connection %s', async (how) => {
  const rig = await openRig();
  await rest(rig, 1);
  await rest(rig, 2);
  const client = await connect(rig.url);
  const commands = [1, 2].map((account) => commandJson(rig.sign(account, [cancelAll])));
  for (const command of commands) client.send({ op: 'cancelOnDisconnect', id: 1, command });
  const { signer } = await client.next('done');
  expect(signer).toMatch(/^0x[0-9a-f]{40}$/);
  await client.next('done');
  expect(openOrders(rig, 1) + openOrders(rig, 2)).toBe(2);
  if (how === 'closes') client.socket.close();
  else client.socket.terminate();
  await eventually(() => openOrders(rig, 1) + openOrders(rig, 2) === 0);
});

test('orders are cancelled when the node stops, and a withdrawn deposit does nothing', async () => {
  const rig = await openRig();
  await rest(rig, 1);
  await rest(rig, 2);
  const [keeps, withdraws] = [await connect(rig.url), await connect(rig.url)];
  const deposit = (account: number) => commandJson(rig.sign(account, [cancelAll]));
  keeps.send({ op: 'cancelOnDisconnect', id: 1, command: deposit(1) });
  withdraws.send({ op: 'cancelOnDisconnect', id: 1, command: deposit(2) });
  withdraws.send({ op: 'cancelOnDisconnect', id: 2, command: null });
  await keeps.next('done');
  await withdraws.until((each) => each.type === 'done' && each.id === 2);
  await rig.stream.close();
  expect(await keeps.closed).toMatchObject({ code: 1001 });
  expect(openOrders(rig, 1)).toBe(0);
  expect(openOrders(rig, 2)).toBe(1);
});

test('nothing but cancels of a signature that opens may lie with the node', async () => {
  const rig = await openRig();
  await rest(rig, 1);
  const client = await connect(rig.url);
  const trade = commandJson(rig.sign(1, [cancelAll, order('buy', 1, PRICE)]));
  client.send({ op: 'cancelOnDisconnect', id: 1, command: trade });
  expect(await client.next('problem')).toMatchObject({
    problem: { name: 'malformed', figures: { action: 'placeOrder' } },
  });
  const forged = { ...commandJson(rig.sign(1, [cancelAll])), signature: `0x${'11'.repeat(65)}` };
  client.send({ op: 'cancelOnDisconnect', id: 2, command: forged });
  expect(await client.next('problem')).toMatchObject({ problem: { name: 'signatureInvalid' } });
  client.socket.close();
  await client.closed;
  expect(openOrders(rig, 1)).toBe(1);
});

test('a node that stops answers what it took before it says goodbye', async () => {
  let took: () => void = () => {};
  const isTaken = new Promise<void>((resolve) => {
    took = resolve;
  });
  const rig = await openRig({
    ingress: (real) => ({
      ...real,
      submit: async (command) => {
        took();
        await new Promise((resolve) => setTimeout(resolve, 50));
        return real.submit(command);
      },
    }),
  });
  const client = await connect(rig.url);
  client.send(frame(1, [rig.sign(1, [order('buy', 1, PRICE - 1)])]));
  await isTaken;
  const stopped = rig.stream.close();
  expect(await results(client, 1)).toMatchObject([{ receipt: { isAccepted: true } }]);
  expect(await client.closed).toMatchObject({ code: 1001, reason: 'the node stops' });
  await stopped;
});
