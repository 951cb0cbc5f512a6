import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { call, deposit, openDoor, overSocket, post, signed } from './door.ts';

const GET = 'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n';
const CLOSE = 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';
const fast = { headersMs: 150, requestMs: 300, idleMs: 200, checkMs: 50 };

function statuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1] ?? '');
}

test('a client that sends its headers drop by drop is told 408 and closed', async () => {
  const { url } = await openDoor({ timeouts: fast });
  const drops = [...GET].slice(0, 30);
  const text = await overSocket(url, drops, 40);
  expect(statuses(text)).toEqual(['408']);
  expect(text).toContain('urn:plimsoll:problem:tooSlow');
});

test('a client that never ends its body is told 408 and closed', async () => {
  const { url } = await openDoor({ timeouts: fast });
  const head =
    'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    'content-length: 1000\r\n\r\n{';
  expect(statuses(await overSocket(url, [head]))).toEqual(['408']);
});

test('whichever clock runs out first, a body that does not end is answered once, with 408', async () => {
  const head =
    'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    'content-length: 1000\r\n\r\n{';
  for (const answerMs of [100, 300]) {
    const { url } = await openDoor({ timeouts: { ...fast, answerMs } });
    const text = await overSocket(url, [head, ...' '.repeat(20)], 40);
    expect(statuses(text)).toEqual(['408']);
    expect(text).toContain('urn:plimsoll:problem:tooSlow');
  }
});

test('a connection without a request is closed, and one that says nothing at all too', async () => {
  const { url } = await openDoor({ timeouts: fast });
  expect(statuses(await overSocket(url, [GET]))).toEqual(['200']);
  expect(statuses(await overSocket(url, []))).toEqual(['408']);
});

test('requests that follow each other without waiting are answered in their order', async () => {
  const { url } = await openDoor();
  const first = JSON.stringify(signed(deposit(1)));
  const body =
    'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    `content-length: ${first.length}\r\n\r\n${first}`;
  const read = 'GET /v1/network HTTP/1.1\r\nhost: a\r\n\r\n';
  const text = await overSocket(url, [body + read + read + CLOSE]);
  expect(statuses(text)).toEqual(['200', '200', '200', '200']);
  expect(text.indexOf('receipts')).toBeLessThan(text.indexOf('genesisHash'));
  expect(text.indexOf('genesisHash')).toBeLessThan(text.indexOf('isAlive'));
});

test('what is no HTTP is answered as a problem and closed', async () => {
  const { url } = await openDoor();
  const cases: [string, string][] = [
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
    ['GET\r\n\r\n', '400'],
    [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, '431'],
    // Two lengths, or a length beside chunks, is how a request is smuggled past a proxy.
    ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd', '400'],
    [
      'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['GET / HTTP/1.1\r\nhost: a\r\nx y: 1\r\n\r\n', '400'],
    ['GET / HTTP/1.1\r\n\r\n', '400'],
  ];
  for (const [bytes, status] of cases) {
    const text = await overSocket(url, [Buffer.from(bytes, 'latin1')]);
    expect(statuses(text), bytes.slice(0, 30)).toEqual([status]);
    expect(text).toContain('application/problem+json');
  }
  expect((await call(`${url}/healthz`)).status).toBe(200);
});

test('an address is answered so many requests at once, then told when to come again', async () => {
  let nowMs = 0;
  const limits = { requestsPerSecond: 1, requestsBurst: 5 };
  const { url } = await openDoor({ limits, steadyMs: () => nowMs });
  const replies = [];
  for (let i = 0; i < 8; i++) replies.push(await call(`${url}/v1/status`));
  expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  expect(replies[0]?.headers.get('x-ratelimit-limit')).toBe('5');
  expect(replies[0]?.headers.get('x-ratelimit-remaining')).toBe('4');
  expect(replies[5]?.headers.get('retry-after')).toBe('1');
  expect(replies[5]?.body).toMatchObject({
    name: 'tooManyRequests',
    isRetryable: true,
    figures: { requestsPerSecond: 1, requestsBurst: 5 },
  });
  expect((await call(`${url}/not/there`)).status).toBe(429);
  expect((await call(`${url}/healthz`)).status).toBe(200);
  nowMs += 1_000;
  expect((await call(`${url}/v1/status`)).status).toBe(200);
  expect((await call(`${url}/v1/status`)).status).toBe(429);
});

test('what an operator asks is counted for strangers, and not for this machine', async () => {
  const limits = { requestsPerSecond: 1, requestsBurst: 2 };
  const { url } = await openDoor({ limits, http: { isBehindProxy: true }, steadyMs: () => 0 });
  const stranger = { headers: { 'x-forwarded-for': '10.0.0.1' } };
  for (const [from, last] of [[stranger, 429] as const, [{}, 200] as const]) {
    const replies = [];
    for (let i = 0; i < 3; i++) replies.push((await call(`${url}/metrics`, from)).status);
    expect(replies).toEqual([200, 200, last]);
  }
  expect((await call(`${url}/healthz`, stranger)).status).toBe(200);
});

test('behind a proxy the limit is of the client that it names, else of who connects', async () => {
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const limits = { requestsPerSecond: 1, requestsBurst: 2 };
  const steadyMs = () => 0;
  const behind = await openDoor({ limits, http: { isBehindProxy: true }, steadyMs });
  for (let i = 0; i < 6; i++) {
    expect((await call(`${behind.url}/v1/status`, from(`10.0.0.${i}`))).status).toBe(200);
  }
  const direct = await openDoor({ limits, steadyMs });
  const seen = [];
  for (let i = 0; i < 4; i++) {
    seen.push((await call(`${direct.url}/v1/status`, from(`10.0.0.${i}`))).status);
  }
  expect(seen).toEqual([200, 200, 429, 429]);
});

function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', () => {});
  });
}

test('an address holds so many connections; one more is told why and closed', async () => {
  const { url, metrics } = await openDoor({ limits: { connectionsPerAddressMax: 3 } });
  const held = [await open(url), await open(url), await open(url)];
  const text = await overSocket(url, [GET]);
  expect(statuses(text)).toEqual(['429']);
  const counted = await metrics.registry.getSingleMetricAsString(
    'plimsoll_connections_refused_total',
  );
  expect(counted).toContain('reason="address"} 1');
  for (const socket of held) socket.destroy();
  await expect.poll(async () => statuses(await overSocket(url, [CLOSE]))).toEqual(['200']);
});

test('a thousand connections that are opened and dropped leave the node as it was', async () => {
  const { url } = await openDoor();
  for (let round = 0; round < 10; round++) {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(url)));
    sockets.forEach((socket, i) => {
      if (i % 3 === 0) socket.write('POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-le');
      socket.resetAndDestroy();
    });
  }
  expect((await post(`${url}/v1/commands`, signed(deposit(1)))).status).toBe(200);
});

test('a request whose sender is gone when it is read is no fault of the node', async () => {
  const { url, log } = await openDoor();
  for (let round = 0; round < 5; round++) {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(url)));
    for (const socket of sockets) {
      socket.write('GET /v1/status HTTP/1.1\r\nhost: a\r\n\r\n');
      socket.resetAndDestroy();
    }
  }
  expect((await call(`${url}/v1/status`)).status).toBe(200);
  expect(log.filter((line) => line.includes('request failed'))).toEqual([]);
});

test('other origins are let in only where the operator named them', async () => {
  const origin = { headers: { origin: 'https://desk.example' } };
  const closed = await openDoor();
  const refused = await call(`${closed.url}/v1/status`, origin);
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  expect(refused.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  const named = await openDoor({ http: { corsOrigins: ['https://desk.example'] } });
  const allowed = await call(`${named.url}/v1/status`, origin);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://desk.example');
  const preflight = await call(`${named.url}/v1/commands`, {
    method: 'OPTIONS',
    headers: { ...origin.headers, 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(204);
  const other = await call(`${named.url}/v1/status`, { headers: { origin: 'https://a.example' } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('every answer forbids what a browser could do with it', async () => {
  const { url } = await openDoor();
  for (const path of ['/', '/docs', '/v1/status', '/none', '/openapi.json']) {
    const { headers } = await call(`${url}${path}`);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('DENY');
    expect(headers.get('content-security-policy'), path).toContain("default-src 'none'");
  }
});

test('who listens beyond this machine is warned in the log', async () => {
  const { log } = await openDoor({ http: { host: '0.0.0.0' } });
  expect(log.some((line) => line.includes('listens beyond this machine'))).toBe(true);
  const home = await openDoor();
  expect(home.log.some((line) => line.includes('listens beyond'))).toBe(false);
});

test('a closing server answers what is under way, and ends', async () => {
  let answer: (text: string) => void = () => {};
  const slow = new Promise<string>((resolve) => {
    answer = resolve;
  });
  let asked = 0;
  const { url, http } = await openDoor({
    ask: async () => {
      asked += 1;
      return { height: 1, timeMs: 1, text: await slow };
    },
  });
  const under = call(`${url}/v1/status`);
  await expect.poll(() => asked).toBe(1);
  const closed = http.close();
  answer('{"isLate":true}');
  expect((await under).body).toEqual({ isLate: true });
  await closed;
  await expect(call(`${url}/healthz`)).rejects.toThrow();
});

test('a request that does not end is cut off when the server closes', async () => {
  let asked = 0;
  const { http, url } = await openDoor({
    ask: () => {
      asked += 1;
      return new Promise(() => {});
    },
    timeouts: { closeMs: 100 },
  });
  const under = call(`${url}/v1/status`).catch(() => 'cut');
  await expect.poll(() => asked).toBe(1);
  await http.close();
  expect(await under).toBe('cut');
});

test('lines of the log are JSON with level and time in words', () => {
  const lines: string[] = [];
  const logger = createLogger({
    level: 'warn',
    destination: { write: (line) => lines.push(line) },
  });
  logger.info('not written');
  logger.warn({ height: 3 }, 'written');
  expect(lines).toHaveLength(1);
  const { level, time, height, msg } = JSON.parse(lines[0] ?? '');
  expect({ level, height, msg }).toEqual({ level: 'warn', height: 3, msg: 'written' });
  expect(new Date(time).toISOString()).toBe(time);
});
