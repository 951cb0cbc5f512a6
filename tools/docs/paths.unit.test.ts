import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));
}

test('every source file that a page of the docs names in code quotes exists', () => {
  const sources = ['packages', 'tools', 'examples']
    .flatMap(filesUnder)
    .filter((file) => !file.includes('/dist/'));
  const pages = filesUnder('docs').filter((file) => file.endsWith('.md'));
  const named = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/`([\w./-]+\.ts)`/g)].map((match) => ({
      page: page.slice(root.length + 1),
      path: match[1] as string,
    })),
  );
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(({ path }) => !sources.some((file) => file.endsWith(`/${path}`)));
  expect(missing).toEqual([]);
});
