import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { chainHashOf, createMachine, hex, rootNow, snapshot } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import { genesisOf } from '../../src/network.ts';
import {
  decodeRecord,
  encodeRecord,
  MissingBlocksError,
  openStore,
  RecoveryMismatchError,
  readRecord,
  recover,
  replayRecord,
} from '../../src/store/index.ts';
import { Chain, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const options = { hashPairs: hashPairsNative };

/** 46 blocks; snapshots at 20, 30 and 40; closed again. */
async function storedChain(): Promise<{ chain: Chain; directory: string }> {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const opened = await openStore({ directory, network: chain.network });
  await store(opened, chain.open());
  for (let i = 0; i < 40; i++) {
    await store(opened, [chain.trade()]);
    if ([20, 30, 40].includes(chain.height)) opened.writeSnapshot(chain.height, chain.snapshot());
  }
  await opened.close();
  return { chain, directory };
}

async function recovered(directory: string, atMost?: number) {
  const opened = await openStore({ directory });
  try {
    return recover(opened, atMost === undefined ? options : { ...options, atMost });
  } finally {
    await opened.close();
  }
}

test('a machine comes back from the newest snapshot and the blocks after it', async () => {
  const { chain, directory } = await storedChain();
  const { machine, snapshotHeight, blocksReplayed, skipped } = await recovered(directory);
  expect({ snapshotHeight, blocksReplayed, skipped }).toEqual({
    snapshotHeight: 40,
    blocksReplayed: 6,
    skipped: [],
  });
  expect(hex(rootNow(machine).root)).toBe(hex(rootNow(chain.machine).root));
  expect(hex(chainHashOf(machine))).toBe(hex(chainHashOf(chain.machine)));
});

test('a machine comes back as it was after any block', async () => {
  const { directory } = await storedChain();
  const early = await recovered(directory, 25);
  expect(early.machine.state.machine.height.get(0)).toBe(25);
  expect(early.snapshotHeight).toBe(20);
  expect((await recovered(directory, 3)).snapshotHeight).toBe(0);
});

test('a damaged newest snapshot is passed over for the one before, and named', async () => {
  for (const damage of ['flip', 'cut', 'grow', 'rename', 'empty'] as const) {
    const { chain, directory } = await storedChain();
    const path = join(directory, 'snapshots', '40.snapshot');
    if (damage === 'flip') {
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
      writeFileSync(path, bytes);
    } else if (damage === 'cut') truncateSync(path, 5_000);
    else if (damage === 'grow') appendFileSync(path, 'x');
    else if (damage === 'rename') writeFileSync(path, readFileSync(path.replace('40', '30')));
    else writeFileSync(path, '');
    const { machine, snapshotHeight, skipped } = await recovered(directory);
    expect(snapshotHeight).toBe(30);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]?.height).toBe(40);
    expect(skipped[0]?.reason).toMatch(/snapshot (cannot be restored|does not belong here): /);
    expect(hex(rootNow(machine).root)).toBe(hex(rootNow(chain.machine).root));
  }
});

test('without a good snapshot the machine comes back from the genesis', async () => {
  const { chain, directory } = await storedChain();
  for (const height of [20, 30, 40]) {
    truncateSync(join(directory, 'snapshots', `${height}.snapshot`), 100);
  }
  const { machine, snapshotHeight, blocksReplayed, skipped } = await recovered(directory);
  expect([snapshotHeight, blocksReplayed]).toEqual([0, 46]);
  expect(skipped.map(({ height }) => height)).toEqual([40, 30, 20]);
  expect(hex(rootNow(machine).root)).toBe(hex(rootNow(chain.machine).root));
});

/** Changes the bytes of one stored block under the eyes of nobody. */
function changeBlock(directory: string, stored: Uint8Array, changed: Uint8Array): void {
  const path = join(directory, 'blocks', 'data.mdb');
  const file = readFileSync(path);
  let count = 0;
  for (let at = file.indexOf(stored); at >= 0; at = file.indexOf(stored, at + 1)) {
    file.set(changed, at);
    count += 1;
  }
  expect(count).toBeGreaterThan(0);
  writeFileSync(path, file);
}

async function blockBytes(directory: string, height: number): Promise<Buffer> {
  const opened = await openStore({ directory, isReadOnly: true });
  const bytes = Buffer.from(opened.read(height) as Uint8Array);
  await opened.close();
  return bytes;
}

test('a flipped byte in a stored block is refused with its height and what to do', async () => {
  const { directory } = await storedChain();
  const stored = await blockBytes(directory, 44);
  const changed = Buffer.from(stored);
  changed[200] = (changed[200] as number) ^ 4;
  changeBlock(directory, stored, changed);
  await expect(recovered(directory)).rejects.toThrow(
    /block 44 in .* is damaged: .*do not match their checksum.*plimsoll restore/,
  );
  // What lies before the newest good snapshot is not read.
  const { directory: other } = await storedChain();
  const early = await blockBytes(other, 10);
  const cut = Buffer.from(early);
  cut.fill(0, 100);
  changeBlock(other, early, cut);
  expect((await recovered(other)).snapshotHeight).toBe(40);
});

/** The last block with a root. */
async function lastRoot(directory: string): Promise<number> {
  for (let height = 46; ; height--) {
    if (decodeRecord(await blockBytes(directory, height)).root !== undefined) return height;
  }
}

test('a stored outcome that the machine does not come to is refused, naming the block', async () => {
  const cases = [
    { name: 'the chained hash', part: 'chainHash' },
    { name: 'the root', part: 'root' },
    { name: 'the result of command 1', part: 'results' },
  ] as const;
  for (const { name, part } of cases) {
    const { directory } = await storedChain();
    const height = part === 'root' ? await lastRoot(directory) : 42;
    const stored = await blockBytes(directory, height);
    const record = decodeRecord(stored);
    const results = record.results.map((each, i) => (i === 1 ? { code: 0, actions: [603] } : each));
    const changed = encodeRecord(
      part === 'results'
        ? { ...record, results }
        : { ...record, [part]: new Uint8Array(32).fill(7) },
    );
    changeBlock(directory, stored, changed);
    const failure = await recovered(directory).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RecoveryMismatchError);
    expect((failure as RecoveryMismatchError).facts).toMatchObject({ height, differs: name });
  }
});

test('of two outcomes that differ the first is named, though the last one is found first', async () => {
  const { directory } = await storedChain();
  const last = await lastRoot(directory);
  const first = last - 3;
  for (const height of [last, first]) {
    const stored = await blockBytes(directory, height);
    const record = decodeRecord(stored);
    expect(record.root).toBeDefined();
    const changed = encodeRecord({ ...record, root: new Uint8Array(32).fill(height) });
    changeBlock(directory, stored, changed);
  }
  const failure = await recovered(directory).catch((error: unknown) => error);
  expect((failure as RecoveryMismatchError).facts).toMatchObject({
    height: first,
    differs: 'the root',
  });
});

test('a root that was dropped or made up is refused, whether it is the last or not', async () => {
  for (const back of [0, 1, 3]) {
    const { directory } = await storedChain();
    const height = (await lastRoot(directory)) - back;
    const stored = await blockBytes(directory, height);
    const record = decodeRecord(stored);
    const root = record.root === undefined ? new Uint8Array(32).fill(1) : undefined;
    const { block, digests, signatures, prices, results, observationCodes, refusals } = record;
    const rest = { block, digests, signatures, prices, results, observationCodes, refusals };
    const changed = Buffer.from(encodeRecord({ ...rest, chainHash: record.chainHash, root }));
    changeBlock(directory, stored, changed);
    const failure = await recovered(directory).catch((error: unknown) => error);
    expect((failure as RecoveryMismatchError).facts).toMatchObject({ height, differs: 'the root' });
  }
});

test('a snapshot of another state is passed over though its seal and its chain are good', async () => {
  const { chain, directory } = await storedChain();
  const last = await lastRoot(directory);
  // The height of the newest snapshot has a root or has none; blocks behind it or none.
  for (const height of [40, last]) {
    const opened = await openStore({ directory });
    const { machine } = recover(opened, { ...options, atMost: height });
    machine.state.accounts.quota.add(4, -1);
    opened.writeSnapshot(height, snapshot(machine));
    const hasRoot = decodeRecord(opened.read(height) as Uint8Array).root !== undefined;
    const outcome = ((): unknown => {
      try {
        return recover(opened, options);
      } catch (error) {
        return error;
      }
    })();
    if (hasRoot) {
      const { machine: found, skipped } = outcome as ReturnType<typeof recover>;
      expect(skipped[0]?.reason).toMatch(/its root is not that of the block/);
      expect(hex(rootNow(found).root)).toBe(hex(rootNow(chain.machine).root));
    } else {
      // As before, the first root behind it says so.
      expect(outcome).toBeInstanceOf(RecoveryMismatchError);
      expect((outcome as RecoveryMismatchError).facts).toMatchObject({ differs: 'the root' });
    }
    rmSync(join(directory, 'snapshots', `${height}.snapshot`));
    await opened.close();
  }
});

test('recovery to any height equals the machine that every root was computed of', async () => {
  const { chain, directory } = await storedChain();
  const opened = await openStore({ directory });
  const twin = createMachine(genesisOf(chain.network), options);
  for (let height = 1; height <= opened.head; height++) {
    replayRecord(twin, readRecord(opened, height));
    const { machine } = recover(opened, { ...options, atMost: height });
    expect(Buffer.compare(snapshot(machine), snapshot(twin))).toBe(0);
    expect(hex(rootNow(machine).root)).toBe(hex(rootNow(twin).root));
  }
  await opened.close();
});

test('a snapshot ahead of the last block says that acknowledged blocks are gone', async () => {
  const { chain, directory } = await storedChain();
  const opened = await openStore({ directory });
  opened.writeSnapshot(47, chain.snapshot());
  expect(() => recover(opened, options)).toThrow(MissingBlocksError);
  expect(() => recover(opened, options)).toThrow(/snapshot was made at 47, the last block is 46/);
  await opened.close();
  rmSync(join(directory, 'snapshots', '47.snapshot'));
  expect((await recovered(directory)).blocksReplayed).toBe(6);
  expect(existsSync(join(directory, 'snapshots', '20.snapshot'))).toBe(false);
});
