import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, rootNow } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import {
  backupStore,
  DamagedRecordError,
  DirectoryNotEmptyError,
  openStore,
  recover,
  restoreStore,
  StoreMissingError,
  StoreUnwritableError,
} from '../../src/store/index.ts';
import { Chain, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const options = { hashPairs: hashPairsNative };

test('a backup is of one moment while the node goes on appending', async () => {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const writer = await openStore({ directory, network: chain.network });
  await store(writer, chain.open());
  let isDone = false;
  const writing = (async () => {
    for (let i = 0; !isDone || i < 200; i++) {
      await store(writer, [chain.trade()]);
      if (i % 20 === 0) writer.writeSnapshot(chain.height, chain.snapshot());
    }
  })();
  const heads: number[] = [];
  for (let i = 0; i < 5; i++) {
    const copy = join(temporaryDirectory(), 'copy');
    const report = await backupStore(directory, copy);
    heads.push(report.head);
    expect(report.snapshots.every((height) => height <= report.head)).toBe(true);
    const opened = await openStore({ directory: copy });
    expect(opened.head).toBe(report.head);
    const recovered = recover(opened, options);
    expect(recovered.skipped).toEqual([]);
    expect(recovered.machine.state.machine.height.get(0)).toBe(report.head);
    await opened.close();
  }
  isDone = true;
  await writing;
  expect(chain.height).toBeGreaterThan(heads.at(-1) as number);
  expect(heads).toEqual([...heads].sort((a, b) => a - b));
  await writer.close();
});

/** A closed store of 26 blocks with a snapshot at 20. */
async function source(): Promise<{ chain: Chain; directory: string }> {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const opened = await openStore({ directory, network: chain.network });
  await store(opened, chain.open());
  for (let i = 0; i < 20; i++) {
    await store(opened, [chain.trade()]);
    if (chain.height === 20) opened.writeSnapshot(20, chain.snapshot());
  }
  await opened.close();
  return { chain, directory };
}

test('a store restored from a backup comes back to the same root', async () => {
  const { chain, directory } = await source();
  const copy = join(temporaryDirectory(), 'copy');
  const restored = join(temporaryDirectory(), 'restored');
  expect(await backupStore(directory, copy)).toMatchObject({
    network: 'test',
    head: 26,
    snapshots: [20],
  });
  // An empty directory that exists is as good as none.
  mkdirSync(restored);
  expect(await restoreStore(copy, restored)).toMatchObject({ head: 26, snapshots: [20] });
  const opened = await openStore({ directory: restored, network: chain.network });
  const { machine } = recover(opened, options);
  expect(hex(rootNow(machine).root)).toBe(hex(rootNow(chain.machine).root));
  await store(opened, [chain.trade()]);
  expect(opened.head).toBe(27);
  await opened.close();
});

test('nothing is written over: a directory that is not empty is refused', async () => {
  const { directory } = await source();
  const full = temporaryDirectory();
  writeFileSync(join(full, 'mine'), 'x');
  await expect(backupStore(directory, full)).rejects.toThrow(DirectoryNotEmptyError);
  await expect(restoreStore(directory, full)).rejects.toThrow(/not empty; nothing is ever written/);
  await expect(restoreStore(directory, directory)).rejects.toThrow(DirectoryNotEmptyError);
  expect(readdirSync(full)).toEqual(['mine']);
});

test('where there is no store nothing is copied', async () => {
  const parent = temporaryDirectory();
  const copy = join(parent, 'copy');
  await expect(backupStore(join(parent, 'none'), copy)).rejects.toThrow(StoreMissingError);
  expect(readdirSync(parent)).toEqual([]);
});

test('a backup with a damaged block is not restored, and nothing of it stays', async () => {
  const { directory } = await source();
  const copy = join(temporaryDirectory(), 'copy');
  await backupStore(directory, copy);
  const opened = await openStore({ directory: copy, isReadOnly: true });
  const bytes = Buffer.from(opened.read(13) as Uint8Array);
  await opened.close();
  const path = join(copy, 'blocks', 'data.mdb');
  const file = readFileSync(path);
  const at = file.indexOf(bytes) + 100;
  file[at] = (file[at] as number) ^ 1;
  writeFileSync(path, file);
  const parent = temporaryDirectory();
  const failure = restoreStore(copy, join(parent, 'restored'));
  await expect(failure).rejects.toThrow(DamagedRecordError);
  await expect(failure).rejects.toThrow(/block 13 in .* is damaged/);
  expect(existsSync(join(parent, 'restored'))).toBe(false);
  expect(readdirSync(parent)).toEqual([]);
});

test.skipIf(!existsSync('/proc/self'))(
  'where no directory can be made, opening and copying a store end with a sentence',
  async () => {
    const { chain, directory } = await source();
    const to = '/proc/nowhere';
    const made = openStore({ directory: to, network: chain.network });
    await expect(made).rejects.toThrow(StoreUnwritableError);
    await expect(made).rejects.toThrow('nothing can be made in that place');
    for (const copy of [backupStore, restoreStore]) {
      await expect(copy(directory, to)).rejects.toThrow(/proc.*nothing can be made in that place/);
    }
  },
);
