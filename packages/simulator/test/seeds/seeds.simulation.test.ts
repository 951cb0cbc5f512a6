import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  addCoverage,
  EXEMPT_EVENTS,
  EXEMPT_REJECTIONS,
  emptyCoverage,
  uncovered,
} from '../../src/seeds/coverage.ts';
import { committedRoots, computeRoots, type GoldenRoots } from '../../src/seeds/goldenRoots.ts';
import { runSeed } from '../../src/seeds/runSeed.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../seeds.golden.json', import.meta.url), 'utf8'),
) as GoldenRoots;

test('twenty random worlds live through 500 blocks with every checker content, to the same roots', () => {
  const totals = emptyCoverage();
  const roots: Record<string, string> = {};
  for (const seed of Object.keys(golden.roots)) {
    const outcome = runSeed(Number(seed), golden.blocks);
    expect(outcome.violations, `seed ${seed}`).toEqual([]);
    expect(outcome.coverage.rejections[199] ?? 0, `seed ${seed}`).toBe(0);
    roots[seed] = outcome.root;
    addCoverage(totals, outcome.coverage);
  }
  expect(roots).toEqual(golden.roots);
  const { stages, events, rejections } = uncovered(totals);
  process.stdout.write(`stages: ${JSON.stringify(totals.stages)}\n`);
  process.stdout.write(`rejections: ${JSON.stringify(totals.rejections)}\n`);
  process.stdout.write(`not in these seeds: ${[...events, ...rejections].join(', ') || 'none'}\n`);
  expect(stages).toEqual([]);
});

test('five small worlds end with the committed roots, twice', () => {
  const committed = committedRoots();
  expect(Object.keys(committed.roots)).toHaveLength(5);
  expect(computeRoots(committed)).toEqual(committed);
  expect(computeRoots(committed)).toEqual(committed);
});

test('what may stay uncovered is named with its reason', () => {
  for (const reason of [...Object.values(EXEMPT_REJECTIONS), ...Object.values(EXEMPT_EVENTS)]) {
    expect(reason).toMatch(/invariant|wrong/);
  }
});
