import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readVenues } from '../../src/publish/readVenues.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-venues-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(value: unknown): string {
  const path = join(folder, 'venues.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

const venues = [{ venue: 'kraken', symbols: { BTC: 'BTC/USD' }, requestEveryMs: 1_000 }];

test('a file of venues is read as it stands', () => {
  const value = { venues, everyMs: 500, outlierBp: 50 };
  expect(readVenues(file(value))).toEqual(value);
});

test.each([
  ['{', 'cannot be read'],
  [{}, 'venues'],
  [{ venues: [] }, '/venues'],
  [{ venues: [{ venue: 'kraken' }] }, '/venues/0'],
  [{ venues: [{ ...venues[0], symbols: { BTC: 5 } }] }, '/venues/0/symbols/BTC'],
  [{ venues: [{ ...venues[0], baseUrl: 'ftp://x' }] }, '/venues/0/baseUrl'],
  [{ venues, everyMs: 0 }, '/everyMs'],
  [{ venues, evryMs: 5 }, 'evryMs'],
])('%j is refused with its place', (value, says) => {
  expect(() => readVenues(file(value))).toThrow(says);
});
