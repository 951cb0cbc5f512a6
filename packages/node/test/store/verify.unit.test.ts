import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hex, rootNow } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import { decodeRecord, encodeRecord, openStore, verifyStore } from '../../src/store/index.ts';
import { Chain, type MadeBlock, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const options = { hashPairs: hashPairsNative, signatures: true };
const chain = new Chain({ isSigned: true });
const opening = chain.open();
const early = Array.from({ length: 9 }, () => chain.trade());
const snapshotBytes = chain.snapshot();
const blocks = [...opening, ...early, ...Array.from({ length: 10 }, () => chain.trade())];
const root = hex(rootNow(chain.machine).root);

/** 25 signed blocks and a snapshot at 15; some may be changed. */
async function storedWith(change: (block: MadeBlock) => Uint8Array): Promise<string> {
  const directory = temporaryDirectory();
  const opened = await openStore({ directory, network: chain.network });
  await store(
    opened,
    blocks.map((block) => ({ ...block, record: change(block) })),
  );
  opened.writeSnapshot(15, snapshotBytes);
  await opened.close();
  return directory;
}

const unchanged = ({ record }: MadeBlock): Uint8Array => record;

test('a sound store is opened and replayed whole, every signature included', async () => {
  const directory = await storedWith(unchanged);
  const seen: number[] = [];
  const report = await verifyStore(directory, { ...options, onProgress: (h) => seen.push(h) });
  const commands = blocks.reduce((sum, { record }) => sum + commandsOf(record), 0);
  expect(report).toMatchObject({
    network: 'test',
    head: 25,
    blocksRead: 25,
    blocksReplayed: 25,
    commands,
    root,
    snapshots: [{ height: 15, isCompared: true }],
    problems: [],
  });
  expect(report.signaturesOpened).toBe(commands + report.observations);
  expect(report.rootsCompared).toBeGreaterThan(5);
  expect(seen.at(-1)).toBe(25);
});

function commandsOf(record: Uint8Array): number {
  return decodeRecord(record).block.commands.length;
}

test('every damaged part is named, and what lies behind it is looked at too', async () => {
  const directory = await storedWith(({ height, record }) => {
    if (height !== 9 && height !== 20) return record;
    const changed = Buffer.from(record);
    changed[changed.length - 3] = (changed[changed.length - 3] as number) ^ 1;
    return changed;
  });
  truncateSync(join(directory, 'snapshots', '15.snapshot'), 500);
  const report = await verifyStore(directory, options);
  expect(report).toMatchObject({ blocksRead: 23, blocksReplayed: 8, snapshots: [] });
  expect(report.problems.map(({ height, part }) => [height, part])).toEqual([
    [9, 'block'],
    [15, 'snapshot'],
    [20, 'block'],
  ]);
});

test('an outcome with a valid checksum that the machine does not come to is named', async () => {
  const directory = await storedWith(({ height, record }) =>
    height === 12
      ? encodeRecord({ ...decodeRecord(record), chainHash: new Uint8Array(32) })
      : record,
  );
  const { problems, blocksReplayed, snapshots } = await verifyStore(directory, options);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ height: 12, part: 'replay' });
  expect(problems[0]?.message).toMatch(/the chained hash differs/);
  expect([blocksReplayed, snapshots]).toEqual([11, [{ height: 15, isCompared: false }]]);
});

test('a snapshot under the name of another height is named', async () => {
  const directory = await storedWith(unchanged);
  writeFileSync(join(directory, 'snapshots', '16.snapshot'), snapshotBytes);
  const { problems, snapshots } = await verifyStore(directory, options);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ height: 16, part: 'snapshot' });
  expect(problems[0]?.message).toMatch(/its height is not that of its name/);
  expect(snapshots).toEqual([{ height: 15, isCompared: true }]);
});

test('blocks that a snapshot has seen and that are gone are named', async () => {
  const directory = await storedWith(unchanged);
  const opened = await openStore({ directory });
  opened.writeSnapshot(26, snapshotBytes);
  await opened.close();
  const { problems } = await verifyStore(directory, options);
  expect(problems.map(({ height, part }) => [height, part])).toEqual([[26, 'block']]);
  expect(problems[0]?.message).toMatch(/acknowledged are gone/);
});

test('a store is verified beside the process that goes on writing to it', async () => {
  const directory = temporaryDirectory();
  const writing = new Chain({ isSigned: true });
  const writer = await openStore({ directory, network: writing.network, snapshotsKept: 2 });
  await store(writer, writing.open());
  let isDone = false;
  const appended = (async () => {
    while (!isDone) {
      await store(writer, [writing.trade()]);
      if (writing.height % 7 === 0) writer.writeSnapshot(writing.height, writing.snapshot());
    }
  })();
  for (let i = 0; i < 5; i++) {
    const { problems, head, blocksReplayed } = await verifyStore(directory, options);
    expect([problems, blocksReplayed]).toEqual([[], head]);
  }
  isDone = true;
  await appended;
  await writer.close();
});

test('a signature of another, of nobody, or over something else is named', async () => {
  const swapped = (record: Uint8Array): Uint8Array => {
    const read = decodeRecord(record);
    const signatures = Buffer.from(read.signatures);
    const first = Buffer.from(signatures.subarray(0, 65));
    signatures.copy(signatures, 0, 65, 130);
    first.copy(signatures, 65);
    return encodeRecord({ ...read, signatures });
  };
  const broken = (record: Uint8Array): Uint8Array => {
    const read = decodeRecord(record);
    return encodeRecord({ ...read, signatures: Buffer.from(read.signatures).fill(255, 32, 64) });
  };
  const renamed = (record: Uint8Array): Uint8Array => {
    const read = decodeRecord(record);
    return encodeRecord({ ...read, digests: Buffer.from(read.digests).fill(1, 0, 32) });
  };
  const directory = await storedWith(({ height, record }) =>
    height === 8
      ? swapped(record)
      : height === 9
        ? broken(record)
        : height === 10
          ? renamed(record)
          : record,
  );
  const { problems } = await verifyStore(directory, options);
  expect(problems.map(({ height, part }) => [height, part])).toEqual([
    [8, 'signatures'],
    [8, 'signatures'],
    [9, 'signatures'],
    [10, 'signatures'],
  ]);
  expect(problems[0]?.message).toMatch(/command 0: signed by 0x[0-9a-f]{40}, stored as of 0x/);
  expect(problems[2]?.message).toMatch(/command 0: /);
  expect(problems[3]?.message).toMatch(/command 0: its digest is 0x/);
  const unopened = await verifyStore(directory, { ...options, signatures: false });
  expect([unopened.problems, unopened.signaturesOpened]).toEqual([[], 0]);
});
