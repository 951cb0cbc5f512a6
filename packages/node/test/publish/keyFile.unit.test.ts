import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KeyFileError, newKey, readKeyFile, writeKeyFile } from '../../src/publish/keyFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const never = (): never => {
  throw new Error('nobody asks');
};

test('a locked key opens with its password alone', () => {
  const path = join(folder, 'locked.json');
  const key = newKey();
  writeKeyFile(path, key, 'correct horse');
  expect(readFileSync(path, 'utf8')).not.toContain(key.privateKey.slice(2));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readKeyFile(path, () => 'correct horse')).toEqual(key);
  expect(() => readKeyFile(path, () => 'wrong')).toThrow('does not open');
  expect(() => readKeyFile(path, () => undefined)).toThrow('PLIMSOLL_KEY_PASSWORD');
});

test('a locked key is bound to its address', () => {
  const path = join(folder, 'moved.json');
  writeKeyFile(path, newKey(), 'x');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...file, address: newKey().address }));
  expect(() => readKeyFile(path, () => 'x')).toThrow('does not open');
});

test('a development key says that it is worthless, and needs no password', () => {
  const path = join(folder, 'dev.json');
  const key = newKey();
  writeKeyFile(path, key);
  expect(JSON.parse(readFileSync(path, 'utf8')).warning).toContain('DEVELOPMENT ONLY');
  expect(readKeyFile(path, never)).toEqual(key);
});

test('a key file is never written over', () => {
  const path = join(folder, 'once.json');
  writeKeyFile(path, newKey());
  const before = readFileSync(path, 'utf8');
  expect(() => writeKeyFile(path, newKey())).toThrow(/EEXIST/);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test.each([
  ['{', 'not JSON'],
  ['{"kind": "other"}', 'is no key file'],
  ['null', 'is no key file'],
  ['{"kind": "plimsoll-dev-key", "address": "0x", "privateKey": "0x00"}', 'holds no private key'],
])('%s is no key file', (text, says) => {
  const path = join(folder, 'bad.json');
  writeFileSync(path, text);
  expect(() => readKeyFile(path, never)).toThrow(KeyFileError);
  expect(() => readKeyFile(path, never)).toThrow(says);
});

test('a development key whose address is another one is refused', () => {
  const path = join(folder, 'swapped.json');
  const { privateKey } = newKey();
  const { address } = newKey();
  writeFileSync(path, JSON.stringify({ kind: 'plimsoll-dev-key', address, privateKey }));
  expect(() => readKeyFile(path, never)).toThrow('but its key is that of');
});
