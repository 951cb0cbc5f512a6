import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScenarioFileError } from '../../src/errors.ts';
import { parseScenario } from '../../src/scenarios/index.ts';

const page = readFileSync(new URL('../../../../docs/spec/scenario.md', import.meta.url), 'utf8');
const example = JSON.parse(/```json scenario\n([\s\S]*?)```/.exec(page)![1]!);

/** All pointers into a value. */
function placesOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

function withValue(path: readonly (string | number)[], replacement: unknown): unknown {
  if (path.length === 0) return replacement;
  const copy = structuredClone(example);
  let target = copy;
  for (const key of path.slice(0, -1)) target = target[key];
  target[path.at(-1)!] = replacement;
  return copy;
}

const hostile = fc.oneof(
  fc.constantFrom(
    null,
    '',
    '0',
    '-1',
    '1e9',
    'NaN',
    -1,
    0,
    2 ** 53,
    1.5,
    true,
    [],
    {},
    '__proto__',
  ),
  fc.jsonValue(),
);

test('a file with any part replaced is a scenario or a list of problems, never another error', () =>
  fc.assert(
    fc.property(fc.constantFrom(...placesOf(example)), hostile, (path, value) => {
      try {
        parseScenario(JSON.stringify(withValue(path, value)), 'fuzzed.json');
      } catch (error) {
        expect(error).toBeInstanceOf(ScenarioFileError);
        const { problems } = error as ScenarioFileError;
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) expect(problem.path).toMatch(/^(\/.*)?$/);
      }
    }),
    { numRuns: 1500 },
  ));

test('a wrong type anywhere is reported at that place or at the list that it breaks', () =>
  fc.assert(
    fc.property(fc.constantFrom(...placesOf(example).slice(1)), (path) => {
      const isFree =
        path.includes('command') && path.at(-1) !== 'kind' && path.at(-1) !== 'command';
      if (isFree) return;
      try {
        parseScenario(JSON.stringify(withValue(path, null)), 'fuzzed.json');
        expect.unreachable(`null was accepted at ${path.join('/')}`);
      } catch (error) {
        expect(error).toBeInstanceOf(ScenarioFileError);
        const pointer = `/${path.join('/')}`;
        expect((error as ScenarioFileError).problems.map((problem) => problem.path)).toContain(
          pointer,
        );
      }
    }),
  ));
