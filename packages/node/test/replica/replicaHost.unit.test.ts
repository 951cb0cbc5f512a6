import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFeeds } from '../../src/feeds/index.ts';
import type { FromReplica } from '../../src/replica/messages.ts';
import { ReplicaHost } from '../../src/replica/replicaHost.ts';
import { append, type Node, nodeOf, question, replicaOf } from './replicas.ts';

async function hostOf(node: Node, everyMs = 1_000_000, before = () => {}) {
  const core = await replicaOf(node);
  before();
  const sent: FromReplica[] = [];
  const host = new ReplicaHost({
    core,
    store: node.store,
    snapshotEveryMs: everyMs,
    checkpointEveryMs: everyMs,
    send: (message) => sent.push(message),
  });
  return { core, host, sent };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const kinds = (sent: readonly FromReplica[]): string[] => sent.map(({ kind }) => kind);

test('blocks whose height alone was sent are read from the store', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const { core, host, sent } = await hostOf(node);
  const made = [node.chain.trade(), node.chain.trade(), node.chain.trade(), node.chain.trade()];
  await append(node, made);
  host.take({ kind: 'head', height: 8 });
  expect(core.height).toBe(8);
  const last = made.at(-1);
  if (last === undefined) throw new Error('there is a last block');
  host.take({ kind: 'apply', height: last.height, record: last.record });
  expect(core.height).toBe(10);
  host.take({ kind: 'apply', height: last.height, record: last.record });
  const applied = sent.filter((each) => each.kind === 'applied');
  expect(applied.map(({ report }) => report.height)).toEqual([8, 10]);
  const heights = applied.flatMap(({ messages }) => messages.map(({ height }) => height));
  expect(new Set(heights)).toEqual(new Set([7, 8, 9, 10]));
});

test('answers and refusals come back under the number of their question', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const { host, sent } = await hostOf(node);
  host.take({ kind: 'ask', id: 5, question: question('status') });
  host.take({ kind: 'ask', id: 6, question: question('account', { params: { account: '99' } }) });
  host.take({ kind: 'ask', id: 7, question: question('nothing') });
  host.take({ kind: 'snapshotOf', id: 8, channel: 'blocks', key: '' });
  host.take({ kind: 'snapshotOf', id: 9, channel: 'nothing', key: '' });
  await until(() => sent.length === 5);
  const byId = new Map(sent.map((each) => ['id' in each ? each.id : 0, each]));
  expect(byId.get(5)).toMatchObject({ kind: 'answered', value: { height: 6 } });
  expect(byId.get(6)).toMatchObject({ kind: 'refused', problem: { name: 'unknown', status: 404 } });
  expect(byId.get(7)).toMatchObject({ kind: 'refused', problem: { name: 'unknown' } });
  expect(byId.get(8)).toMatchObject({ kind: 'answered', value: { channel: 'blocks' } });
  expect(byId.get(9)).toMatchObject({ kind: 'refused', problem: { name: 'unknown' } });
});

test('a checkpoint is there soon after the start, and snapshots keep their cadence', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const { core, host, sent } = await hostOf(node, 5);
  await until(() => core.status.snapshotHeight === 6);
  expect(node.store.snapshots()).toEqual([6]);
  const ask = question('liabilityRoot');
  const { text } = await core.ask(ask);
  expect(JSON.parse(text)).toMatchObject({ root: { height: 6 } });
  const made = node.chain.trade();
  await append(node, [made]);
  host.take({ kind: 'apply', height: made.height, record: made.record });
  host.take({ kind: 'checkpoint', id: 1 });
  await until(() => kinds(sent).includes('answered'));
  expect(JSON.parse((await core.ask(ask)).text)).toMatchObject({ root: { height: 7 } });
  await until(() => core.status.snapshotHeight === 7);
});

test('a snapshot that cannot be written is a warning, and blocks go on', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const folder = join(node.directory, 'snapshots');
  const { core, host, sent } = await hostOf(node, 5, () => {
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'not a folder');
  });
  await until(() => kinds(sent).includes('warning'));
  const made = node.chain.trade();
  host.take({ kind: 'apply', height: made.height, record: made.record });
  expect(core.height).toBe(7);
  expect(kinds(sent)).not.toContain('failed');
});

test('liabilities that do not add up end it: nothing is proved of a machine that is wrong', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const core = await replicaOf(node, {
    // A unit of custody that nobody is owed, behind the replica's back.
    createFeeds: (machine, history) => {
      machine.state.assets.custody.add(1, 1n);
      return createFeeds(machine, { history });
    },
  });
  const sent: FromReplica[] = [];
  new ReplicaHost({
    core,
    store: node.store,
    snapshotEveryMs: 1_000_000,
    checkpointEveryMs: 1_000_000,
    send: (message) => sent.push(message),
  });
  await until(() => sent.length > 0);
  expect(kinds(sent)).toEqual(['failed']);
});

test('a block that comes out differently ends it: failed, and nothing is taken after', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const { core, host, sent } = await hostOf(node);
  const made = node.chain.trade();
  const record = Uint8Array.from(made.record);
  record[record.length - 1] = (record.at(-1) as number) ^ 1;
  host.take({ kind: 'apply', height: made.height, record });
  host.take({ kind: 'apply', height: made.height, record: made.record });
  host.take({ kind: 'ask', id: 1, question: question('status') });
  expect(kinds(sent)).toEqual(['failed']);
  expect(sent[0]).toMatchObject({ error: { code: 'REPLICA_MISMATCH', facts: { height: 7 } } });
  expect(core.height).toBe(6);
});

test('a graceful end takes a snapshot and brings the history to disk', async () => {
  const node = await nodeOf();
  await append(node, [...node.chain.open(), node.chain.trade()]);
  const { host, sent } = await hostOf(node);
  host.take({ kind: 'close' });
  await until(() => kinds(sent).includes('closed'));
  expect(kinds(sent)).toEqual(['closed']);
  expect(node.store.snapshots()).toEqual([7]);
});
