import {
  type Client,
  type ClientOptions,
  ClosedError,
  ConnectionError,
  createClient,
  OverloadedError,
  ProtocolError,
  RefusedError,
  SigningError,
  TimeoutError,
} from '@plimsoll/api/client';
import { accountSigner, privateKeySigner } from '@plimsoll/api/signing';
import { nodeProblem, rejectionProblem } from '@plimsoll/api/wire';
import { type Action, rejections } from '@plimsoll/core/schema';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { network, ProtocolServer, until } from './protocolServer.ts';

const signer = privateKeySigner(`0x${'42'.repeat(32)}`);
const cancelAll: Action = { kind: 'cancelAll', instrument: 0 };
const backoff = { firstMs: 2, limitMs: 10 };

let server: ProtocolServer;
let client: Client;

beforeEach(async () => {
  server = new ProtocolServer();
  await server.listen();
  client = clientWith({ WebSocket });
});

afterEach(async () => {
  client.close();
  await server.close();
});

function clientWith(options: Partial<ClientOptions>): Client {
  return createClient({
    url: server.url,
    account: 7,
    signer,
    backoff,
    timeoutMs: 30_000,
    ...options,
  });
}

/**
 * One that gives an answer up soon. It knows the network and its line is open before a test lets an
 * answer get lost: the time that is too short is that of the answer alone.
 */
async function hastyClient(): Promise<Client> {
  const hasty = clientWith({ WebSocket, timeoutMs: 2_000 });
  await hasty.submit(cancelAll);
  server.executed.clear();
  return hasty;
}

async function failureOf<T>(promise: Promise<T>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test('a command is signed for the account, with a fresh nonce and an expiry, and answered', async () => {
  const first = await client.submit(cancelAll);
  const second = await client.submit([cancelAll, cancelAll]);
  expect(first.signer).toBe(signer.address);
  expect(second.height).toBeGreaterThan(first.height);
  const [one, two] = [...server.executed.values()].map(({ command }) => command);
  expect(one?.account).toBe(7);
  expect(two?.actions).toHaveLength(2);
  expect(two?.nonce).toBeGreaterThan(one?.nonce ?? 0);
  expect((one?.expiresMs ?? 0) - (one?.nonce ?? 0)).toBeGreaterThan(50_000);
  expect(server.line.frames.every((frame) => frame.withEvents)).toBe(true);
});

test('an account of viem signs as well as a key, and shows its owner what it signs', async () => {
  const account = privateKeyToAccount(`0x${'44'.repeat(32)}`);
  client.close();
  client = clientWith({ WebSocket, signer: accountSigner(account) });
  const receipt = await client.submit(cancelAll);
  expect(receipt.signer).toBe(account.address.toLowerCase());
});

test('a command whose line broke before the receipt is sent again unchanged, executed once', async () => {
  const cut: string[] = [];
  server.onFrame = (line, frame) => {
    if (cut.length === 0) {
      // It arrived and was executed; only the receipt is lost.
      server.execute({ ...line, send: () => {} }, frame);
      cut.push('receipt');
      line.cut();
    } else {
      server.execute(line, frame);
    }
  };
  const receipt = await client.submit(cancelAll);
  expect(server.lines).toHaveLength(2);
  expect(server.executed.size).toBe(1);
  expect(server.executed.has(receipt.digest)).toBe(true);
  const [before, after] = server.lines.map((line) => line.frames[0]?.commands[0]);
  expect(after).toEqual(before);
});

test('a command without a receipt ends in TimeoutError, and resubmitting it finds out', async () => {
  client.close();
  client = await hastyClient();
  server.onFrame = (line, frame) => server.execute({ ...line, send: () => {} }, frame);
  const error = (await failureOf(client.submit(cancelAll))) as TimeoutError;
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.message).toContain('may still be executed');
  expect(error.commands).toHaveLength(1);
  server.onFrame = (line, frame) => server.execute(line, frame);
  const [outcome] = await client.resubmit(error.commands);
  expect(outcome?.isAccepted).toBe(true);
  expect(server.executed.size).toBe(1);
});

test('a refused action is thrown with its place, its figures and the receipt', async () => {
  const problem = rejectionProblem(rejections.initialMargin.code, { freeMargin: '-1' });
  server.onFrame = (line, { id }) => {
    const [receipt] = [{ ...accepted(), isAccepted: false, actions: [null, problem] }];
    line.send({ type: 'receipts', results: [{ id, at: 0, receipt }] });
  };
  const error = (await failureOf(client.submit([cancelAll, cancelAll]))) as RefusedError;
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({
    reason: 'initialMargin',
    action: 1,
    figures: { freeMargin: '-1' },
  });
  expect(error.receipt?.actions[0]).toBeNull();
});

test('a key that is ahead of the clock of the client is caught up with, once', async () => {
  const high = Date.now() + 50_000;
  const problem = rejectionProblem(rejections.nonceUsed.code, { nonce: 1, high });
  server.onFrame = (line, frame) => {
    if (line.frames.length > 1) server.execute(line, frame);
    else line.send({ type: 'receipts', results: [{ id: frame.id, at: 0, problem }] });
  };
  await client.submit(cancelAll);
  expect([...server.executed.values()][0]?.command.nonce).toBe(high + 1);
});

test('a batch has one outcome per command, in order, over as many messages as it takes', async () => {
  server.commandsPerMessageMax = 2;
  const problem = rejectionProblem(rejections.quotaExceeded.code);
  server.onFrame = (line, frame) => {
    if (frame.commands.length === 2) server.execute(line, frame);
    else line.send({ type: 'receipts', results: [{ id: frame.id, at: 0, problem }] });
  };
  const outcomes = await client.submitBatch([[cancelAll], [cancelAll], [cancelAll]]);
  expect(outcomes.map((outcome) => outcome.isAccepted)).toEqual([true, true, false]);
  const nonces = [...server.executed.values()].map(({ command }) => command.nonce);
  expect(nonces[1]).toBeGreaterThan(nonces[0] ?? 0);
});

test('no message is larger than the node takes', async () => {
  server.messageBytesMax = 300;
  const outcomes = await client.submitBatch(Array.from({ length: 5 }, () => [cancelAll]));
  expect(outcomes.every((outcome) => outcome.isAccepted)).toBe(true);
  expect(server.line.frames.map(({ commands }) => commands.length)).toEqual([2, 2, 1]);
});

test('an overloaded node is told apart: nothing happened and it can be tried again', async () => {
  const problem = nodeProblem('overloaded', 'the queue is full');
  server.onFrame = (line, { id }) => line.send({ type: 'problem', id, problem });
  const error = (await failureOf(client.submit(cancelAll))) as OverloadedError;
  expect(error).toBeInstanceOf(OverloadedError);
  expect(error.commands).toEqual([]);
});

test('after a break a busy node is asked until it says what became of the first time', async () => {
  const busy = nodeProblem('overloaded', 'the queue is full');
  let frames = 0;
  server.onFrame = (line, frame) => {
    frames += 1;
    if (frames === 1) {
      server.execute({ ...line, send: () => {} }, frame);
      line.cut();
    } else if (frames === 2) {
      line.send({ type: 'receipts', results: [{ id: frame.id, at: 0, problem: busy }] });
    } else {
      server.execute(line, frame);
    }
  };
  const receipt = await client.submit(cancelAll);
  expect(frames).toBe(3);
  expect([...server.executed.keys()]).toEqual([receipt.digest]);
});

test('a busy node is offered a batch again as one message, however many it refused', async () => {
  const busy = nodeProblem('overloaded', 'the queue is full');
  let frames = 0;
  server.onFrame = (line, frame) => {
    frames += 1;
    if (frames === 1) line.cut();
    else if (frames === 2) {
      const results = frame.commands.map((_, at) => ({ id: frame.id, at, problem: busy }));
      line.send({ type: 'receipts', results });
    } else setTimeout(() => server.execute(line, frame), 100);
  };
  const outcomes = await client.submitBatch([[cancelAll], [cancelAll], [cancelAll]]);
  expect(outcomes.every((outcome) => outcome.isAccepted)).toBe(true);
  expect(frames).toBe(3);
});

test('where the node cannot say what became of a command, it is asked until it can', async () => {
  const problem = nodeProblem('unsettled', 'the node stops');
  let frames = 0;
  server.onFrame = (line, frame) => {
    frames += 1;
    if (frames > 1) server.execute(line, frame);
    else line.send({ type: 'receipts', results: [{ id: frame.id, at: 0, problem }] });
  };
  const receipt = await client.submit(cancelAll);
  expect([...server.executed.keys()]).toEqual([receipt.digest]);
  client.close();
  server.onFrame = (line, frame) => server.execute(line, frame);
  client = await hastyClient();
  server.onFrame = (line, { id }) => line.send({ type: 'problem', id, problem });
  const error = (await failureOf(client.submit(cancelAll))) as TimeoutError;
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.commands).toHaveLength(1);
});

test('a busy node is no answer to a command that is sent again by hand', async () => {
  const busy = nodeProblem('overloaded', 'the queue is full');
  const { onFrame, onPost } = server;
  for (const isStreaming of [true, false]) {
    Object.assign(server, { onFrame, onPost });
    client.close();
    server.isStreaming = isStreaming;
    client = await hastyClient();
    server.onFrame = () => {};
    server.onPost = () => undefined;
    const { commands } = (await failureOf(client.submit(cancelAll))) as TimeoutError;
    expect(commands).toHaveLength(1);
    server.onFrame = (line, { id }) => line.send({ type: 'problem', id, problem: busy });
    server.onPost = (sent) => ({ receipts: sent.map(() => busy) });
    const [outcome] = await client.resubmit(commands);
    expect(outcome).toMatchObject({ isAccepted: false, error: { commands } });
  }
});

test('over HTTP, too: busy is no answer for what may have arrived before', async () => {
  client.close();
  server.isStreaming = false;
  client = clientWith({ WebSocket });
  const answer = server.onPost;
  const busy = nodeProblem('overloaded', 'the queue is full');
  const unsettled = nodeProblem('unsettled', 'not in time');
  for (const lost of [undefined, { receipts: [unsettled, unsettled] }]) {
    const posts: number[] = [];
    server.onPost = (commands) => {
      posts.push(commands.length);
      const executed = answer(commands) as { receipts: unknown[] };
      if (posts.length === 1) return lost;
      return posts.length === 2 ? { receipts: [executed.receipts[0], busy] } : executed;
    };
    const outcomes = await client.submitBatch([[cancelAll], [cancelAll]]);
    expect(outcomes.map((outcome) => outcome.isAccepted)).toEqual([true, true]);
    expect(posts).toEqual([2, 2, 1]);
  }
  expect(server.executed.size).toBe(4);
});

test('without a WebSocket commands go over HTTP, and a lost answer is asked for again', async () => {
  client.close();
  server.isStreaming = false;
  client = clientWith({ WebSocket });
  const answer = server.onPost;
  let posts = 0;
  server.onPost = (commands) => {
    posts += 1;
    const executed = answer(commands);
    return posts === 1 ? undefined : executed;
  };
  const receipt = await client.submit(cancelAll);
  expect(posts).toBe(2);
  expect([...server.executed.keys()]).toEqual([receipt.digest]);
  server.onPost = () => undefined;
  const error = (await failureOf(client.submit(cancelAll))) as ConnectionError;
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.commands).toHaveLength(1);
});

test('what the client did is in what it reads next', async () => {
  server.answers['/v1/status'] = { status: {}, height: 9, timeMs: 1_000 };
  await client.read('status');
  const { height } = await client.submit(cancelAll);
  await client.read('status');
  expect(server.requests.slice(-1)).toEqual([`GET /v1/status?minHeight=${height}`]);
  expect(server.requests).toContain('GET /v1/status');
});

test('a client for one network signs nothing for another', async () => {
  client.close();
  client = clientWith({ WebSocket, network: { ...network, chainId: 1 } });
  const error = await failureOf(client.submit(cancelAll));
  expect(error).toBeInstanceOf(ProtocolError);
  expect((error as ProtocolError).code).toBe('NETWORK_DIFFERS');
  expect(server.lines).toHaveLength(0);
});

test('a client without a signer, or whose signer declines, says so and sends nothing', async () => {
  const reader = createClient({ url: server.url, WebSocket });
  expect(await failureOf(reader.submit(cancelAll))).toMatchObject({ code: 'SIGNER_MISSING' });
  const declining = { ...signer, signCommand: () => Promise.reject(new Error('declined')) };
  const error = await failureOf(clientWith({ signer: declining }).submit(cancelAll));
  expect(error).toBeInstanceOf(SigningError);
  expect((error as SigningError).message).toContain('declined');
  expect(server.requests.filter((each) => each.startsWith('POST'))).toEqual([]);
});

test('closing a client ends what is under way', async () => {
  server.onFrame = () => {};
  const pending = failureOf(client.submit(cancelAll));
  await until(() => server.lines[0]?.frames.length === 1);
  client.close();
  expect(await pending).toBeInstanceOf(ClosedError);
  expect(await failureOf(client.submit(cancelAll))).toBeInstanceOf(ClosedError);
});

function accepted() {
  return {
    digest: `0x${'00'.repeat(32)}` as const,
    signer: signer.address,
    height: 5,
    index: 0,
    timeMs: 1_000,
  };
}
