// How answers of a node are read, and that what was stored is read back as it was signed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeProblem, rejectionProblem } from '@plimsoll/api/wire';
import { rejections } from '@plimsoll/core/schema';
import { networkOf } from '@plimsoll/node';
import { openStore } from '@plimsoll/node/store';
import { expect, test } from 'vitest';
import { httpAnswers, problemName, receiptName } from './answers.ts';
import { attacks } from './attacks/index.ts';
import { ACCOUNTS, cancelAll, cast, networkFile } from './cast.ts';
import { readHistory } from './history.ts';
import { historyFaults } from './judge.ts';
import { summaryOf } from './latencies.ts';
import { Lawful, Seals } from './lawful.ts';
import { scrapeOf } from './scrape.ts';
import { Tally } from './tally.ts';

test('answers on a bare connection are told apart, and a second one is seen', () => {
  const problem = JSON.stringify(nodeProblem('malformed', 'no HTTP'));
  const one = `HTTP/1.1 400 Bad Request\r\n\r\n${problem}`;
  expect(httpAnswers(one)).toBe('400 malformed');
  expect(httpAnswers(`${one}HTTP/1.1 200 OK\r\n\r\n{}`)).toBe('400 + 200');
  expect(httpAnswers('HTTP/1.1 200 OK\r\n\r\n{}')).toBe('200');
  expect(httpAnswers('')).toBe('');
});

test('problems and receipts have names; a receipt that says no is not one that says yes', () => {
  const fault = nodeProblem('signatureInvalid', 'no', { fault: 'sHigh' });
  expect(problemName(fault)).toBe('signatureInvalid (sHigh)');
  const refusal = rejectionProblem(rejections.nonceUsed.code);
  const place = { digest: '0x1', signer: '0x2', height: 1, index: 0, timeMs: 1 } as const;
  expect(receiptName({ ...place, isAccepted: true, actions: [null] })).toBe('receipt');
  expect(receiptName({ ...place, isAccepted: false, refusal, actions: [] })).toBe(
    'in a block, refused: nonceUsed',
  );
  expect(receiptName({ ...place, isAccepted: false, actions: [null, refusal] })).toBe(
    'in a block, refused: nonceUsed',
  );
});

test('quantiles are values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(summaryOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  expect(summaryOf([7])).toEqual({ count: 1, p50: 7, p99: 7, max: 7 });
  expect(summaryOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});

test('a tally counts what was tried and what came of it', () => {
  const tally = new Tally();
  tally.tried(3);
  tally.answered('a');
  tally.answered('b', 2);
  expect(tally.attempts).toBe(3);
  expect(tally.answers).toEqual({ b: 2, a: 1 });
});

test('metrics are read by name and by reason', () => {
  const text = [
    '# HELP plimsoll_private_memory_bytes Memory.',
    'plimsoll_private_memory_bytes 1000',
    'plimsoll_nodejs_heap_size_used_bytes 500',
    'plimsoll_connections{kind="socket"} 7',
    'plimsoll_clients_dropped_total{reason="slowReader"} 4',
  ].join('\n');
  expect(scrapeOf(text)).toEqual({
    privateBytes: 1000,
    heapBytes: 500,
    sockets: 7,
    streams: 0,
    dropped: { slowReader: 4 },
    refused: {},
  });
});

test('every attack has a name of its own, says what it does and what has to meet it', () => {
  expect(attacks.length).toBeGreaterThan(60);
  expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  for (const { name, what, expects } of attacks) {
    expect(what.length, name).toBeGreaterThan(10);
    expect(expects.length, name).toBeGreaterThan(0);
  }
});

test('what is signed unlawfully has a digest that is not in the book of what is lawful', () => {
  const lawful = new Lawful();
  const seals = new Seals(networkOf(networkFile()), lawful);
  const sealing = { signer: cast.mallory, account: ACCOUNTS.mallory, actions: [cancelAll] };
  const good = seals.lawfully(sealing);
  const bad = seals.forge(sealing);
  expect(lawful.commands.get(seals.digestOf(good))).toBe(cast.mallory.address);
  expect(lawful.commands.has(seals.digestOf(bad))).toBe(false);
});

test('a store without blocks has no history, and that is a fault', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-hostile-'));
  const network = networkFile();
  const store = await openStore({ directory: join(directory, 'data'), network });
  await store.close();
  const history = await readHistory(join(directory, 'data'), networkOf(network));
  expect(history).toEqual({ blocks: 0, commands: [], prices: [] });
  expect(historyFaults(history, new Lawful())).toHaveLength(1);
  await rm(directory, { recursive: true });
});
