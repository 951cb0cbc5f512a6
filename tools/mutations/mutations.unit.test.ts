import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { mutations } from './mutations.ts';
import { mutationsPage } from './page.ts';
import { occurrences } from './workingCopy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the table of mutants', () => {
  test('breaks at least fourteen rules, each under a name of its own', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(14);
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });

  test.each(mutations)('finds its text exactly once: $name', ({ edits }) => {
    expect(edits.length).toBeGreaterThan(0);
    for (const { file, find, replace } of edits) {
      expect(occurrences(readFileSync(join(root, file), 'utf8'), find)).toBe(1);
      expect(replace).not.toBe(find);
    }
  });

  test('names tests that exist', () => {
    const files = mutations.flatMap(({ tests }) => tests);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(mutations.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });
});

test('a page says of each mutant who caught it, two tests by name and every checker', () => {
  const mutation = { name: 'b', rule: 'F1', edits: [], tests: [] };
  const checkers = ['checker gate (I4): seed 1, block 43: account 13'];
  const page = mutationsPage([{ mutation, tests: ['one', 'a | b', 'four', 'five'], checkers }]);
  expect(page).toContain('| 1 | F1 | b |  | one<br>a \\| b<br>2 more tests<br>checker gate (I4) |');
});
