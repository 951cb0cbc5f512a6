import type { Mutation } from './mutation.ts';

/** A mutant and who caught it. */
export interface Verdict {
  readonly mutation: Mutation;
  /** "file: title" of each test. */
  readonly tests: readonly string[];
  /** "checker: sentence" of each checker, or what the machine itself threw. */
  readonly checkers: readonly string[];
}

/** Tests that are named; the others are counted. */
const SHOWN = 2;

/** The page of a whole run. */
export function mutationsPage(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ mutation, tests, checkers }, i) => {
    const files = [...new Set(mutation.edits.map(({ file }) => `\`${file}\``))].join(', ');
    const rest = tests.length - SHOWN;
    const by = [
      ...tests.slice(0, SHOWN),
      ...(rest > 0 ? [`${rest} more test${rest === 1 ? '' : 's'}`] : []),
      ...checkers.map(withoutFigures),
    ].map(cell);
    return `| ${i + 1} | ${cell(mutation.rule)} | ${cell(mutation.name)} | ${files} | ${by.join('<br>')} |`;
  });
  return [
    '# Rules broken on purpose',
    '',
    '`npm run mutations` copies the tree, breaks one rule at a time and runs the tests that should',
    'notice. A mutant that nothing catches fails the run, and so does a text of the table that no',
    'longer stands in its source. Checkers are those of the simulator, over a few seeds. It wrote this',
    'page; the table is `tools/mutations/mutations.ts`.',
    '',
    '| # | rule | what is broken | where | caught by |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The sentence of a checker without what is its own to one seed. */
function withoutFigures(sentence: string): string {
  return sentence.replace(/: seed .*$/, '');
}
