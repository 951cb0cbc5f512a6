import { connect as connectTcp } from 'node:net';
import { expect, test } from 'vitest';
import { order } from '../fixtures/chain.ts';
import { Client, type Closed, connect } from './client.ts';
import { commandJson, frame, openRig, PRICE, type Rig } from './rig.ts';

const FORGED = `0x${'22'.repeat(65)}` as const;

/** The others are served as before. */
async function expectServed(rig: Rig): Promise<void> {
  const client = await connect(rig.url);
  client.send(frame(1, [rig.sign(3, [order('buy', 1, PRICE - 50)])]));
  expect(await client.next('receipts')).toMatchObject({ results: [{ receipt: {} }] });
  client.socket.terminate();
}

async function dropped(rig: Rig, reason: string): Promise<number> {
  const { values } = await rig.metrics.clientsDropped.get();
  return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
}

test('a message above the limit closes the connection with 1009', async () => {
  const rig = await openRig({ limits: { messageBytesMax: 10_000 } });
  const client = await connect(rig.url);
  client.send('x'.repeat(1_000_000));
  expect(await client.closed).toMatchObject({ code: 1009 });
  expect(await dropped(rig, 'messageTooBig')).toBe(1);
  await expectServed(rig);
});

test('text that is not UTF-8 closes the connection with 1007', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  client.socket.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
  expect(await client.closed).toMatchObject({ code: 1007 });
  expect(await dropped(rig, 'invalidUtf8')).toBe(1);
  await expectServed(rig);
});

test.each([
  ['nested lists', `${'['.repeat(100_000)}`, 'nested'],
  ['nested objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'nested'],
  ['no JSON', 'hello', 'not JSON'],
  ['nothing', '', 'not JSON'],
  ['a list', '[]', 'not an object'],
  ['an unknown op', '{"op":"drain","id":1}', 'not one of submit'],
  ['a name of every object', '{"op":"constructor","id":1}', 'not one of submit'],
  ['no id', '{"op":"ping"}', 'not an integer'],
  ['a field twice', '{"op":"ping","id":1,"id":2}', 'twice'],
  ['a field too many', '{"op":"ping","id":1,"x":2}', 'not a field'],
  ['a prototype', '{"op":"ping","id":1,"__proto__":{}}', 'not a name'],
  ['no commands', '{"op":"submit","id":1,"commands":[]}', '1 to 1000'],
  ['a channel too many', '{"op":"subscribe","id":1,"topics":[{"channel":"all"}]}', 'not one of'],
  [
    'a height below 0',
    '{"op":"subscribe","id":1,"topics":[{"channel":"blocks","from":-1}]}',
    'height',
  ],
])('%s is answered with a problem, and the connection goes on', async (_, text, words) => {
  const rig = await openRig();
  const client = await connect(rig.url);
  client.send(text);
  const { problem } = await client.next('problem');
  expect(problem).toMatchObject({ name: 'malformed', status: 400 });
  expect(problem.detail).toContain(words);
  client.send({ op: 'ping', id: 5 });
  expect(await client.next('pong')).toMatchObject({ id: 5 });
});

test('a refused message names the id that it had', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  client.send({ op: 'submit', id: 77, commands: 'all' });
  expect(await client.next('problem')).toMatchObject({ id: 77 });
  client.send(new Uint8Array([1, 9, 0, 0, 0, 1, 0, 5]));
  expect(await client.next('problem')).toMatchObject({ id: 9 });
  client.send(new Uint8Array([7]));
  expect(await client.next('problem')).toMatchObject({ id: null });
});

test('many connections that send nonsense without end are closed, and the others served', async () => {
  const rig = await openRig({ limits: { requestsPerSecond: 10 } });
  const clients = await Promise.all(Array.from({ length: 5 }, () => connect(rig.url)));
  for (const client of clients) for (let i = 0; i < 200; i++) client.send('nonsense');
  for (const client of clients) expect(await client.closed).toMatchObject({ code: 4000 });
  await expectServed(rig);
});

test('signatures that do not open close the connection', async () => {
  const rig = await openRig({ limits: { badSignaturesMax: 4 } });
  const client = await connect(rig.url);
  const command = rig.sign(1, [order('buy', 1, PRICE)]);
  const forged = { ...command, signature: FORGED };
  client.send(frame(1, [forged, forged, forged, forged]));
  const { results } = await client.next('receipts');
  expect(results).toMatchObject(Array(4).fill({ problem: { name: 'signatureInvalid' } }));
  client.send(frame(2, [forged]));
  expect(await client.closed).toMatchObject({ code: 4003 });
  await expectServed(rig);
});

test('who is dropped is told first what became of what it sent', async () => {
  const rig = await openRig({ limits: { badSignaturesMax: 4 } });
  const client = await connect(rig.url);
  const forged = { ...rig.sign(1, [order('buy', 1, PRICE)]), signature: FORGED };
  client.send(frame(1, [forged, forged, forged, forged, forged, forged]));
  const { results } = await client.next('receipts');
  expect(results.length).toBeGreaterThanOrEqual(5);
  expect(results[0]).toMatchObject({ problem: { name: 'signatureInvalid' } });
  expect(await client.closed).toMatchObject({ code: 4003 });
  await expectServed(rig);
});

test('commands that are refused at the door without end close the connection', async () => {
  const rig = await openRig({ limits: { requestsPerSecond: 5 } });
  const client = await connect(rig.url);
  const expired = rig.sign(1, [order('buy', 1, PRICE)], { expiresMs: 1 });
  client.send(frame(1, Array(100).fill(expired)));
  expect(await client.closed).toMatchObject({ code: 4002 });
});

test.each([
  ['pings', (client: Client) => client.socket.ping()],
  ['pongs', (client: Client) => client.socket.pong()],
  ['requests', (client: Client) => client.send({ op: 'ping', id: 1 })],
  [
    'subscriptions',
    (client: Client) => client.send({ op: 'subscribe', id: 1, topics: [{ channel: 'blocks' }] }),
  ],
])('a flood of %s closes the connection', async (_, flood) => {
  const rig = await openRig({ limits: { requestsPerSecond: 20 } });
  const client = await connect(rig.url);
  for (let i = 0; i < 500; i++) flood(client);
  expect(await client.closed).toMatchObject({ code: 4002 });
  await expectServed(rig);
});

test('a connection has as many subscriptions as it may, and no more', async () => {
  const rig = await openRig({ limits: { subscriptionsPerConnectionMax: 3 } });
  const client = await connect(rig.url);
  const topics = ['1', '2', '3'].map((key) => ({ channel: 'account', key }));
  client.send({ op: 'subscribe', id: 1, topics });
  const { topics: begun } = await client.next('subscribed');
  expect(begun.map((each) => each.start)).toEqual(['snapshot', 'snapshot', 'snapshot']);
  client.send({ op: 'subscribe', id: 2, topics: [{ channel: 'blocks' }] });
  expect(await client.next('subscribed')).toMatchObject({
    topics: [{ start: 'refused', problem: { name: 'tooManyRequests' } }],
  });
});

test('who does not read is dropped with a reason before memory grows', async () => {
  const limits = { sendBufferBytesMax: 200_000, requestsPerSecond: 100_000 };
  const rig = await openRig({ limits });
  const client = await connect(rig.url);
  const reader = await connect(rig.url);
  reader.send({ op: 'subscribe', id: 1, topics: [{ channel: 'blocks' }] });
  for (let i = 0; i < 150; i += 30) {
    const orders = Array.from({ length: 30 }, (_, k) => order('buy', 1, PRICE - 1 - i - k));
    await rig.send(1, orders);
  }
  client.socket.pause();
  const topics = Array.from({ length: 10 }, () => ({ channel: 'account', key: '1' }));
  let id = 0;
  const askUntilDropped = (): Promise<number> => {
    client.send({ op: 'subscribe', id: ++id, topics });
    return dropped(rig, 'slowReader');
  };
  await expect.poll(askUntilDropped, { interval: 10 }).toBe(1);
  client.socket.resume();
  expect(await client.closed).toMatchObject({ code: 4008 });
  await expectServed(rig);
  await expect.poll(() => reader.updates('blocks').length).toBeGreaterThan(0);
});

test('a half-open connection is given up after two heartbeats', async () => {
  // Long enough for a lively client on a machine that stalls now and then.
  const rig = await openRig({ stream: { heartbeatMs: 500 } });
  const lively = await connect(rig.url);
  const silent = await connect(rig.url, { autoPong: false });
  expect(await silent.closed).toMatchObject({ code: 4001 });
  expect(lively.socket.readyState).toBe(1);
});

test('a client that never finishes its handshake holds nothing of the stream', async () => {
  const rig = await openRig();
  const { hostname, port } = new URL(rig.url);
  const half = connectTcp(Number(port), hostname);
  half.write('GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n');
  const held = () => new Promise((resolve) => rig.server.getConnections((_, n) => resolve(n)));
  await expect.poll(held).toBe(1);
  expect(rig.stream.connections).toBe(0);
  half.destroy();
});

test('connections that come and go in thousands leave nothing behind', async () => {
  const rig = await openRig();
  for (let round = 0; round < 10; round++) {
    const clients = Array.from({ length: 50 }, () => new Client(rig.url));
    await Promise.all(clients.map((client) => client.next('welcome')));
    for (const client of clients) client.socket.terminate();
    await Promise.all(clients.map((client) => client.closed));
  }
  await expect.poll(() => rig.stream.connections).toBe(0);
  await expectServed(rig);
});

interface Refused {
  readonly status: number;
  readonly body: string;
}

/** What a handshake is answered with when it is refused. */
function refusedBy(client: Client): Promise<Refused> {
  return new Promise((resolve) => {
    client.socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}

test('an address has as many connections as it may', async () => {
  const rig = await openRig({ limits: { connectionsPerAddressMax: 2 } });
  const [first] = [await connect(rig.url), await connect(rig.url)];
  const { status, body } = await refusedBy(new Client(rig.url));
  expect(status).toBe(429);
  expect(JSON.parse(body)).toMatchObject({ name: 'tooManyRequests' });
  first.socket.close();
  await first.closed;
  await expect.poll(() => rig.stream.connections).toBe(1);
  await connect(rig.url);
});

test('behind a proxy the last forwarded address counts, and of IPv6 its network', async () => {
  const limits = { connectionsPerAddressMax: 1 };
  const rig = await openRig({ limits, http: { isBehindProxy: true } });
  const from = (address: string) => ({ headers: { 'x-forwarded-for': `1.2.3.4, ${address}` } });
  await connect(rig.url, from('9.9.9.9'));
  await connect(rig.url, from('8.8.8.8'));
  await connect(rig.url, from('2001:db8::1'));
  expect((await refusedBy(new Client(rig.url, from('9.9.9.9')))).status).toBe(429);
  expect((await refusedBy(new Client(rig.url, from('2001:db8:0:0:5::1')))).status).toBe(429);
});

test('pages of other origins are refused, programs and own pages are not', async () => {
  const rig = await openRig({ http: { corsOrigins: ['https://desk.example'] } });
  const origin = (value: string) => ({ headers: { origin: value } });
  await connect(rig.url);
  await connect(rig.url, origin('https://desk.example'));
  await connect(rig.url, origin(`http://${new URL(rig.url).host}`));
  for (const other of ['https://evil.example', 'null', 'file://']) {
    const { status, body } = await refusedBy(new Client(rig.url, origin(other)));
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ name: 'originForbidden', figures: { origin: other } });
  }
});

test('another path is no WebSocket, and what is no path is refused', async () => {
  const rig = await openRig();
  const { status, body } = await refusedBy(new Client(rig.url.replace('/v1/stream', '/v1/other')));
  expect(status).toBe(404);
  expect(JSON.parse(body)).toMatchObject({ name: 'unknown' });
});

test('a message in a thousand pieces closes the connection', async () => {
  const rig = await openRig();
  const client = await connect(rig.url);
  for (let i = 0; i < 1_000; i++) client.socket.send('x', { fin: false });
  const { code }: Closed = await client.closed;
  expect([1006, 1008]).toContain(code);
  await expectServed(rig);
});

test('a replayed command of another connection is not executed again', async () => {
  const rig = await openRig();
  const [one, other] = [await connect(rig.url), await connect(rig.url)];
  const command = rig.sign(1, [order('buy', 1, PRICE - 3)]);
  one.send({ op: 'submit', id: 1, commands: [commandJson(command)] });
  const first = await one.next('receipts');
  other.send({ op: 'submit', id: 1, commands: [commandJson(command)] });
  expect((await other.next('receipts')).results).toEqual(first.results);
});
