import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chainHashOf, hex } from '@plimsoll/core/machine';
import { expect, test } from 'vitest';
import { hashPairsNative } from '../../src/hashing.ts';
import { decodeRecord, openStore, recover } from '../../src/store/index.ts';
import { Chain, type MadeBlock, networkFile } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const program = fileURLToPath(new URL('../fixtures/appendBlocks.mjs', import.meta.url));
const network = networkFile();
const blocks = makeBlocks(1500);

function makeBlocks(count: number): MadeBlock[] {
  const chain = new Chain({ network });
  return [...chain.open(), ...Array.from({ length: count - 6 }, () => chain.trade())];
}

/** An empty store, and a file with the blocks that a process is to store in it. */
async function prepared(): Promise<{ directory: string; file: string }> {
  const directory = temporaryDirectory();
  const file = join(temporaryDirectory(), 'blocks');
  const lengths = blocks.map(({ record }) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(record.length);
    return length;
  });
  writeFileSync(
    file,
    Buffer.concat(blocks.flatMap(({ record }, i) => [lengths[i] as Buffer, record])),
  );
  await (await openStore({ directory, network })).close();
  return { directory, file };
}

type Line = Readonly<Record<string, string | number | boolean>>;

/** What a process said, line by line, until it ended. */
async function linesOf(child: ChildProcess, onLine?: (line: Line) => void): Promise<Line[]> {
  const said: Line[] = [];
  if (child.stdout === null) throw new Error('no output');
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as Line;
    said.push(line);
    onLine?.(line);
  }
  return said;
}

/** Every block that was acknowledged is stored as it was given, and the machine comes back. */
async function expectStored(directory: string, acknowledged: number): Promise<number> {
  const store = await openStore({ directory });
  const { head } = store;
  expect(head).toBeGreaterThanOrEqual(acknowledged);
  for (let height = 1; height <= head; height++) {
    const given = blocks[height - 1]?.record ?? new Uint8Array();
    expect(Buffer.from(store.read(height) ?? []).equals(given), `block ${height}`).toBe(true);
  }
  const { machine } = recover(store, { hashPairs: hashPairsNative });
  if (head > 0) {
    const last = decodeRecord(blocks[head - 1]?.record as Uint8Array);
    expect(hex(chainHashOf(machine))).toBe(hex(last.chainHash));
  }
  await store.close();
  return head;
}

const storedIn = (lines: readonly Line[]): number =>
  Math.max(0, ...lines.flatMap(({ stored }) => (typeof stored === 'number' ? [stored] : [])));

test('on a full disk the write fails clearly, and everything acknowledged is still there', async () => {
  const { directory, file } = await prepared();
  // Files of this process may not grow beyond 1 MiB: the write fails as on a full disk.
  const script = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, program, directory, file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = await linesOf(child);
  const acknowledged = storedIn(lines);
  expect(acknowledged).toBeGreaterThan(10);
  expect(acknowledged).toBeLessThan(blocks.length);
  const failure = lines.find(({ failed }) => failed !== undefined);
  expect(failure?.failed).toBe('STORE_WRITE_FAILED');
  expect(failure?.message).toMatch(/could not be written .*make room on the disk .*File too large/);
  expect(failure?.message).toContain(`up to block ${acknowledged}, is stored`);
  expect(lines.at(-1)).toEqual({ later: 'STORE_WRITE_FAILED' });
  expect(await expectStored(directory, acknowledged)).toBe(acknowledged);
  // With room again it goes on from there.
  const again = spawn(process.execPath, [program, directory, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect((await linesOf(again)).at(-1)).toEqual({ closed: true });
  expect(await expectStored(directory, blocks.length)).toBe(blocks.length);
});

test('a snapshot that does not fit on the disk leaves nothing behind, blocks go on', async () => {
  const { directory, file } = await prepared();
  const script = `trap '' XFSZ; ulimit -f 32768; exec "$0" "$@"`;
  const args = [process.execPath, program, directory, file, String(20 * 2 ** 20)];
  const child = spawn('sh', ['-c', script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = await linesOf(child);
  const failure = lines.find(({ snapshotFailed }) => snapshotFailed !== undefined);
  expect(failure?.message).toMatch(/a snapshot could not be written; make room .*EFBIG/);
  expect(readdirSync(join(directory, 'snapshots'))).toEqual([]);
  expect(await expectStored(directory, blocks.length)).toBe(blocks.length);
});

test('a process killed while it writes loses nothing that it acknowledged', async () => {
  const { directory, file } = await prepared();
  let head = 0;
  let kills = 0;
  for (let run = 1; run <= 12 && head < blocks.length; run++) {
    // It does not run away from a test that is slow to hear it.
    const child = spawn(process.execPath, [program, directory, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, LEAD_MAX: '50' },
    });
    child.stdin.on('error', () => {});
    const killAt = head + 37 * run;
    const exited = once(child, 'exit');
    const lines = await linesOf(child, ({ stored }) => {
      if (stored === killAt) child.kill('SIGKILL');
      else if (stored !== undefined) child.stdin.write('.');
    });
    await exited;
    if (child.signalCode === 'SIGKILL') kills += 1;
    expect(lines[0]).toEqual({ opened: head });
    head = await expectStored(directory, storedIn(lines));
  }
  expect(kills).toBeGreaterThan(5);
});
