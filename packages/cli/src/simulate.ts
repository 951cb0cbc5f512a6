import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@plimsoll/node/files';
import { hashPairsNative } from '@plimsoll/node/hashing';
import {
  allCheckers,
  type Checker,
  EventFiles,
  findDataFolder,
  isContent,
  type RunProgress,
  readScenario,
  readyScenarios,
  resultHtml,
  resultJson,
  resultText,
  runScenario,
  type Scenario,
  type ScenarioResult,
} from '@plimsoll/simulator';
import type { Command } from 'commander';
import { EXIT, type ExitCode, UsageError } from './failures.ts';
import { progressOn, silentProgress } from './progress.ts';

/** What follows `simulate`. */
interface SimulateOptions {
  readonly seed?: number;
  readonly repeat?: true;
  readonly json?: true;
  readonly out?: string;
  readonly checkers: boolean;
  readonly checkEvery?: number;
  readonly quiet?: true;
}

const HELP = `
Examples:
  plimsoll simulate crash-empty-book              a ready scenario, by its name
  plimsoll simulate my.json --seed 7 --repeat     another seed, run twice: same seed, same roots
  plimsoll simulate my.json --out report          writes report/report.html, result.json,
                                                  events.ndjson, events.csv and blocks.replay
  plimsoll simulate my.json --json | jq .liquidation
  plimsoll simulate march-2020 october-2025       several, one after the other

Ready scenarios:
  ${[...readyScenarios().keys()].join('\n  ')}

A scenario is one JSON file: docs/spec/scenario.md teaches it, \`plimsoll schema scenario\` prints
its JSON Schema. Scenarios on recorded prices look for their files in the folder that
PLIMSOLL_DATA_DIR names; without them they are skipped, or with PLIMSOLL_DATA=required refused.

Exit codes:
  0  everything that the scenarios claim holds
  1  an assertion, an expected outcome or an invariant does not hold, or two runs differ
  2  the arguments or a file are wrong
  3  data is required and not there
`;

/** Adds the verb `simulate`. `exit` takes the exit code. */
export function addSimulate(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command('simulate')
    .description('play a scenario and show what came of it')
    .argument('<scenario...>', 'scenario files, or names of ready scenarios')
    .option('--seed <number>', 'a seed instead of the one in the file', naturalNumber)
    .option('--repeat', 'run twice with the same seed and compare the roots')
    .option('--json', 'print the result as JSON, and nothing else, on stdout')
    .option('--out <folder>', 'write the report, the events and a replay file there')
    .option('--no-checkers', 'leave out the checks of invariants after the blocks')
    .option('--check-every <blocks>', 'check every so many blocks', naturalNumber)
    .option('--quiet', 'show no progress')
    .addHelpText('after', HELP)
    .action((names: string[], options: SimulateOptions) => {
      exit(simulate(names, options));
    });
}

function simulate(names: readonly string[], options: SimulateOptions): ExitCode {
  const files = names.map(scenarioFile);
  // Everything is read before the first is run: a mistake in the last file shows at once.
  const scenarios = files.map(readScenario);
  const results = scenarios.map((scenario, at) => {
    const folder =
      options.out === undefined || names.length === 1
        ? options.out
        : join(options.out, scenario.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
    const result = runOne(scenario, files[at] as string, { ...options, folder });
    if (options.json !== true) show(result, folder);
    return result;
  });
  if (options.json === true) printJson(results);
  else if (results.length > 1) process.stdout.write(`${tally(results)}\n`);
  return results.every(isContent) ? EXIT.ok : EXIT.failed;
}

/** A path that exists, or the file of a ready scenario. */
function scenarioFile(name: string): string {
  if (existsSync(name) || !/^[a-z0-9-]+$/.test(name)) return name;
  const ready = readyScenarios();
  const file = ready.get(name);
  if (file !== undefined) return file;
  const names = [...ready.keys()].join(', ');
  throw new UsageError(`there is no file and no ready scenario "${name}"; ready: ${names}`);
}

function runOne(
  scenario: Scenario,
  fileName: string,
  options: SimulateOptions & { readonly folder: string | undefined },
): ScenarioResult {
  const seeded = options.seed === undefined ? scenario : { ...scenario, seed: options.seed };
  const { folder } = options;
  const files = folder === undefined ? undefined : new EventFiles(folder);
  const progress = options.quiet === true ? silentProgress : progressOn(process.stderr);
  const checkers: readonly Checker[] = options.checkers ? allCheckers() : [];
  const result = runScenario(seeded, {
    fileName,
    data: findDataFolder(process.env),
    hashPairs: hashPairsNative,
    checkers,
    checkEveryBlocks: options.checkEvery,
    isRepeated: options.repeat,
    onProgress: (done) => progress.update(done.blocksDone, done.blockCount, labelOf(done)),
    onEvent: files === undefined ? undefined : (event) => files.write(event),
    replayPath: folder === undefined ? undefined : join(folder, 'blocks.replay'),
  });
  progress.stop();
  files?.close();
  if (folder !== undefined) writeReport(folder, result);
  return result;
}

function labelOf({ phase, run }: RunProgress): string {
  const again = run === 2 ? ' again' : '';
  return phase === 'opening' ? `opening accounts and books${again}` : `running${again}`;
}

function writeReport(folder: string, result: ScenarioResult): void {
  makeFolder(folder);
  writeFileSync(join(folder, 'report.html'), resultHtml(result));
  writeFileSync(join(folder, 'result.json'), `${resultJson(result)}\n`);
}

function show(result: ScenarioResult, folder: string | undefined): void {
  const isColored = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  const width = process.stdout.columns;
  const options = width === undefined ? { isColored } : { isColored, width: Math.min(width, 110) };
  process.stdout.write(`${resultText(result, options)}\n`);
  if (folder === undefined) return;
  const report = join(folder, 'report.html');
  process.stdout.write(`The report is ${report}; beside it are result.json, events.ndjson, `);
  process.stdout.write('events.csv and blocks.replay.\n');
}

function printJson(results: readonly ScenarioResult[]): void {
  const texts = results.map(resultJson);
  process.stdout.write(texts.length === 1 ? `${texts[0]}\n` : `[\n${texts.join(',\n')}\n]\n`);
}

function tally(results: readonly ScenarioResult[]): string {
  const skipped = results.filter((result) => result.status === 'skipped').length;
  const failed = results.filter((result) => !isContent(result)).length;
  const ran = results.length - skipped;
  return `${ran} scenarios ran, ${failed} of them failed; ${skipped} SKIPPED`;
}

function naturalNumber(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`"${text}" must be an integer from 0 to 2^53 - 1`);
  }
  return value;
}
