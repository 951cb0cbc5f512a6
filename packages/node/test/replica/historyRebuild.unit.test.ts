import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TradesUpdate } from '@plimsoll/api/wire';
import type { Machine } from '@plimsoll/core/machine';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FeedMessage, Store } from '../../src/parts.ts';
import type { HistoryProgress, ReplicaCore } from '../../src/replica/index.ts';
import { openStore, recover } from '../../src/store/index.ts';
import { Chain, type MadeBlock, store as storeBlocks } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';
import { question, replicaOf } from './replicas.ts';

const chain = new Chain();
const blocks = [...chain.open(), ...trades(600)];
const head = blocks.length;
const later = trades(4);
/** Snapshots are of the last of `blocks`. */
const kept = mkdtempSync(join(tmpdir(), 'plimsoll-kept-'));
let told: string[] = [];

beforeAll(async () => {
  const store = await openStore({ directory: kept, network: chain.network });
  await storeBlocks(store, blocks);
  const core = await replicaOf({ store });
  await core.takeSnapshot();
  told = await everything(core);
  await core.close();
  await store.close();
});

afterAll(() => rmSync(kept, { recursive: true, force: true }));

function trades(count: number): MadeBlock[] {
  return Array.from({ length: count }, () => chain.trade());
}

/** Pages of every event, from the first to the last. */
async function everything(core: ReplicaCore): Promise<string[]> {
  const pages: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = { limit: 1_000, order: 'oldestFirst', ...(cursor && { cursor }) };
    const { text } = await core.ask(question('events', { query }));
    const { events, next } = JSON.parse(text) as { events: unknown[]; next?: string };
    pages.push(JSON.stringify(events));
    if (next === undefined || next === null) return pages;
    cursor = next;
  }
}

const historyHeight = async (core: ReplicaCore): Promise<number> =>
  JSON.parse((await core.ask(question('status'))).text).status.historyHeight;

const completed = (core: ReplicaCore) =>
  expect.poll(() => core.historyLag, { timeout: 30_000, interval: 5 }).toBe(0);

/** A store with a snapshot at its last block, and its history. */
async function copied(): Promise<{ store: Store; directory: string; history: string }> {
  const directory = temporaryDirectory();
  cpSync(kept, directory, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const store = await openStore({ directory });
  stores.push(store);
  return { store, directory, history: join(directory, 'history') };
}

const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

function beside(progress: HistoryProgress[] = []) {
  return {
    rebuildBlocksMin: 1,
    onHistory: (each: HistoryProgress) => progress.push(each),
  };
}

/** The writer stores, and the replica applies. */
async function extend(core: ReplicaCore, store: Store, made: MadeBlock[]): Promise<FeedMessage[]> {
  await storeBlocks(store, made);
  return made.flatMap(({ height, record }) => [...core.apply(height, record)]);
}

const asking = (core: ReplicaCore, route: string, params = {}, query = {}) =>
  core.ask(question(route, { params, query }));

test('a lost history is built beside a replica that reads state and applies blocks', async () => {
  const node = await copied();
  rmSync(node.history, { recursive: true });
  const progress: HistoryProgress[] = [];
  const core = await replicaOf(node, beside(progress));
  expect(core.height).toBe(head);
  expect(progress[0]).toMatchObject({ height: 0, head, reason: 'there is none' });
  expect(core.historyLag).toBeGreaterThan(0);
  expect(await historyHeight(core)).toBeLessThan(head);
  await asking(core, 'account', { account: '1' });
  for (const [route, params] of [
    ['trades', { instrument: 'BTC-PERP' }],
    ['accountHistory', { account: '1' }],
    ['command', { digest: `0x${'11'.repeat(32)}` }],
  ] as const) {
    await expect(asking(core, route, params)).rejects.toMatchObject({
      problem: { name: 'behind', status: 503, isRetryable: true, figures: { head } },
    });
  }
  await extend(core, node.store, later.slice(0, 3));
  expect(core.historyLag).toBeGreaterThan(0);
  await core.takeSnapshot();
  await completed(core);
  await extend(core, node.store, later.slice(3));
  const now = await everything(core);
  expect(now.join('')).toContain((told[0] as string).slice(1, -1));
  expect(await historyHeight(core)).toBe(head + 4);
  expect(progress.at(-1)).toMatchObject({ height: head + 3, isComplete: true });
  // The same as a replica that never lost it.
  await core.close();
  const never = await replicaOf(node);
  expect(await everything(never)).toEqual(now);
});

test('a stop while the history is built costs what was not built yet, and no more', async () => {
  const node = await copied();
  rmSync(node.history, { recursive: true });
  const first = await replicaOf(node, beside());
  await expect.poll(() => first.historyLag, { interval: 2 }).toBeLessThan(head);
  await first.close();
  const progress: HistoryProgress[] = [];
  const second = await replicaOf(node, beside(progress));
  expect(progress[0]?.reason).toMatch(/^it ends at block [1-9]/);
  await completed(second);
  expect(await everything(second)).toEqual(told);
});

test('a history that was damaged after a close in order is found when it is opened', async () => {
  const node = await copied();
  const file = join(node.history, 'data.mdb');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 2 * bytes.readUInt32LE(48));
  writeFileSync(file, bytes);
  const progress: HistoryProgress[] = [];
  const core = await replicaOf(node, beside(progress));
  expect(progress[0]?.reason).toContain('it was damaged');
  await completed(core);
  expect(await everything(core)).toEqual(told);
});

test('channels begin without what only the history knows, and have it when it is complete', async () => {
  const node = await copied();
  const whole = await replicaOf(node);
  const of = (core: ReplicaCore, channel: string, key: string) =>
    JSON.parse(core.snapshotOf(channel, key).text);
  const candle = of(whole, 'candles', 'BTC-PERP/1d');
  const latest = of(whole, 'trades', 'BTC-PERP') as TradesUpdate;
  expect(latest.trades).toHaveLength(100);
  await whole.close();
  rmSync(node.history, { recursive: true });
  const core = await replicaOf(node, beside());
  core.watch('account', '1', true);
  core.watch('candles', 'BTC-PERP/1m', true);
  expect(() => of(core, 'candles', 'BTC-PERP/1d')).toThrow('built again');
  expect(of(core, 'trades', 'BTC-PERP').trades).toEqual([]);
  await completed(core);
  expect(of(core, 'candles', 'BTC-PERP/1d')).toEqual(candle);
  expect(of(core, 'trades', 'BTC-PERP')).toEqual(latest);
  const messages = await extend(core, node.store, later.slice(0, 1));
  expect(messages.map(({ channel }) => channel)).toEqual(
    expect.arrayContaining(['account', 'candles', 'trades', 'book', 'blocks']),
  );
});

test('a history that little is missing of is completed before the replica answers', async () => {
  const node = await copied();
  rmSync(node.history, { recursive: true });
  const core = await replicaOf(node, { rebuildBlocksMin: head + 1 });
  expect(await historyHeight(core)).toBe(head);
  expect(await everything(core)).toEqual(told);
});

test('an old block that cannot be read leaves the history behind, and the replica up', async () => {
  const node = await copied();
  rmSync(node.history, { recursive: true });
  const warnings: Error[] = [];
  const { store } = node;
  const damaged = new Proxy(store, {
    get: (target, name) => {
      if (name === 'read')
        return (height: number) => (height === 5 ? undefined : store.read(height));
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const core = await replicaOf(
    { store: damaged },
    { ...beside(), onWarning: (error) => warnings.push(error) },
  );
  await expect.poll(() => warnings.length).toBe(1);
  expect(warnings[0]).toMatchObject({ code: 'STORE_BLOCKS_MISSING' });
  expect(core.historyLag).toBe(head - 4);
  await asking(core, 'account', { account: '1' });
  await core.close();
  expect(existsSync(join(node.history, 'data.mdb'))).toBe(true);
});

test('the machine that built the history is let go when that is complete', async () => {
  const node = await copied();
  rmSync(node.history, { recursive: true });
  const machines: WeakRef<Machine>[] = [];
  const core = await replicaOf(node, {
    ...beside(),
    recover: (store, options) => {
      const recovered = recover(store, options);
      machines.push(new WeakRef(recovered.machine));
      return recovered;
    },
  });
  expect(machines).toHaveLength(2);
  await completed(core);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const isGone = () => {
    collect();
    return machines[0]?.deref() === undefined;
  };
  await expect.poll(isGone, { interval: 50 }).toBe(true);
  expect(machines[1]?.deref()).toBeDefined();
});
