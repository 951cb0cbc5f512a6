import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plimsoll } from './plimsoll.ts';
import { makeSmallStore } from './smallStore.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-stores-'));
const data = join(folder, 'data');
const copy = join(folder, 'copy');
const restored = join(folder, 'restored');
let digest = '';

beforeAll(async () => {
  digest = await makeSmallStore(data, 20);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('backup, restore and verify bring a store from one place to another whole', () => {
  const backup = plimsoll(['backup', data, copy]);
  expect(backup.stdout).toMatch(/^backed up network small to .*copy: 20 blocks and 1 snapshots, /);
  expect(backup.status).toBe(0);
  const restore = plimsoll(['restore', copy, restored, '--json']);
  expect(JSON.parse(restore.stdout)).toMatchObject({ network: 'small', head: 20, snapshots: [10] });
  const verify = plimsoll(['verify', restored, '--signatures', '--quiet']);
  expect(verify.stdout).toMatch(/20 blocks applied again, 20 state roots compared/);
  expect(verify.stdout).toMatch(/1 snapshots restored, 1 compared with the replay/);
  expect(verify.stdout).toMatch(/20 signatures opened again/);
  expect(verify.stdout).toMatch(/everything is as it was written/);
  expect(verify.stderr).toBe('');
  expect(verify.status).toBe(0);
});

test('nothing is written over, and where there is no store it ends with 3', () => {
  const over = plimsoll(['restore', data, data]);
  expect([over.status, over.stderr]).toEqual([2, expect.stringMatching(/is not empty; nothing/)]);
  for (const verb of [
    ['backup', folder, copy.concat('2')],
    ['verify', folder],
    ['inspect', folder],
  ]) {
    const none = plimsoll(verb);
    expect(none.stderr).toMatch(/^plimsoll: there is no store in /);
    expect(none.status).toBe(3);
  }
});

test('inspect shows the store, a block, a command and an account', () => {
  const shown = (...args: string[]): string => {
    const { status, stdout } = plimsoll(['inspect', data, ...args, '--quiet']);
    expect(status).toBe(0);
    return stdout;
  };
  expect(shown()).toMatch(/blocks +1 to 20\n/);
  expect(shown('block', '12')).toMatch(
    /^block 12 at [\s\S]*amount 12000 USDC[\s\S]*action 1: accepted/,
  );
  expect(shown('command', digest)).toBe(shown('command', '20.0'));
  expect(shown('account', '7', '--height', '9')).toMatch(
    /^account 7 after block 9, [\s\S]*7000 USDC/,
  );
});

test('what is not there, or said wrongly, ends with 2', () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [['block', '21'], /there is no block 21; blocks are 1 to 20/],
    [['account', '9', '--height', '3'], /there is no account 9; accounts are 1 to 3/],
    [['command', 'x'], /"x" is no command; give its digest, or height\.index/],
    [['block', 'one'], /"one" is not a whole number/],
    [['block'], /say which block/],
    [['root', '1'], /there is no root to show/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = plimsoll(['inspect', data, ...args]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  }
});

test('verify names a flipped byte with its block and ends with 1', () => {
  const path = join(restored, 'blocks', 'data.mdb');
  const bytes = readFileSync(path);
  // The amount that block 15 deposits.
  const amount = Buffer.alloc(8);
  amount.writeBigInt64LE(15_000_000_000n);
  const at = bytes.indexOf(amount);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
  const { status, stdout } = plimsoll(['verify', restored, '--quiet']);
  expect(stdout).toMatch(/1 problems:\n {4}block 15, block: block 15 in .* is damaged: /);
  expect(stdout).toMatch(/14 blocks applied again/);
  expect(status).toBe(1);
  const inspected = plimsoll(['inspect', restored, 'account', '1', '--quiet']);
  expect(inspected.stderr).toMatch(/plimsoll: block 15 in .* is damaged/);
  expect(inspected.status).toBe(1);
});
