import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { chainHashOf, hex, rootNow } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import {
  decodeRecord,
  encodeRecord,
  MissingBlocksError,
  openStore,
  RecoveryMismatchError,
  recover,
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

test('a stored outcome that the machine does not come to is refused, naming the block', async () => {
  const cases = [
    { name: 'the chained hash', part: 'chainHash' },
    { name: 'the root', part: 'root' },
    { name: 'the result of command 1', part: 'results' },
  ] as const;
  for (const { name, part } of cases) {
    const { directory } = await storedChain();
    let height = 42;
    for (
      ;
      part === 'root' && decodeRecord(await blockBytes(directory, height)).root === undefined;
    ) {
      height += 1;
    }
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
