import type { Problem, Receipt } from '@plimsoll/api/wire';
import { expect, test } from 'vitest';
import { deposit, key, openDoor, post, signed } from './door.ts';

test('one signed command is answered with its receipt when its block is made', async () => {
  const { url } = await openDoor();
  const reply = await post(`${url}/v1/commands`, signed(deposit(1)));
  expect(reply.status).toBe(200);
  const [receipt] = reply.body.receipts as Receipt[];
  expect(receipt).toMatchObject({ height: 1, index: 0, isAccepted: true, actions: [null] });
});

test('the same command again gets the same receipt and is not executed again', async () => {
  const { url } = await openDoor();
  const command = signed(deposit(1));
  const first = await post(`${url}/v1/commands`, command);
  const second = await post(`${url}/v1/commands`, command);
  expect(second.body).toEqual(first.body);
});

test('a list is answered in order, each with its receipt or its problem', async () => {
  const { url } = await openDoor();
  const stranger = signed(deposit(2), key('9'));
  const broken = { ...signed(deposit(3)), nonce: -1 };
  const commands = [signed(deposit(1)), stranger, broken, signed(deposit(2))];
  const reply = await post(`${url}/v1/commands`, { commands });
  expect(reply.status).toBe(200);
  const [first, second, third, fourth] = reply.body.receipts as (Receipt & Problem)[];
  expect(first).toMatchObject({ isAccepted: true });
  expect(second).toMatchObject({ name: 'signerUnauthorized', status: 422, code: 102 });
  expect(third).toMatchObject({ name: 'malformed', figures: { pointer: '/commands/2/nonce' } });
  expect(fourth).toMatchObject({ isAccepted: true });
});

test('a refused action is part of a receipt; a refused envelope is the problem of the request', async () => {
  const { url } = await openDoor();
  const twice = [signed(deposit(1)), signed(deposit(1))];
  const { body } = await post(`${url}/v1/commands`, { commands: twice });
  const refused = (body.receipts as Receipt[])[1];
  expect(refused).toMatchObject({ isAccepted: false, actions: [{ code: expect.any(Number) }] });
  expect(refused?.actions[0]?.remedy).not.toBe('');
  const reply = await post(`${url}/v1/commands`, signed(deposit(2), key('9')));
  expect(reply.status).toBe(422);
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  expect(reply.body).toMatchObject({ name: 'signerUnauthorized', isRetryable: false });
});

test('what is wrong in a command is named by a JSON pointer', async () => {
  const { url } = await openDoor();
  const command = signed(deposit(1)) as { actions: object[] };
  const cases: [object, string][] = [
    [{ ...command, signer: '0x00' }, '/signer'],
    [{ ...command, more: 1 }, '/more'],
    [{ ...command, signature: '0x12' }, '/signature'],
    [{ ...command, signature: undefined }, '/signature'],
    [{ ...command, actions: [] }, '/actions'],
    [{ ...command, actions: [{ ...command.actions[0], amount: 5 }] }, '/actions/0/amount'],
    [{ ...command, actions: [{ ...command.actions[0], amount: '-5' }] }, '/actions/0/amount'],
    [{ ...command, actions: [{ kind: 'constructor' }] }, '/actions/0/kind'],
    [{ commands: [] }, '/commands'],
    [{ commands: [command], extra: 1 }, '/extra'],
    [{ commands: [7] }, ''],
    [[command], ''],
  ];
  for (const [body, pointer] of cases) {
    const reply = await post(`${url}/v1/commands`, body);
    const problem = reply.status === 200 ? reply.body.receipts[0] : reply.body;
    expect(problem, JSON.stringify(body)).toMatchObject({ name: 'malformed', status: 400 });
    if (pointer !== '') expect(problem.figures.pointer).toBe(pointer);
  }
});

test('the typed data of a command is what a wallet signs, with its digest', async () => {
  const { url } = await openDoor();
  const { signature: _, ...command } = signed(deposit(1)) as { signature: string };
  const reply = await post(`${url}/v1/typed-data`, command);
  expect(reply.status).toBe(200);
  const { typedData, digest } = reply.body;
  expect(typedData.primaryType).toBe('Deposit');
  expect(typedData.domain).toMatchObject({ name: 'Plimsoll testnet', version: '1' });
  expect(typedData.message.action).toMatchObject({ amount: '100000000' });
  expect(typedData.types.EIP712Domain).toHaveLength(4);
  const { hashTypedData } = await import('viem');
  expect(hashTypedData(typedData)).toBe(digest);
});

test('prices without a known publisher are refused with the number of the machine', async () => {
  const { url } = await openDoor();
  const price = { underlying: 1, source: 1, price: '5000', confidence: '1', timeMs: 1 };
  const reply = await post(`${url}/v1/prices`, {
    prices: [price],
    signature: `0x${'1'.repeat(130)}`,
  });
  expect([401, 422]).toContain(reply.status);
  const named = await post(`${url}/v1/prices`, {
    prices: [{ ...price, publisher: '0x' }],
    signature: '0x',
  });
  expect(named.body.figures.pointer).toBe('/prices/0/publisher');
});

test('a full queue is 503 with retry-after, and can be tried again', async () => {
  const { url } = await openDoor({ queueMax: 0 });
  const reply = await post(`${url}/v1/commands`, signed(deposit(1)));
  expect(reply.status).toBe(503);
  expect(reply.headers.get('retry-after')).toBe('1');
  expect(reply.body).toMatchObject({ name: 'overloaded', isRetryable: true });
});

test('what goes through the door is counted by what became of it', async () => {
  const { url, metrics } = await openDoor();
  const badSignature = { ...signed(deposit(9)), signature: `0x${'ff'.repeat(65)}` };
  const commands = [signed(deposit(1)), signed(deposit(1)), signed(deposit(2), key('9'))];
  await post(`${url}/v1/commands`, { commands: [...commands, badSignature] });
  const text = await metrics.registry.metrics();
  expect(text).toContain('plimsoll_actions_total{outcome="accepted"} 1');
  expect(text).toContain('plimsoll_actions_total{outcome="refused"} 1');
  expect(text).toContain('plimsoll_commands_total{outcome="admission"} 2');
  expect(text).toContain('plimsoll_rejections_total{code="102"} 1');
  expect(text).toMatch(/plimsoll_bad_signatures_total\{reason="\w+"\} 1/);
  expect(text).toContain('plimsoll_command_seconds_count 2');
});
