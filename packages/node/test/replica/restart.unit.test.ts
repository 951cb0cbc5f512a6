import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ReplicaCore } from '../../src/replica/index.ts';
import { recover } from '../../src/store/index.ts';
import { Chain } from '../fixtures/chain.ts';
import { append, type Node, nodeOf, question, replicaOf } from './replicas.ts';

const trades = (node: Node, count: number) =>
  Array.from({ length: count }, () => node.chain.trade());

async function everything(replica: ReplicaCore): Promise<string> {
  const query = { limit: 1_000, order: 'oldestFirst' };
  return (await replica.ask(question('events', { query }))).text;
}

/** How the machine came up, each time it did. */
function recording(recovered: { snapshotHeight: number; blocksReplayed: number }[]) {
  return {
    recover: (...[store, options]: Parameters<typeof recover>) => {
      const found = recover(store, options);
      const { snapshotHeight, blocksReplayed } = found;
      recovered.push({ snapshotHeight, blocksReplayed });
      return found;
    },
  };
}

test('a restart goes on from the snapshot and the history, and tells the same', async () => {
  const node = await nodeOf();
  await append(node, [...node.chain.open(), ...trades(node, 20)]);
  const first = await replicaOf(node);
  await first.takeSnapshot();
  await append(node, trades(node, 5));
  await first.close();
  const recovered: { snapshotHeight: number; blocksReplayed: number }[] = [];
  const second = await replicaOf(node, recording(recovered));
  expect(second.height).toBe(31);
  expect(recovered).toEqual([{ snapshotHeight: 26, blocksReplayed: 0 }]);
  const told = await everything(second);
  await second.close();
  rmSync(join(node.directory, 'history'), { recursive: true });
  const third = await replicaOf(node, recording(recovered));
  expect(recovered[1]).toEqual({ snapshotHeight: 0, blocksReplayed: 0 });
  expect(await everything(third)).toBe(told);
});

test('a history behind the newest snapshot goes on from an older one', async () => {
  const node = await nodeOf();
  await append(node, [...node.chain.open(), ...trades(node, 4)]);
  const first = await replicaOf(node);
  await first.takeSnapshot();
  await append(node, trades(node, 4));
  await first.close();
  node.store.writeSnapshot(14, node.chain.snapshot());
  const recovered: { snapshotHeight: number; blocksReplayed: number }[] = [];
  const second = await replicaOf(node, recording(recovered));
  expect(recovered).toEqual([{ snapshotHeight: 10, blocksReplayed: 0 }]);
  expect(second.height).toBe(14);
});

test('a history ahead of the blocks, or of other blocks, is built anew', async () => {
  const node = await nodeOf();
  await append(node, [...node.chain.open(), ...trades(node, 6)]);
  const first = await replicaOf(node);
  const told = await everything(first);
  await first.close();
  // Another store of this network with fewer blocks, then one with more but other ones.
  const shorter = await nodeOf();
  await append(shorter, shorter.chain.open());
  const history = join(node.directory, 'history');
  cpSync(history, join(shorter.directory, 'history'), { recursive: true });
  const second = await replicaOf(shorter);
  expect(second.height).toBe(6);
  expect(await everything(second)).not.toBe(told);
  await second.close();
  const other = await nodeOf();
  other.chain.timeMs += 500;
  await append(other, [...other.chain.open(), ...trades(other, 9)]);
  cpSync(history, join(other.directory, 'history'), { recursive: true });
  const third = await replicaOf(other);
  expect(third.height).toBe(15);
  const rows = JSON.parse(await everything(third)).events as { timeMs: number }[];
  expect(rows[0]?.timeMs).toBe(new Chain().timeMs + 510);
});
