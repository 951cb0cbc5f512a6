import { routes } from '@plimsoll/api/routes';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import { call, deposit, openDoor, overSocket, post, signed } from './door.ts';

const text = (value: unknown): string => JSON.stringify(value);

test('every row of the table of routes is served', async () => {
  const { url } = await openDoor();
  for (const route of Object.values(routes)) {
    const path = route.path.replace(':digest', `0x${'0'.repeat(64)}`);
    const named = path.replace(':owner', `0x${'0'.repeat(40)}`).replace(/:[a-z]+/gi, '1');
    const reply = await call(`${url}${named}`, { method: route.method });
    expect([200, 400, 404], route.name).toContain(reply.status);
    if (reply.status !== 200) expect(reply.body.detail, route.name).not.toContain('no such path');
  }
});

test('what a receipt says is read at its height', async () => {
  const { url } = await openDoor();
  const [receipt] = (await post(`${url}/v1/commands`, signed(deposit(1)))).body.receipts;
  const reply = await call(`${url}/v1/accounts/1?minHeight=${receipt.height}`);
  expect(reply.status).toBe(200);
  expect(Number(reply.headers.get('x-plimsoll-height'))).toBe(reply.body.height);
  expect(reply.body.height).toBeGreaterThanOrEqual(receipt.height);
  expect(reply.body.balances[0].amount).toEqual({ asset: 'USDC', amount: '100' });
  const looked = await call(`${url}/v1/commands/${receipt.digest}`);
  const { events: _, ...kept } = receipt;
  expect(looked.body.receipt).toEqual(kept);
  const late = await call(`${url}/v1/accounts/1?minHeight=${receipt.height + 1_000}`);
  expect(late.body).toMatchObject({ status: 503, name: 'behind', isRetryable: true });
});

test('path and query are taken exactly or refused with their place', async () => {
  const { url } = await openDoor();
  const cases: [string, string][] = [
    ['/v1/accounts/x1', '/path/account'],
    ['/v1/accounts/01', '/path/account'],
    ['/v1/accounts/1e3', '/path/account'],
    ['/v1/accounts/99999999999999999999', '/path/account'],
    ['/v1/owners/0xABC/accounts', '/path/owner'],
    ['/v1/blocks?limit=five', '/query/limit'],
    ['/v1/blocks?limit=5&limit=6', '/query/limit'],
    ['/v1/blocks?limits=5', '/query/limits'],
    ['/v1/blocks?__proto__=5', '/query/__proto__'],
    ['/v1/accounts/1/maximum-order?side=buy', '/query/instrument'],
    ['/v1/markets/BTC-PERP/trades?order=sideways', '/query/order'],
  ];
  for (const [path, pointer] of cases) {
    const reply = await call(`${url}${path}`);
    expect(reply.status, path).toBe(400);
    expect(reply.body, path).toMatchObject({ name: 'malformed', figures: { pointer } });
  }
});

test('a refusal of path or query says what would be taken, and places are pointers throughout', async () => {
  const { url } = await openDoor();
  const cases: [string, string, string][] = [
    ['/v1/blocks?limits=5', '/query/limits', 'is not a field here; there are before, limit'],
    ['/v1/status?height=5', '/query/height', 'is not a field here; there are minHeight'],
    ['/v1/blocks?limit=5&limit=6', '/query/limit', 'stands twice'],
    ['/v1/events?limit=0', '/query/limit', 'must be an integer from 1 to 1000'],
    ['/v1/parameters?scope=world', '/query/scope', 'is not one of global, asset, underlying'],
  ];
  for (const [path, pointer, says] of cases) {
    const { status, body } = await call(`${url}${path}`);
    expect({ status, pointer: body.figures.pointer }, path).toEqual({ status: 400, pointer });
    expect(body.detail, path).toContain(`${pointer} ${says}`);
  }
  const sent = await post(`${url}/v1/commands?sync=true`, signed(deposit(1)));
  expect(sent.body).toMatchObject({ status: 400, figures: { pointer: '/query/sync' } });
  expect((await call(`${url}/v1/assets/DOGE`)).body.detail).toContain('there are USDC');
});

test('a body of a read is checked by the schema of its route', async () => {
  const { url } = await openDoor();
  const path = `${url}/v1/preview-portfolio`;
  const good = await post(path, { balances: [{ asset: 'USDC', amount: '5' }] });
  expect(good.status).toBe(200);
  const cases: [unknown, string][] = [
    [{ positions: [{ instrument: 'BTC-PERP', size: 1.5 }] }, '/positions/0/size'],
    [{ positions: [{ size: '1' }] }, '/positions/0/instrument'],
    [{ position: [] }, '/position'],
  ];
  for (const [body, pointer] of cases) {
    const reply = await post(path, body);
    expect(reply.body, text(body)).toMatchObject({ name: 'malformed', figures: { pointer } });
  }
  expect((await call(path, { method: 'POST' })).body.name).toBe('malformed');
});

test('JSON that readers could understand differently is refused, with its place', async () => {
  const { url } = await openDoor();
  const command = text(signed(deposit(1)));
  const cases: [string, string | undefined][] = [
    [command.replace('"nonce"', '"nonce":1,"nonce"'), '/nonce'],
    [command.replace('"nonce"', '"nonce":1,"\\u006eonce"'), '/nonce'],
    [command.replace('"nonce"', '"__proto__":{"a":1},"nonce"'), '/__proto__'],
    [command.replace('"nonce"', '"\\u005f_proto__":{},"nonce"'), '/__proto__'],
    [command.replace('"nonce"', '"constructor":{"prototype":{}},"nonce"'), '/constructor'],
    [command.replace(/"account":0/, '"account":1.0000000000000000001'), '/account'],
    [command.replace(/"account":0/, '"account":1e999'), '/account'],
    [command.replace(/"account":0/, '"account":9007199254740993'), '/account'],
    [command.replace(/"account":0/, '"account":-0.5'), '/account'],
    [command.replace(/"account":0/, '"account":01'), ''],
    [command.slice(0, -1), ''],
    [`${command}{}`, ''],
    ['\uFEFF{}', ''],
    ['', ''],
    ['NaN', ''],
    [`{"commands":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ''],
    ['['.repeat(200_000), ''],
    ['{"a":'.repeat(40_000), ''],
  ];
  for (const [body, pointer] of cases) {
    const reply = await post(`${url}/v1/commands`, body);
    expect(reply.status, body.slice(0, 80)).toBe(400);
    expect(reply.body, body.slice(0, 80)).toMatchObject({ name: 'malformed' });
    if (pointer !== undefined) expect(reply.body.figures?.pointer).toBe(pointer);
  }
  expect((await post(`${url}/v1/commands`, command)).status).toBe(200);
});

test('bytes that are not UTF-8 are refused', async () => {
  const { url } = await openDoor();
  const cases = [
    [0xff, 0xfe],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
  ];
  for (const bytes of cases) {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    const reply = await post(`${url}/v1/commands`, new Uint8Array(body));
    expect(reply.body).toMatchObject({ status: 400, name: 'malformed' });
    expect(reply.body.detail).toContain('UTF-8');
  }
});

test('a body in another type, charset or coding is 415', async () => {
  const { url } = await openDoor();
  const types = [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  ];
  for (const headers of types) {
    const reply = await post(`${url}/v1/commands`, '{}', headers);
    expect(reply.status, text(headers)).toBe(415);
    expect(reply.body.name).toBe('wrongMediaType');
  }
});

test('a body beyond the limit is 413, whether or not it says how long it is', async () => {
  const { url } = await openDoor({ limits: { messageBytesMax: 1_000 } });
  const reply = await post(`${url}/v1/commands`, `"${'a'.repeat(2_000)}"`);
  expect(reply.body).toMatchObject({
    status: 413,
    name: 'tooLarge',
    detail: 'The body of 2002 bytes is larger than 1000 bytes, the most.',
    figures: { bytes: 2_002, bytesMax: 1_000 },
    remedy: 'split it into bodies of at most 1000 bytes',
  });
  const chunk = `${(1_500).toString(16)}\r\n${' '.repeat(1_500)}\r\n`;
  const head =
    'POST /v1/commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
    'transfer-encoding: chunked\r\nconnection: close\r\n\r\n';
  const chunked = await overSocket(url, [head, chunk, '0\r\n\r\n']);
  expect(chunked).toMatch(/^HTTP\/1.1 413 /);
  expect(chunked).toContain('"figures":{"bytesMax":1000}');
});

test('what is not there is 404, and another method is 405 with those allowed', async () => {
  const { url } = await openDoor();
  const missing = await call(`${url}/v2/nothing`);
  expect(missing.body).toMatchObject({ status: 404, name: 'unknown' });
  const wrong = await call(`${url}/v1/commands`, { method: 'DELETE' });
  expect(wrong.body).toMatchObject({ status: 405, name: 'wrongMethod' });
  expect(wrong.headers.get('allow')).toBe('POST');
  const deep = await call(`${url}/v1/accounts/5`, { method: 'PUT' });
  expect(deep.headers.get('allow')).toBe('GET, HEAD');
  expect((await call(`${url}/v1/accounts/%zz`)).status).toBe(400);
  expect((await call(`${url}/v1/accounts/${'1'.repeat(500)}`)).status).toBe(400);
});

test('what the replica refuses is answered as it says, with retry-after where that helps', async () => {
  const problem = nodeProblem('behind', 'The replica is at 7.', { height: 7 });
  const { url } = await openDoor({ ask: () => Promise.reject(new ProblemError(problem)) });
  const reply = await call(`${url}/v1/status?minHeight=9`);
  expect(reply.status).toBe(503);
  expect(reply.body).toEqual(problem);
  expect(reply.headers.get('retry-after')).toBe('1');
});

test('a fault of ours is 500 with the number of the request, and only the log has the stack', async () => {
  const secret = new TypeError('secret of the program');
  const { url, log } = await openDoor({ ask: () => Promise.reject(secret) });
  const reply = await call(`${url}/v1/status`);
  expect(reply.status).toBe(500);
  expect(JSON.stringify(reply.body)).not.toContain('secret');
  const { request } = reply.body.figures;
  expect(reply.headers.get('x-request-id')).toBe(request);
  const line = log.find((each) => each.includes(request)) ?? '';
  expect(line).toContain('secret of the program');
  expect(line).toContain('at ');
});

test('what a view failed of is told to the log alone', async () => {
  const failed = nodeProblem('internal', 'The view failed: secret of the program');
  const { url, log } = await openDoor({ ask: () => Promise.reject(new ProblemError(failed)) });
  const reply = await call(`${url}/v1/status`);
  expect(reply.status).toBe(500);
  expect(JSON.stringify(reply.body)).not.toContain('secret');
  expect(log.join()).toContain('secret of the program');
});

test('an answer that does not come is 503 with retry-after, not a connection that hangs', async () => {
  const { url } = await openDoor({ ask: () => new Promise(() => {}), timeouts: { answerMs: 100 } });
  const reply = await call(`${url}/v1/status`);
  expect(reply.status).toBe(503);
  expect(reply.body).toMatchObject({ name: 'unsettled', isRetryable: true });
  expect(reply.headers.get('retry-after')).toBe('1');
});
