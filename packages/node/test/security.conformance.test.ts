// docs/security.md names a test for every threat: each has to exist.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');
const threats = [...page.matchAll(/^\| (\d+) \| .* \| ([^|]+) \|$/gm)];

test('threats are numbered without a gap', () => {
  expect(threats.length).toBeGreaterThan(0);
  expect(threats.map(([, number]) => Number(number))).toEqual(threats.map((_, i) => i + 1));
});

test.each(threats.map(([, number, shown]) => [number, shown ?? '']))(
  'threat %s is shown by tests that exist',
  (_, shown) => {
    const paths = [...shown.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  },
);
