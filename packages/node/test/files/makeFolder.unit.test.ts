import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FolderError, makeFolder } from '../../src/files/index.ts';

const base = mkdtempSync(join(tmpdir(), 'plimsoll-folder-'));
afterAll(() => rmSync(base, { recursive: true }));

test('a folder is made with those above it, and the uppermost new one is named', () => {
  const path = join(base, 'a', 'b', 'c');
  expect(makeFolder(path)).toBe(join(base, 'a'));
  expect(statSync(path).isDirectory()).toBe(true);
  expect(makeFolder(path)).toBeUndefined();
  symlinkSync(path, join(base, 'link'));
  expect(makeFolder(join(base, 'link', 'd'))).toBe(join(base, 'link', 'd'));
});

test.skipIf(!existsSync('/proc/self'))(
  'where nothing can be made, making a folder ends with a sentence',
  () => {
    for (const path of ['/proc/x', '/proc/x/y/z']) {
      expect(() => makeFolder(path)).toThrow(FolderError);
      expect(() => makeFolder(path)).toThrow('/proc/x');
      expect(() => makeFolder(path)).toThrow('nothing can be made in that place; name another');
    }
  },
);

test('a file in the way is named, and left as it is', () => {
  const file = join(base, 'file');
  writeFileSync(file, 'kept');
  expect(() => makeFolder(file)).toThrow('a file is in the way');
  expect(() => makeFolder(join(file, 'below', 'it'))).toThrow('is not a directory');
  symlinkSync(join(base, 'nowhere'), join(base, 'dangling'));
  expect(() => makeFolder(join(base, 'dangling'))).toThrow(FolderError);
  expect(statSync(file).size).toBe(4);
});
