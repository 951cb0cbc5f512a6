import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PAGE_RULES } from '../../src/store/blockDatabase.ts';
import { backupStore, openStore } from '../../src/store/index.ts';
import { pageProblem } from '../../src/store/pages.ts';
import { Chain, networkFile, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const network = networkFile();
const PAGE_BYTES = 4_096;
const problemOf = (path: string) => pageProblem(path, PAGE_RULES);
const record = (height: number): Uint8Array =>
  new Uint8Array(300 + ((height * 997) % 9_000)).fill(height);
const fileOf = (directory: string): string => join(directory, 'blocks', 'data.mdb');

/** A store of a number of blocks, each its own commit. */
async function storeOf(blocks: number): Promise<string> {
  const directory = temporaryDirectory();
  const opened = await openStore({ directory, network });
  for (let height = 1; height <= blocks; height++) await opened.append(height, record(height));
  await opened.close();
  return directory;
}

/** A copy of a file in which one bit after the other is flipped, and back. */
function flipping(path: string, sound: Buffer) {
  writeFileSync(path, sound);
  const file = openSync(path, 'r+');
  const put = (place: number, byte: number) => writeSync(file, Buffer.of(byte), 0, 1, place);
  return {
    problemWith: (place: number, bit: number) => {
      const byte = sound[place] as number;
      put(place, byte ^ (1 << bit));
      const problem = problemOf(path);
      put(place, byte);
      return problem;
    },
    close: () => closeSync(file),
  };
}

/** Places in a first page that decide what is read, with how many of their bits do. */
const EVERY: readonly [what: string, at: number, bits: number][] = [
  ['number of the page', 0, 64],
  ['magic', 24, 32],
  ['version', 28, 32],
  ['address', 32, 64],
  ['bytes of a page', 48, 32],
  ['flags of the free pages', 52, 16],
  ['flags of the tables', 100, 16],
  ['number of the commit', 152, 64],
];
const NEWER: typeof EVERY = [
  ['levels of the tables', 102, 16],
  ['number of tables', 128, 64],
  ['root of the tables', 136, 64],
];

test('every flipped bit that says which commit is the last, or where it is, is found', async () => {
  // The newer of the two first pages is the one, then the other.
  for (const blocks of [41, 42]) {
    const directory = await storeOf(blocks);
    const sound = readFileSync(fileOf(directory));
    const commits = [0, 1].map((page) => sound.readBigUInt64LE(page * PAGE_BYTES + 152));
    const newer = (commits[0] as bigint) > (commits[1] as bigint) ? 0 : 1;
    const { problemWith, close } = flipping(join(directory, 'flipped'), sound);
    for (const page of [0, 1]) {
      for (const [what, at, bits] of page === newer ? [...EVERY, ...NEWER] : EVERY) {
        for (let bit = 0; bit < bits; bit++) {
          const problem = problemWith(page * PAGE_BYTES + at + (bit >> 3), bit & 7);
          expect(problem, `page ${page}, ${what}, bit ${bit}`).toBeDefined();
        }
      }
    }
    close();
  }
});

test('a last page that would have living ones written over, or lies far outside, is found', async () => {
  const directory = await storeOf(40);
  const sound = readFileSync(fileOf(directory));
  const newer = sound.readBigUInt64LE(152) > sound.readBigUInt64LE(PAGE_BYTES + 152) ? 0 : 1;
  const at = newer * PAGE_BYTES + 144;
  const last = sound.readBigUInt64LE(at);
  for (const wrong of [0n, 1n, last - 1n, last >> 1n, last + 5_000n, 1n << 32n, 1n << 63n]) {
    const bytes = Buffer.from(sound);
    bytes.writeBigUInt64LE(wrong, at);
    writeFileSync(fileOf(directory), bytes);
    expect(problemOf(fileOf(directory)), `${wrong} for ${last}`).toBeDefined();
  }
});

test('every flipped bit of the page with the tables is found', async () => {
  const directory = await storeOf(60);
  const sound = readFileSync(fileOf(directory));
  const newer = sound.readBigUInt64LE(152) > sound.readBigUInt64LE(PAGE_BYTES + 152) ? 0 : 1;
  const at = Number(sound.readBigUInt64LE(newer * PAGE_BYTES + 136)) * PAGE_BYTES;
  const [lower, upper] = [sound.readUInt16LE(at + 20), sound.readUInt16LE(at + 22)];
  const { problemWith, close } = flipping(join(directory, 'flipped'), sound);
  const missed: string[] = [];
  for (let place = 0; place < PAGE_BYTES; place++) {
    // Nothing is between the pointers and the entries; 16 and 17 are not used.
    if (place === 16 || place === 17 || (place >= 24 + lower && place < 24 + upper)) continue;
    for (let bit = 0; bit < 8; bit++) {
      if (problemWith(at + place, bit) === undefined) missed.push(`${place}.${bit}`);
    }
  }
  close();
  // The marks that LMDB sets in memory, and the byte behind each name that makes it even.
  expect(missed.slice(0, 4)).toEqual(['19.4', '19.5', '19.6', '19.7']);
  expect(missed.slice(4).map((each) => each.split('.')[1])).toEqual([...'0123456701234567']);
});

test('a table under another name is found, and none is made in its place', async () => {
  for (const [name, other] of [
    ['blocks', 'blocky'],
    ['meta', 'mete'],
  ] as const) {
    const directory = await storeOf(12);
    const bytes = readFileSync(fileOf(directory));
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
      bytes.write(other, at);
    }
    writeFileSync(fileOf(directory), bytes);
    for (const isReadOnly of [false, true]) {
      const opened = openStore({ directory, network, isReadOnly });
      await expect(opened).rejects.toThrow(`cannot be opened: it has a table "${other}"`);
    }
    expect(readFileSync(fileOf(directory)).equals(bytes)).toBe(true);
  }
});

test('nothing is found after any commit, in a copy, and after the first commits of a copy', async () => {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const opened = await openStore({ directory, network: chain.network });
  expect(problemOf(fileOf(directory))).toBeUndefined();
  for (const block of [...chain.open(), ...Array.from({ length: 100 }, () => chain.trade())]) {
    await store(opened, [block]);
    expect(problemOf(fileOf(directory)), `after block ${block.height}`).toBeUndefined();
  }
  await opened.close();
  const copy = join(temporaryDirectory(), 'copy');
  await backupStore(directory, copy);
  expect(problemOf(fileOf(copy))).toBeUndefined();
  const restored = await openStore({ directory: copy });
  for (let i = 0; i < 4; i++) {
    await store(restored, [chain.trade()]);
    expect(problemOf(fileOf(copy)), `after block ${chain.height}`).toBeUndefined();
  }
  await restored.close();
});
