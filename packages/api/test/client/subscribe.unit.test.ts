import {
  type Book,
  type Client,
  ClientError,
  createClient,
  LaggedError,
  OverloadedError,
  RequestError,
  type UpdateOf,
} from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import {
  bookChecksum,
  type Level,
  nodeProblem,
  rejectionProblem,
  type SubscribeMessage,
} from '@plimsoll/api/wire';
import { decodeCommandBody, rejections } from '@plimsoll/core/schema';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Line, ProtocolServer, subscribed, until } from './protocolServer.ts';

let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  server = new ProtocolServer();
  await server.listen();
  const backoff = { firstMs: 2, limitMs: 10 };
  client = createClient({ url: server.url, WebSocket, backoff, timeoutMs: 30_000, account: 7 });
});

afterEach(async () => {
  client.close();
  await server.close();
});

const head = { channel: 'trades', key: 'BTC-PERP', timeMs: 1_000 } as const;
const trades = { trades: [] };

function snapshot(line: Line, height: number): void {
  line.send({ type: 'snapshot', ...head, height, ...trades });
}

function update(line: Line, height: number, previous: number): void {
  line.send({ type: 'update', ...head, height, previous, ...trades });
}

function asked(line: Line): SubscribeMessage[] {
  return line.messages.filter((message) => message.op === 'subscribe');
}

/** Answers subscriptions: those that go on where they were, and the others with a snapshot. */
function answerFrom(height: number): void {
  server.onMessage = (line, message) => {
    if (message.op !== 'subscribe') return;
    const goesOn = message.topics[0]?.from !== undefined;
    line.send(subscribed(message, goesOn ? 'resumed' : 'snapshot'));
    if (!goesOn) snapshot(line, height);
  };
}

test('a reader gets each message once and in order, though the node repeats some', async () => {
  answerFrom(10);
  const heights: number[] = [];
  const seen = client.subscribe(head, ({ height }) => heights.push(height));
  await until(() => heights.length === 1);
  update(server.line, 12, 9);
  update(server.line, 12, 9);
  update(server.line, 11, 9);
  update(server.line, 15, 12);
  await until(() => heights.length === 3);
  expect(heights).toEqual([10, 12, 15]);
  seen.close();
  await until(() => server.line.messages.at(-1)?.op === 'unsubscribe');
});

test('after a break a reader goes on from the last height, without loss or repetition', async () => {
  answerFrom(10);
  const heights: number[] = [];
  client.subscribe(head, ({ height }) => heights.push(height));
  await until(() => heights.length === 1);
  update(server.line, 12, 10);
  await until(() => heights.length === 2);
  server.line.cut();
  await until(() => server.lines.length === 2 && asked(server.line).length === 1);
  expect(asked(server.line)[0]?.topics).toEqual([{ channel: 'trades', key: 'BTC-PERP', from: 12 }]);
  update(server.line, 12, 10);
  update(server.line, 14, 12);
  await until(() => heights.length === 3);
  expect(heights).toEqual([10, 12, 14]);
});

test('a message that is missing is noticed by the next one, and asked for', async () => {
  answerFrom(10);
  const heights: number[] = [];
  client.subscribe(head, ({ height }) => heights.push(height));
  await until(() => heights.length === 1);
  update(server.line, 14, 12);
  update(server.line, 15, 14);
  await until(() => asked(server.line).length === 2);
  expect(asked(server.line)[1]?.topics[0]?.from).toBe(10);
  for (const [height, previous] of [
    [12, 10],
    [14, 12],
    [15, 14],
  ] as const) {
    update(server.line, height, previous);
  }
  await until(() => heights.length === 4);
  expect(heights).toEqual([10, 12, 14, 15]);
  expect(asked(server.line)).toHaveLength(2);
});

test('a subscription is read with for await, and closed by leaving the loop', async () => {
  answerFrom(10);
  const updates: UpdateOf<'trades'>[] = [];
  for await (const message of client.subscribe(head)) {
    updates.push(message);
    if (updates.length === 2) break;
    update(server.line, 11, 10);
  }
  expect(updates.map(({ type }) => type)).toEqual(['snapshot', 'update']);
  await until(() => server.line.messages.at(-1)?.op === 'unsubscribe');
});

test('what the node does not know ends the subscription with its problem', async () => {
  const problem = nodeProblem('unknown', 'there is no instrument X');
  server.onMessage = (line, message) => {
    if (message.op !== 'subscribe') return;
    const topic = { channel: 'trades', key: 'X', start: 'refused', problem } as const;
    line.send({ type: 'subscribed', id: message.id, topics: [topic] });
  };
  const reading = async () => {
    for await (const _ of client.subscribe({ channel: 'trades', key: 'X' }));
  };
  await expect(reading()).rejects.toBeInstanceOf(RequestError);
});

test('a topic that the node gives up later ends with the problem that names it', async () => {
  answerFrom(10);
  const subscription = client.subscribe(head);
  await until(() => server.lines.length === 1 && asked(server.line).length === 1);
  const figures = { channel: 'trades', key: 'BTC-PERP' };
  const problem = nodeProblem('overloaded', 'the messages run too fast', figures);
  server.line.send({ type: 'problem', id: asked(server.line)[0]?.id ?? null, problem });
  await expect(subscription.ended).rejects.toBeInstanceOf(OverloadedError);
});

test('a snapshot takes the place of everything, whatever its height', async () => {
  answerFrom(10);
  const heights: number[] = [];
  client.subscribe(head, ({ height }) => heights.push(height));
  await until(() => heights.length === 1);
  server.onMessage = (line, message) => {
    if (message.op !== 'subscribe') return;
    line.send(subscribed(message));
    snapshot(line, 4);
    update(line, 5, 4);
  };
  server.line.cut();
  await until(() => heights.length === 3);
  expect(heights).toEqual([10, 4, 5]);
});

test('a second reader of a topic begins with a snapshot of its own', async () => {
  answerFrom(10);
  const first: number[] = [];
  const second: string[] = [];
  client.subscribe(head, ({ height }) => first.push(height));
  await until(() => first.length === 1);
  client.subscribe(head, ({ type }) => second.push(type));
  await until(() => second.length === 1);
  expect(second).toEqual(['snapshot']);
  update(server.line, 11, 10);
  await until(() => second.length === 2 && first.at(-1) === 11);
});

test('a reader that does not read is told, and does not fill the memory', async () => {
  answerFrom(1);
  const subscription = client.subscribe(head);
  await until(() => server.lines.length === 1 && asked(server.line).length === 1);
  for (let height = 2; height < 10_010; height++) update(server.line, height, height - 1);
  await expect(subscription.ended).rejects.toBeInstanceOf(LaggedError);
});

test('a line that fell silent is given up, and another one made', async () => {
  server.heartbeatMs = 20;
  answerFrom(10);
  client.subscribe(head, () => {});
  // The next one falls silent too.
  await until(() => server.lines.length >= 2);
  expect(server.lines[0]?.messages.some(({ op }) => op === 'ping')).toBe(true);
});

test('where there is no WebSocket, a subscription says what to do', async () => {
  const native = globalThis.WebSocket;
  Reflect.deleteProperty(globalThis, 'WebSocket');
  try {
    const bare = createClient({ url: server.url });
    expect(() => bare.subscribe(head)).toThrow(ClientError);
  } finally {
    if (native !== undefined) globalThis.WebSocket = native;
  }
});

const bids: Level[] = [
  ['100', '1'],
  ['99.5', '2'],
];
const asks: Level[] = [['100.5', '3']];

function sendBook(line: Line, height: number, previous: number, change?: number): void {
  const levels: { bids: Level[]; asks: Level[] } =
    previous === 0
      ? { bids, asks }
      : {
          bids: [
            ['99.5', '0'],
            ['99', '4'],
          ],
          asks: [['101', '1']],
        };
  const after: [Level[], Level[]] =
    previous === 0
      ? [bids, asks]
      : [
          [
            ['100', '1'],
            ['99', '4'],
          ],
          [
            ['100.5', '3'],
            ['101', '1'],
          ],
        ];
  const checksum = change ?? bookChecksum(...after);
  const at = { channel: 'book', key: 'BTC-PERP', height, timeMs: 1_000 } as const;
  if (previous === 0) line.send({ type: 'snapshot', ...at, ...levels, checksum });
  else line.send({ type: 'update', ...at, previous, ...levels, checksum });
}

function answerBook(): void {
  server.onMessage = (line, message) => {
    if (message.op !== 'subscribe') return;
    line.send(subscribed(message));
    sendBook(line, 10 + server.line.messages.length, 0);
  };
}

test('a book is kept from its snapshot and the changes after it', async () => {
  answerBook();
  const seen: boolean[] = [];
  const book = client.book('BTC-PERP', (kept: Book) => seen.push(kept.isLive));
  expect(book.isLive).toBe(false);
  await book.whenLive();
  expect(book.bids).toEqual(bids);
  const { height } = book;
  sendBook(server.line, height + 1, height);
  await until(() => book.height === height + 1);
  expect(book.bids).toEqual([
    ['100', '1'],
    ['99', '4'],
  ]);
  expect(book.asks).toEqual([
    ['100.5', '3'],
    ['101', '1'],
  ]);
  expect(seen).toEqual([true, true]);
  book.close();
});

test('a book whose checksum does not fit is fetched anew, and not called live meanwhile', async () => {
  answerBook();
  const seen: boolean[] = [];
  const book = client.book('BTC-PERP', ({ isLive }) => seen.push(isLive));
  await book.whenLive();
  sendBook(server.line, book.height + 1, book.height, 1);
  await until(() => book.mismatches === 1);
  await book.whenLive();
  expect(seen).toEqual([true, false, true]);
  expect(book.bids).toEqual(bids);
  expect(asked(server.line).map(({ topics }) => topics[0]?.from)).toEqual([undefined, undefined]);
});

test('orders are protected by a deposit that is renewed before it expires, and after a break', async () => {
  const deposits: (number | null)[] = [];
  server.onMessage = (line, message) => {
    if (message.op !== 'cancelOnDisconnect') return;
    deposits.push(message.command?.nonce ?? null);
    line.send({ type: 'done', id: message.id });
  };
  const agent = privateKeySigner(`0x${'43'.repeat(32)}`);
  const askedMs = Date.now();
  const kept = await client.cancelOnDisconnect({ signer: agent, lifetimeMs: 2_100 });
  expect(kept.expiresMs).toBeGreaterThan(askedMs);
  await until(() => deposits.length >= 2);
  const before = deposits.length;
  server.line.cut();
  await until(() => deposits.length > before);
  expect(new Set(deposits).size).toBe(deposits.length);
  await kept.close();
  expect(deposits.at(-1)).toBeNull();
  expect(kept.expiresMs).toBe(0);
});

test('a deposit of the key that trades lies ahead of what it signs, and behind it once it is used', async () => {
  const trader = privateKeySigner(`0x${'44'.repeat(32)}`);
  const own = createClient({
    url: server.url,
    WebSocket,
    backoff: { firstMs: 2, limitMs: 10 },
    account: 7,
    signer: trader,
  });
  const deposits: number[] = [];
  server.onMessage = (line, message) => {
    if (message.op !== 'cancelOnDisconnect') return;
    deposits.push(message.command?.nonce ?? 0);
    line.send({ type: 'done', id: message.id });
  };
  const nonces: number[] = [];
  let high = 0;
  server.onFrame = (line, frame) => {
    const command = decodeCommandBody(frame.commands[0]?.body as Uint8Array);
    nonces.push('nonce' in command ? command.nonce : 0);
    if ((nonces.at(-1) as number) > high) return server.execute(line, frame);
    const problem = rejectionProblem(rejections.nonceUsed.code, { high });
    line.send({ type: 'receipts', results: [{ id: frame.id, at: 0, problem }] });
  };
  const kept = await own.cancelOnDisconnect();
  await own.submit({ kind: 'cancelAll', instrument: 1 });
  expect((deposits[0] as number) - (nonces[0] as number)).toBeGreaterThan(500_000);

  server.line.cut();
  await until(() => deposits.length === 2);
  await own.submit({ kind: 'cancelAll', instrument: 1 });
  expect(nonces[1]).toBeGreaterThan((deposits[0] as number) + 64);
  expect((deposits[1] as number) - (nonces[1] as number)).toBeGreaterThan(500_000);

  // Another client of the same key is gone, and its deposit was used.
  high = (deposits[1] as number) + 1_000;
  await own.submit({ kind: 'cancelAll', instrument: 1 });
  expect(nonces[3]).toBe(high + 1);
  await until(() => deposits.length === 3);
  expect(deposits[2]).toBeGreaterThan(high + 500_000);
  await kept.close();
  expect(deposits.at(-1)).toBe(0);
  own.close();
});

test('a deposit goes above the nonces that others used with the key', async () => {
  const trader = privateKeySigner(`0x${'45'.repeat(32)}`);
  const options = { url: server.url, WebSocket, account: 7, signer: trader };
  for (const signer of [trader, privateKeySigner(`0x${'46'.repeat(32)}`)]) {
    const high = Date.now() + 5_000_000;
    const nonces: number[] = [];
    server.onMessage = (line, message) => {
      if (message.op !== 'cancelOnDisconnect') return;
      nonces.push(message.command?.nonce ?? 0);
      if ((message.command?.nonce ?? Number.POSITIVE_INFINITY) > high) {
        return line.send({ type: 'done', id: message.id });
      }
      const problem = rejectionProblem(rejections.nonceUsed.code, { high });
      line.send({ type: 'problem', id: message.id, problem });
    };
    const own = createClient(options);
    await own.cancelOnDisconnect({ signer });
    expect(nonces).toHaveLength(2);
    expect(nonces[1]).toBeGreaterThan(high);
    own.close();
  }
});
