import { readFileSync } from 'node:fs';
import { hashPairsNative } from '@plimsoll/node/hashing';
import { describe, expect, test } from 'vitest';
import { allCheckers } from '../src/checkers/index.ts';
import { findDataFolder } from '../src/dataFiles/index.ts';
import type { ScenarioResult } from '../src/result.ts';
import { runScenario } from '../src/running/index.ts';
import { parseScenario, readyScenarios, type ScenarioFile } from '../src/scenarios/index.ts';

const data = findDataFolder(process.env);

/** Runs a ready scenario, changed so that it fits into a minute of tests. */
function run(
  name: string,
  change: (file: ScenarioFile) => ScenarioFile,
  options: { readonly checkEveryBlocks?: number; readonly isRepeated?: boolean } = {},
): ScenarioResult {
  const fileName = readyScenarios().get(name) as string;
  const file = change(JSON.parse(readFileSync(fileName, 'utf8')) as ScenarioFile);
  return runScenario(parseScenario(JSON.stringify(file), fileName), {
    fileName,
    data,
    hashPairs: hashPairsNative,
    checkers: allCheckers(),
    ...options,
  });
}

/** Everything that the scenario claims, and that all of a shortfall was paid by somebody. */
function expectContent(result: ScenarioResult): void {
  expect(result.checks.violations).toEqual([]);
  expect(result.assertions.filter((one) => !one.holds)).toEqual([]);
  const paid = Object.values(result.losses.paid).reduce((sum, amount) => sum + amount, 0n);
  expect(paid).toBe(result.losses.shortfall);
}

/** The file with price files played between two instants. */
function between(from: string, to: string): (file: ScenarioFile) => ScenarioFile {
  return (file) => ({
    ...file,
    prices: file.prices.map((price) =>
      price.path.kind === 'file' ? { ...price, path: { ...price.path, from, to } } : price,
    ),
  });
}

describe('a ready scenario', () => {
  test('leaves a calm market as it was, with nobody liquidated', () => {
    const result = run(
      'calm-week',
      (file) => ({
        ...file,
        blocks: { intervalMs: 60_000, durationMs: 36_000_000 },
        assertions: file.assertions?.filter((one) => one.metric !== 'fills') ?? [],
      }),
      { checkEveryBlocks: 6 },
    );
    expectContent(result);
    expect(result.liquidation.accountCount).toBe(0);
    expect(result.commands.fills).toBeGreaterThan(50);
  });

  test('brings every account of a crash in an empty book back or down, twice the same', () => {
    const result = run(
      'crash-empty-book',
      (file) => ({ ...file, blocks: { intervalMs: 1000, durationMs: 480_000 } }),
      { checkEveryBlocks: 8, isRepeated: true },
    );
    expectContent(result);
    expect(result.roots.isRepeated).toBe(true);
    expect(result.liquidation.stages.closeOut.accountCount).toBeGreaterThan(0);
    expect(result.losses.paid.adl).toBeGreaterThan(0n);
  });

  test('closes accounts out at market where the book stays deep', () => {
    const result = run(
      'crash-deep-book',
      (file) => ({ ...file, blocks: { intervalMs: 1000, durationMs: 540_000 } }),
      { checkEveryBlocks: 30 },
    );
    expectContent(result);
    expect(result.liquidation.stages.adl.accountCount).toBe(0);
    expect(result.losses.shortfall).toBe(0n);
  });
});

/** The worst hours of each: long enough for what the scenario claims. */
const RECORDED = [
  { name: 'march-2020', from: '2020-03-12T10:20:00Z', to: '2020-03-12T11:40:00Z' },
  { name: 'november-2022', from: '2022-11-08T18:00:00Z', to: '2022-11-08T20:30:00Z' },
  { name: 'october-2025', from: '2025-10-10T20:45:00Z', to: '2025-10-10T21:40:00Z' },
];

describe('10,000 accounts live through recorded prices of', () => {
  test.each(RECORDED)('$name, every one margined, liquidated and cleared', (recorded) => {
    const { name, from, to } = recorded;
    const result = run(name, between(from, to), { checkEveryBlocks: 100 });
    if (result.status === 'skipped') {
      // With PLIMSOLL_DATA=required the run itself throws.
      process.stdout.write(`SKIPPED ${name}: ${result.skipped.join('; ')}\n`);
      expect(data.isRequired).toBe(false);
      return;
    }
    expectContent(result);
    expect(result.accountCount).toBeGreaterThanOrEqual(10_000);
    expect(result.liquidation.accountCount).toBeGreaterThan(100);
  });
});
