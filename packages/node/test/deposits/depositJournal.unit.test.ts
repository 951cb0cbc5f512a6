import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  type DepositJournalOptions,
  openDepositJournal,
} from '../../src/deposits/depositJournal.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

function command(byte: number, length = 40) {
  const signature = new Uint8Array(65).fill(byte);
  return { signature, body: new Uint8Array(length).fill(byte), withEvents: false };
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

function opened(path: string, options: Partial<DepositJournalOptions> = {}) {
  const found = openDepositJournal({ path, pauseMs: 0, ...options });
  open.push(found.journal);
  return found;
}

const pathIn = (directory = temporaryDirectory()) => join(directory, 'deposits.journal');

test('what was acknowledged is there for the next process: put, replaced, removed', async () => {
  const path = pathIn();
  const { journal, left } = opened(path);
  expect(left.size).toBe(0);
  const [a, b, c] = [journal.nextId(), journal.nextId(), journal.nextId()];
  await Promise.all([journal.put(a, command(1)), journal.put(b, command(2))]);
  await journal.put(c, command(3));
  await journal.put(a, command(4));
  await journal.remove(b);
  // Not closed: a process that is killed does not close.
  const next = opened(path);
  expect(next.fault).toBeUndefined();
  expect(new Map(next.left)).toEqual(
    new Map([
      [c, command(3)],
      [a, command(4)],
    ]),
  );
  expect(next.journal.nextId()).toBe(c + 1);
  await next.journal.put(99, command(5));
  expect([...opened(path).left.keys()]).toEqual([c, a, 99]);
});

test('a file that ends anywhere loses what came last, and nothing before', async () => {
  const path = pathIn();
  const { journal } = opened(path);
  const lengths: number[] = [];
  for (let id = 1; id <= 3; id++) {
    await journal.put(id, command(id));
    lengths.push(statSync(path).size);
  }
  await journal.close();
  const whole = readFileSync(path);
  const cut = pathIn();
  for (let length = lengths[0] as number; length < whole.length; length++) {
    writeFileSync(cut, whole.subarray(0, length));
    const { left, fault } = opened(cut);
    expect(left.size).toBe(lengths.filter((each) => each <= length).length);
    expect(fault?.isTorn ?? true).toBe(true);
    expect(fault === undefined).toBe(lengths.includes(length));
  }
  writeFileSync(cut, Buffer.concat([whole, Buffer.alloc(4_096)]));
  expect(opened(cut)).toMatchObject({ fault: { isTorn: true } });
});

test('a changed byte is found, set aside, and never keeps a node from starting', async () => {
  const path = pathIn();
  const { journal } = opened(path);
  for (let id = 1; id <= 3; id++) await journal.put(id, command(id));
  await journal.close();
  const whole = readFileSync(path);
  const damaged = pathIn();
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at] = (bytes[at] as number) ^ 0x40;
    writeFileSync(damaged, bytes);
    const { left, fault } = opened(damaged);
    expect(fault?.message).toContain(damaged);
    for (const [id, each] of left) expect(each).toEqual(command(id));
    if (fault?.isTorn === false) expect(readFileSync(`${damaged}.damaged`)).toEqual(bytes);
  }
  // The next write is of the whole.
  const { journal: mended, left } = opened(damaged);
  await mended.put(9, command(9));
  await mended.close();
  const again = opened(damaged);
  expect(again.fault).toBeUndefined();
  expect([...again.left.keys()]).toEqual([...left.keys(), 9]);
});

test('what is no file at all is said, and refused when it is to be written', async () => {
  const path = pathIn();
  mkdirSync(join(path, 'folder'), { recursive: true });
  const { journal, left, fault } = opened(path);
  expect(left.size).toBe(0);
  expect(fault).toMatchObject({ isTorn: false });
  await expect(journal.put(1, command(1))).rejects.toMatchObject({
    problem: { name: 'overloaded' },
  });
  rmSync(path, { recursive: true });
  await journal.put(1, command(2));
  expect([...opened(path).left]).toEqual([[1, command(2)]]);
});

test('what the disk does not take leaves the deposit of before', async () => {
  const directory = join(temporaryDirectory(), 'data');
  mkdirSync(directory);
  const path = pathIn(directory);
  const first = opened(path);
  await first.journal.put(1, command(1));
  await first.journal.close();
  const { journal } = opened(path);
  rmSync(directory, { recursive: true });
  await expect(journal.put(1, command(2))).rejects.toThrow('disk did not take');
  mkdirSync(directory);
  await journal.put(2, command(3));
  expect([...opened(path).left]).toEqual([
    [1, command(1)],
    [2, command(3)],
  ]);
});

test('the file stays small, however often a deposit is replaced', async () => {
  const path = pathIn();
  const { journal } = opened(path);
  let most = 0;
  for (let i = 0; i < 40; i++) {
    const puts = Array.from({ length: 100 }, (_, k) => journal.put(1, command(k, 2_000)));
    await Promise.all(puts);
    most = Math.max(most, statSync(path).size);
  }
  expect(most).toBeLessThan(300_000);
  await journal.remove(1);
  await journal.close();
  expect(opened(path).left.size).toBe(0);
});

test('so many bytes lie there and no more; what lies there may still be replaced', async () => {
  const path = pathIn();
  const { journal } = opened(path, { liveBytesMax: 10_000 });
  const puts = await Promise.allSettled(
    Array.from({ length: 20 }, (_, id) => journal.put(id, command(id, 1_000))),
  );
  expect(puts.filter((each) => each.status === 'fulfilled')).toHaveLength(9);
  expect(puts.at(-1)).toMatchObject({ reason: { problem: { name: 'overloaded' } } });
  await journal.put(3, command(77, 900));
  await journal.remove(4);
  await journal.put(50, command(50, 1_000));
  expect(opened(path, { liveBytesMax: 10_000 }).left.size).toBe(9);
});

test('after its close a journal leaves the file to the next process', async () => {
  const path = pathIn();
  const { journal } = opened(path);
  await journal.put(1, command(1));
  await journal.close();
  const next = opened(path);
  await next.journal.put(2, command(2));
  await journal.remove(1);
  await expect(journal.put(3, command(3))).rejects.toMatchObject({
    problem: { name: 'notReady' },
  });
  await next.journal.put(4, command(4));
  expect([...opened(path).left.keys()]).toEqual([1, 2, 4]);
});
