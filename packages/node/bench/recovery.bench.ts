// How long a node is away: open the store, read and restore the newest snapshot, replay the blocks
// behind it, compute the last root that was due. The store is made first (or found where
// BENCH_STORE says, and left there), recovery is measured in a process of its own, so that neither
// heap nor compiled code is warm. Seconds on the wall, and of processor time (all threads), which
// others on the same cores do not lengthen.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hex, limitsFor, restore, rootNow } from '@plimsoll/core/machine';
import { hashPairsNative } from '../src/hashing.ts';
import { openStore, readRecord, recover, replayRecord } from '../src/store/index.ts';
import { makeLoad } from './recoveryLoad.ts';

const accounts = Number(process.env.BENCH_ACCOUNTS ?? 20_000);
const commands = Number(process.env.BENCH_COMMANDS ?? 20_000);
const commandsPerBlock = Number(process.env.BENCH_BLOCK ?? 500);
const [mode, given] = process.argv.slice(2);

interface Moment {
  readonly wallMs: number;
  readonly cpu: NodeJS.CpuUsage;
}

const now = (): Moment => ({ wallMs: performance.now(), cpu: process.cpuUsage() });

/** Seconds on the wall and of processor time since then: "2.60 (2.41)". */
function since({ wallMs, cpu }: Moment): string {
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - wallMs) / 1000;
  return `${wall.toFixed(2)} (${((user + system) / 1e6).toFixed(2)})`;
}

if (mode === 'whole') await measureWhole(given as string);
else if (mode === 'parts') await measureParts(given as string);
else await main();

async function main(): Promise<void> {
  const kept = process.env.BENCH_STORE;
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'plimsoll-recovery-'));
  try {
    if (!existsSync(join(directory, 'data'))) await make(join(directory, 'data'));
    for (const part of ['parts', 'whole']) {
      const file = fileURLToPath(import.meta.url);
      const ran = spawnSync(process.execPath, [file, part, join(directory, 'data')], {
        stdio: 'inherit',
      });
      if (ran.status !== 0) throw new Error(`recovery failed: ${ran.signal ?? ran.status}`);
    }
    if (process.env.BENCH_ACCOUNTS === undefined) {
      console.log('in full: BENCH_ACCOUNTS=1000000 BENCH_COMMANDS=1000000 npm run bench recovery');
    }
  } finally {
    if (kept === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

async function make(directory: string): Promise<void> {
  const start = now();
  const made = await makeLoad(directory, { accounts, commands, commandsPerBlock });
  console.log(
    `${accounts} accounts with 4 positions, ${commands} commands in ${made.blocks} blocks, ` +
      `${made.roots} roots due, ${made.refused} refusals; snapshot ` +
      `${(made.snapshotBytes / 1e6).toFixed(0)} MB, blocks ${(made.recordBytes / 1e6).toFixed(0)} ` +
      `MB; made in ${since(start)} s`,
  );
  if (made.refused > commands / 10) throw new Error('more than a tenth was refused');
}

/** What a node does. */
async function measureWhole(directory: string): Promise<void> {
  const start = now();
  const store = await openStore({ directory });
  const openSeconds = since(start);
  const { machine, blocksReplayed } = recover(store, { hashPairs: hashPairsNative });
  const wholeSeconds = since(start);
  await store.close();
  console.table([
    {
      openSeconds,
      wholeSeconds,
      blocksReplayed,
      accounts: machine.state.machine.accountCount.get(0),
      residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
      root: hex(rootNow(machine).root).slice(0, 16),
    },
  ]);
}

/** The same by parts. */
async function measureParts(directory: string): Promise<void> {
  const store = await openStore({ directory });
  const height = store.snapshots()[0] as number;
  const readStart = now();
  const bytes = store.readSnapshot(height);
  const readSeconds = since(readStart);
  const restoreStart = now();
  const machine = restore(bytes, limitsFor(store.network.capacity), { hashPairs: hashPairsNative });
  const restoreSeconds = since(restoreStart);
  const replayStart = now();
  let decodeMs = 0;
  for (let next = height + 1; next <= store.head; next++) {
    const readMs = performance.now();
    const record = readRecord(store, next);
    decodeMs += performance.now() - readMs;
    replayRecord(machine, record, { roots: 'later' });
  }
  const replaySeconds = since(replayStart);
  const rootStart = now();
  rootNow(machine);
  const rootSeconds = since(rootStart);
  await store.close();
  const decodeSeconds = (decodeMs / 1000).toFixed(2);
  console.table([{ readSeconds, restoreSeconds, replaySeconds, decodeSeconds, rootSeconds }]);
}
