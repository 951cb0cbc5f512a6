// How long a node is away: open the store, read and restore the newest snapshot, check its root,
// read and replay the blocks behind it with every due root. The store is made first, recovery is
// measured in a process of its own, so that neither heap nor compiled code is warm.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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

const seconds = (sinceMs: number): number => Math.round(performance.now() - sinceMs) / 1000;

if (mode === 'whole') await measureWhole(given as string);
else if (mode === 'parts') await measureParts(given as string);
else await main();

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'plimsoll-recovery-'));
  try {
    const startMs = performance.now();
    const made = await makeLoad(join(directory, 'data'), { accounts, commands, commandsPerBlock });
    console.log(
      `${accounts} accounts with 4 positions, ${commands} commands in ${made.blocks} blocks, ` +
        `${made.roots} roots due, ${made.refused} refusals; snapshot ` +
        `${(made.snapshotBytes / 1e6).toFixed(0)} MB, blocks ${(made.recordBytes / 1e6).toFixed(0)} ` +
        `MB; made in ${seconds(startMs)} s`,
    );
    if (made.refused > commands / 10) throw new Error('more than a tenth was refused');
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
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a node does. */
async function measureWhole(directory: string): Promise<void> {
  const startMs = performance.now();
  const store = await openStore({ directory });
  const openSeconds = seconds(startMs);
  const { machine, blocksReplayed } = recover(store, { hashPairs: hashPairsNative });
  const wholeSeconds = seconds(startMs);
  await store.close();
  console.table([
    {
      openSeconds,
      wholeSeconds,
      blocksReplayed,
      accounts: machine.state.machine.accountCount.get(0),
      residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
      chain: hex(rootNow(machine).root).slice(0, 16),
    },
  ]);
}

/** The same by parts. */
async function measureParts(directory: string): Promise<void> {
  const store = await openStore({ directory });
  const height = store.snapshots()[0] as number;
  let startMs = performance.now();
  const bytes = store.readSnapshot(height);
  const readSeconds = seconds(startMs);
  startMs = performance.now();
  const machine = restore(bytes, limitsFor(store.network.capacity), { hashPairs: hashPairsNative });
  const restoreSeconds = seconds(startMs);
  startMs = performance.now();
  rootNow(machine);
  const rootSeconds = seconds(startMs);
  let decodeMs = 0;
  let replayMs = 0;
  for (let next = height + 1; next <= store.head; next++) {
    const readMs = performance.now();
    const record = readRecord(store, next);
    const readyMs = performance.now();
    replayRecord(machine, record);
    decodeMs += readyMs - readMs;
    replayMs += performance.now() - readyMs;
  }
  await store.close();
  console.table([
    {
      readSeconds,
      restoreSeconds,
      rootSeconds,
      decodeSeconds: Math.round(decodeMs) / 1000,
      replaySeconds: Math.round(replayMs) / 1000,
    },
  ]);
}
