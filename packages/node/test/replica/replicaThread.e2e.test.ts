// The replica in its thread, from the build, beside a store that is written to.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyAccountProof, verifyLiabilityProof } from '@plimsoll/api/proofs';
import { afterEach, expect, test } from 'vitest';
import { createReplica, type ReplicaThread } from '../../dist/replica/index.js';
import { openStore } from '../../dist/store/index.js';
import type { FeedMessage, Store } from '../../src/parts.ts';
import { Chain, type MadeBlock } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { question } from './replicas.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface Beside {
  readonly chain: Chain;
  readonly store: Store;
  readonly directory: string;
}

async function storeOf(chain: Chain, directory = temporaryDirectory()): Promise<Beside> {
  const store = await openStore({ directory, network: chain.network });
  open.push(store);
  return { chain, store, directory };
}

async function threadOn(directory: string): Promise<ReplicaThread> {
  const thread = await createReplica({
    directory,
    snapshotEveryMs: 1_000_000,
    checkpointEveryMs: 1_000_000,
    waitMs: 60_000,
  });
  open.push(thread);
  return thread;
}

/** What the block maker does: on disk, then to the replica. */
async function storeAndApply(
  { store }: Beside,
  thread: ReplicaThread | undefined,
  { height, record }: MadeBlock,
): Promise<void> {
  await store.append(height, record);
  thread?.apply(height, record);
}

test('a thread follows the store, answers, proves, and goes on after a stop', async () => {
  const beside = await storeOf(new Chain());
  const { chain, directory } = beside;
  for (const made of chain.open()) await storeAndApply(beside, undefined, made);
  const thread = await threadOn(directory);
  expect(thread.status.height).toBe(6);
  const messages: FeedMessage[] = [];
  thread.onFeed((some) => messages.push(...some));
  for (let i = 0; i < 40; i++) await storeAndApply(beside, thread, chain.trade());
  const minHeight = chain.height;
  const status = await thread.ask(question('status', { minHeight }));
  expect(status).toMatchObject({ height: 46, timeMs: chain.timeMs });
  const trades = await thread.ask(question('trades', { params: { instrument: 'BTC-PERP' } }));
  expect(JSON.parse(trades.text).trades.length).toBeGreaterThan(20);
  expect(messages.filter(({ channel }) => channel === 'blocks')).toHaveLength(40);
  expect((await thread.snapshotOf('book', 'BTC-PERP')).height).toBe(46);
  await expect(thread.snapshotOf('book', 'NONE')).rejects.toMatchObject({
    problem: { name: 'unknown' },
  });
  await thread.checkpoint();
  const params = { account: '2' };
  const liabilities = await thread.ask(question('liabilityProof', { params }));
  const verified = verifyLiabilityProof(JSON.parse(liabilities.text).proof);
  expect(verified).toMatchObject({ account: 2, height: 46 });
  const rows = await thread.ask(question('accountProof', { params }));
  const account = verifyAccountProof(JSON.parse(rows.text).proof);
  expect(account).toMatchObject({ account: 2, height: 46, root: verified.stateRoot });
  expect(account.balances[0]?.amount).toBe(verified.balances[0]?.claims);
  await thread.close();
  expect(beside.store.snapshots()).toEqual([46]);
  for (let i = 0; i < 5; i++) await storeAndApply(beside, undefined, chain.trade());
  const again = await threadOn(directory);
  expect(again.status).toMatchObject({ height: 51, snapshotHeight: 46 });
  const fills = question('accountFills', { params, query: { limit: 1_000 } });
  expect(JSON.parse((await again.ask(fills)).text).fills).toHaveLength(45);
});

test('a record that does not come out as stored stops the thread with a file', async () => {
  const beside = await storeOf(new Chain());
  const { chain, directory } = beside;
  for (const made of chain.open()) await storeAndApply(beside, undefined, made);
  const thread = await threadOn(directory);
  const failed = new Promise<Error>((resolve) => thread.onFailure(resolve));
  const made = chain.trade();
  await beside.store.append(made.height, made.record);
  const record = Uint8Array.from(made.record);
  record[100] = (record[100] as number) ^ 1;
  const asked = thread.ask(question('status', { minHeight: 7 })).catch((error: Error) => error);
  thread.apply(made.height, record);
  expect(await failed).toMatchObject({ code: 'REPLICA_MISMATCH', facts: { height: 7 } });
  expect(existsSync(join(directory, 'mismatch', '7.json'))).toBe(true);
  expect(await asked).toMatchObject({ problem: { name: 'notReady' } });
  await expect(thread.ask(question('status'))).rejects.toMatchObject({
    problem: { name: 'notReady' },
  });
  await thread.close();
});

test('a thread that cannot start says why', async () => {
  await expect(threadOn(temporaryDirectory())).rejects.toMatchObject({ code: 'STORE_MISSING' });
});

const build = fileURLToPath(new URL('../../dist/', import.meta.url));

/** A process that stores blocks from a file with a replica beside, until it is killed. */
const program = `
import { readFileSync } from 'node:fs';
import { openStore } from '${build}store/index.js';
import { createReplica } from '${build}replica/index.js';
const [directory, file] = process.argv.slice(1);
const { network, records } = JSON.parse(readFileSync(file, 'utf8'));
const store = await openStore({ directory, network });
const replica = await createReplica({ directory, snapshotEveryMs: 40, checkpointEveryMs: 60 });
process.stdout.write('ready\\n');
for (let height = store.head + 1; height <= records.length; height++) {
  const record = Buffer.from(records[height - 1], 'base64');
  await store.append(height, record);
  replica.apply(height, record);
  process.stdout.write('.');
}
process.stdout.write('done\\n');
setInterval(() => {}, 1000);
`;

/** Kills it after so many blocks and a little, wherever it is by then, or at their end. */
async function runAndKill(directory: string, file: string, blocks: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory, file]);
  let errors = '';
  let heard = 0;
  child.stderr.on('data', (data) => {
    errors += String(data);
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stored = new Promise<void>((resolve) => {
    child.stdout.on('data', (data) => {
      heard += String(data).length;
      if (heard > blocks || String(data).includes('done')) resolve();
    });
  });
  await Promise.race([stored, ended]);
  await new Promise((resolve) => setTimeout(resolve, blocks % 13));
  child.kill('SIGKILL');
  await ended;
  expect(errors).toBe('');
}

test('killed at any moment, the history goes on and tells what a replay tells', async () => {
  const chain = new Chain();
  const made = [...chain.open(), ...Array.from({ length: 1_500 }, () => chain.trade())];
  const directory = temporaryDirectory();
  const file = join(temporaryDirectory(), 'records.json');
  const records = made.map(({ record }) => Buffer.from(record).toString('base64'));
  writeFileSync(file, JSON.stringify({ network: chain.network, records }));
  for (const blocks of [30, 90, 10, 160, 60, 230, 120, 45]) {
    await runAndKill(directory, file, blocks);
  }
  const { store } = await storeOf(chain, directory);
  expect(store.head).toBeGreaterThan(500);
  const thread = await threadOn(directory);
  expect(thread.status.height).toBe(store.head);
  for (let account = 1; account <= 4; account++) {
    const expected = made
      .slice(0, store.head)
      .flatMap(({ outcome }) => outcome.events)
      .filter((event) => event.kind === 'filled')
      .filter(({ taker, maker }) => taker === account || maker === account);
    let count = 0;
    for (let cursor: string | undefined; ; ) {
      const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
      const params = { account: String(account) };
      const answer = await thread.ask(question('accountFills', { params, query }));
      const page = JSON.parse(answer.text) as { fills: unknown[]; next?: string | null };
      count += page.fills.length;
      if (typeof page.next !== 'string') break;
      cursor = page.next;
    }
    expect(count).toBe(expected.length);
  }
});
