import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { Chain, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const program = fileURLToPath(new URL('../fixtures/openDamaged.mjs', import.meta.url));
const CASES = Number(process.env.DAMAGE_CASES ?? 80);
const BLOCKS = 60;
const PAGE_BYTES = 4096;
/** Of a first page, what is not empty. */
const HEAD_BYTES = 168;

/** Uniform in [0, 1), the same on every run. */
function seeded(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return ((x ^ (x >>> 13)) >>> 0) / 4_294_967_296;
  };
}

async function soundStore(): Promise<string> {
  const directory = temporaryDirectory();
  const chain = new Chain();
  const opened = await openStore({ directory, network: chain.network });
  await store(opened, chain.open());
  while (chain.height < BLOCKS) {
    await store(opened, [chain.trade()]);
    if (chain.height % 20 === 0) opened.writeSnapshot(chain.height, chain.snapshot());
  }
  await opened.close();
  return directory;
}

interface Outcome {
  readonly directory: string;
  /** Where the machine came back. */
  readonly height?: number;
  readonly problems?: number;
  readonly refused?: string;
}

test('no torn or flipped byte ends the process without a word, or brings another machine back', async () => {
  const sound = await soundStore();
  const folder = temporaryDirectory();
  const random = seeded(11);
  const directories = Array.from({ length: CASES }, (_, i) => {
    const directory = copyOf(sound, join(folder, String(i)));
    damage(join(directory, 'blocks', 'data.mdb'), random);
    return directory;
  });
  const counted = outcomesOf(directories);
  for (const kind of ['STORE_DAMAGED', 'found by verify', 'unharmed']) {
    expect(counted.get(kind) ?? 0, kind).toBeGreaterThan(0);
  }
});

test('no flipped bit of the first pages ends the process, or takes the last blocks away', async () => {
  const sound = await soundStore();
  // As after a crash: nothing but the database knows which block is the last.
  rmSync(join(sound, 'snapshots'), { recursive: true });
  const folder = temporaryDirectory();
  const random = seeded(12);
  const directories = Array.from({ length: CASES }, (_, i) => {
    const directory = copyOf(sound, join(folder, String(i)));
    const path = join(directory, 'blocks', 'data.mdb');
    const bytes = readFileSync(path);
    const at = (i % 2) * PAGE_BYTES + Math.floor(random() * HEAD_BYTES);
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
    writeFileSync(path, bytes);
    return directory;
  });
  const counted = outcomesOf(directories);
  for (const kind of ['STORE_DAMAGED', 'unharmed']) {
    expect(counted.get(kind) ?? 0, kind).toBeGreaterThan(0);
  }
});

function copyOf(sound: string, directory: string): string {
  cpSync(sound, directory, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  return directory;
}

/** How often what came of them: each was refused by name, or came back whole. */
function outcomesOf(directories: readonly string[]): ReadonlyMap<string, number> {
  const ran = spawnSync(process.execPath, [program, ...directories], { encoding: 'utf8' });
  const outcomes = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
  // Whoever died said nothing any more.
  expect([ran.signal, ran.status, outcomes.length]).toEqual([null, 0, directories.length]);
  const counted = new Map<string, number>();
  for (const { refused, height, problems } of outcomes) {
    // The last block is no record: it was appended to see that writing does not end it either.
    const kind = refused ?? (problems === 1 ? 'unharmed' : 'found by verify');
    counted.set(kind, (counted.get(kind) ?? 0) + 1);
    // Refused by name, or what came back is what was stored.
    if (refused === undefined) expect(height).toBe(BLOCKS);
    else expect(refused).toMatch(/^(STORE|RECORD)_[A-Z_]+$/);
  }
  console.log(Object.fromEntries(counted));
  return counted;
}

/** A flipped bit, some zeroed bytes, a page of another place, or a file cut short. */
function damage(path: string, random: () => number): void {
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.6) bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
  else if (kind < 0.8) bytes.fill(0, at, at + 512);
  else if (kind < 0.9) {
    const from = Math.floor((random() * bytes.length) / 4096) * 4096;
    bytes.copy(bytes, Math.floor(at / 4096) * 4096, from, from + 4096);
  }
  writeFileSync(path, bytes);
  if (kind >= 0.9) truncateSync(path, at);
}
