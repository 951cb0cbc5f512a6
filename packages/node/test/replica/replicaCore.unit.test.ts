import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@plimsoll/api/wire';
import { hex, restore, rootNow } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { genesisOf } from '../../src/network.ts';
import { ReplicaMismatchError } from '../../src/replica/index.ts';
import { type BlockRecord, decodeRecord, encodeRecord } from '../../src/store/record.ts';
import type { MadeBlock } from '../fixtures/chain.ts';
import { append, nodeOf, question, replicaOf } from './replicas.ts';

test('a replica follows the stored blocks and answers with their height', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node);
  expect(replica.status).toMatchObject({ height: 6, snapshotHeight: 0 });
  for (let i = 0; i < 10; i++) {
    const made = node.chain.trade();
    replica.apply(made.height, made.record);
    const answer = await replica.ask(question('status'));
    expect(answer).toMatchObject({ height: made.height, timeMs: node.chain.timeMs });
    expect(JSON.parse(answer.text)).toMatchObject({ height: made.height });
  }
  expect(replica.status.rootsCompared).toBeGreaterThan(2);
});

test('a question about history sees the block that was just applied', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node);
  const made = node.chain.trade();
  replica.apply(made.height, made.record);
  const asked = question('accountFills', { params: { account: '1' }, minHeight: made.height });
  const { text } = await replica.ask(asked);
  expect(JSON.parse(text).fills).toHaveLength(1);
});

test('a block that was applied before is passed over, one that is missing is not', async () => {
  const node = await nodeOf();
  const made = await append(node, node.chain.open());
  const replica = await replicaOf(node);
  const first = made[0] as MadeBlock;
  expect(replica.apply(1, first.record)).toEqual([]);
  node.chain.trade();
  const later = node.chain.trade();
  expect(() => replica.apply(later.height, later.record)).toThrow('blocks follow each other');
});

test('blocks make messages of the channels from the start on', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node);
  const made = node.chain.trade();
  const messages = replica.apply(made.height, made.record);
  expect(messages.map(({ channel }) => channel)).toEqual(
    expect.arrayContaining(['blocks', 'book', 'trades']),
  );
  expect(messages.every(({ height }) => height === made.height)).toBe(true);
  expect(replica.snapshotOf('blocks', '').height).toBe(made.height);
});

const alterations: { readonly [what: string]: (record: BlockRecord) => Partial<BlockRecord> } = {
  'the chained hash': ({ chainHash }) => ({ chainHash: flipped(chainHash) }),
  'the root': ({ root }) => ({ root: root === undefined ? new Uint8Array(32) : flipped(root) }),
  'a missing root': ({ root }) => ({ root: root === undefined ? new Uint8Array(32) : undefined }),
  'the result of a command': ({ results }) => ({
    results: results.map((each, i) => (i === 1 ? { ...each, code: 101 } : each)),
  }),
  'the code of an action': ({ results }) => ({
    results: results.map((each, i) => (i === 0 ? { ...each, actions: [777] } : each)),
  }),
  'a command': ({ block }) => ({
    block: { ...block, commands: block.commands.slice(0, -1) },
  }),
  'the time of the block': ({ block }) => ({ block: { ...block, timeMs: block.timeMs + 1 } }),
  'a price code': ({ observationCodes }) => ({ observationCodes: [...observationCodes, 301] }),
};

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
}

for (const [what, alter] of Object.entries(alterations)) {
  test(`a record in which ${what} is altered stops the replica with a file`, async () => {
    const node = await nodeOf();
    await append(node, node.chain.open());
    const replica = await replicaOf(node, { waitMs: 60_000 });
    const before = hex(rootNow(node.chain.machine).root);
    const made = node.chain.trade();
    const record = decodeRecord(made.record);
    const altered = encodeRecord({ ...record, ...alter(record) });
    const waiting = replica.ask(question('status', { minHeight: made.height }));
    expect(() => replica.apply(made.height, altered)).toThrow(ReplicaMismatchError);
    await expect(waiting).rejects.toThrow(ProblemError);
    await expect(replica.ask(question('status'))).rejects.toThrow('stopped');
    expect(() => replica.apply(made.height, made.record)).toThrow(ReplicaMismatchError);
    const folder = join(node.directory, 'mismatch');
    const report = JSON.parse(readFileSync(join(folder, `${made.height}.json`), 'utf8'));
    expect(report).toMatchObject({ height: made.height, replicaHeight: made.height - 1 });
    expect(report.rootBefore).toBe(before);
    const bytes = readFileSync(join(folder, `${made.height}.before.snapshot`));
    const limits = genesisOf(node.chain.network).limits as Parameters<typeof restore>[1];
    expect(hex(rootNow(restore(bytes, limits)).root)).toBe(before);
    expect(readFileSync(join(folder, `${made.height}.record`)).equals(altered)).toBe(true);
  });
}

test('bytes of a record that were flipped stop the replica with a file', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node);
  const { height, record } = node.chain.trade();
  expect(() => replica.apply(height, flipped(record))).toThrow(ReplicaMismatchError);
  expect(readdirSync(join(node.directory, 'mismatch'))).toHaveLength(3);
});

test('a question waits for its height, and not for ever', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node, { waitMs: 60_000 });
  const waits = replica.ask(question('status', { minHeight: 8 }));
  for (let i = 0; i < 2; i++) {
    const made = node.chain.trade();
    replica.apply(made.height, made.record);
  }
  expect((await waits).height).toBe(8);
  const hasty = await replicaOf(await nodeOf(), { waitMs: 20 });
  const late = hasty.ask(question('status', { minHeight: 9 }));
  await expect(late).rejects.toMatchObject({ problem: { name: 'behind', status: 503 } });
});

test('a view that throws half way leaves the state as it was', async () => {
  const node = await nodeOf();
  await append(node, node.chain.open());
  const replica = await replicaOf(node, {
    answer: ({ machine }) => {
      machine.state.machine.fund.set(0, 5n);
      throw new Error('half way');
    },
  });
  await expect(replica.ask(question('status'))).rejects.toMatchObject({
    problem: { name: 'internal', status: 500 },
  });
  const made = node.chain.trade();
  replica.apply(made.height, made.record);
  expect(replica.height).toBe(made.height);
});

test('a snapshot is written when the history is on disk up to it', async () => {
  const node = await nodeOf();
  await append(node, [...node.chain.open(), node.chain.trade()]);
  const replica = await replicaOf(node);
  expect(replica.historyLag).toBeGreaterThan(0);
  await replica.takeSnapshot();
  expect(replica.historyLag).toBe(0);
  expect(replica.status.snapshotHeight).toBe(7);
  expect(node.store.snapshots()).toEqual([7]);
  expect(Buffer.from(node.store.readSnapshot(7)).equals(node.chain.snapshot())).toBe(true);
  rmSync(join(node.directory, 'snapshots'), { recursive: true });
  await replica.takeSnapshot();
  expect(node.store.snapshots()).toEqual([]);
});
