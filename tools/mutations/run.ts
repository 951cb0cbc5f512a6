// `npm run mutations`: breaks the rules of the table one at a time in a copy of the tree and shows
// which test or checker catches each. `npm run mutations -- <words>` runs those whose name has the
// words, and leaves docs/mutations.md as it is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { mutationsPage, type Verdict } from './page.ts';
import { runSeeds } from './runSeeds.ts';
import { runTests } from './runTests.ts';
import { copyTree, removeTree, withEdits } from './workingCopy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const words = process.argv.slice(2).join(' ');
const chosen = mutations.filter(({ name }) => name.includes(words));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Whether nothing is red without any change: what is red already would seem to catch all. */
function isGreen(copy: string): boolean {
  const files = [...new Set(chosen.flatMap(({ tests }) => tests))].sort();
  const { passed, failed } = runTests(copy, files);
  const red = [...failed, ...runSeeds(copy)];
  for (const each of red) say(`fails on the unchanged tree: ${each}`);
  say(`unchanged: ${passed} tests of ${files.length} files pass, ${failed.length} fail`);
  return red.length === 0;
}

function judge(copy: string, mutation: Mutation): Verdict {
  const verdict = withEdits(copy, mutation.edits, () => ({
    mutation,
    tests: runTests(copy, mutation.tests).failed,
    checkers: runSeeds(copy),
  }));
  say(`${isCaught(verdict) ? 'caught  ' : 'SURVIVES'} ${mutation.name}`);
  for (const each of [...verdict.tests, ...verdict.checkers]) say(`           ${each}`);
  return verdict;
}

function isCaught({ tests, checkers }: Verdict): boolean {
  return tests.length + checkers.length > 0;
}

function run(): boolean {
  const copy = copyTree(root);
  try {
    // A table that is out of date says so before the first minute.
    for (const { edits } of chosen) withEdits(copy, edits, () => undefined);
    if (!isGreen(copy)) return false;
    const verdicts = chosen.map((mutation) => judge(copy, mutation));
    const survivors = verdicts.filter((verdict) => !isCaught(verdict));
    say(`${verdicts.length} mutants, ${survivors.length} survive`);
    for (const { mutation } of survivors) say(`nothing catches: ${mutation.name}`);
    if (verdicts.length === 0 || survivors.length > 0) return false;
    if (words === '') writeFileSync(join(root, 'docs/mutations.md'), mutationsPage(verdicts));
    return true;
  } finally {
    removeTree(copy);
  }
}

process.exitCode = run() ? 0 : 1;
