import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { addCoverage, type Coverage, emptyCoverage, uncovered } from './coverage.ts';
import { runSeed, type SeedOutcome } from './runSeed.ts';

// `npm run sim -- --seeds 1000 --blocks 500`: many random worlds, all checkers on after every
// block.
// Fails on a violation, on what a run throws, and on a stage, an event or a rejection that never
// occurred over the set.

interface Task {
  readonly seed: number;
  readonly blocks: number;
}

/** What a worker says of a seed. */
type Answer = SeedOutcome | { readonly seed: number; readonly thrown: string };

interface RunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly blocks: number;
  readonly workers: number;
  readonly out: string;
  /** Where the final roots alone are written too, for the seeds that CI runs. */
  readonly golden: string | undefined;
  /** What has to occur over the set: every stage, event and number, or the stages alone. */
  readonly cover: 'all' | 'stages';
}

function readOptions(): RunOptions {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1000' },
      blocks: { type: 'string', default: '500' },
      workers: { type: 'string', default: '2' },
      out: { type: 'string', default: 'seeds.json' },
      golden: { type: 'string' },
      cover: { type: 'string', default: 'all' },
    },
  });
  const whole = (name: 'from' | 'seeds' | 'blocks' | 'workers'): number => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 1) {
      process.stderr.write(`--${name} is a whole number of at least 1; found ${values[name]}\n`);
      process.exit(2);
    }
    return value;
  };
  return {
    from: whole('from'),
    seeds: whole('seeds'),
    blocks: whole('blocks'),
    workers: whole('workers'),
    out: resolve(values.out),
    golden: values.golden === undefined ? undefined : resolve(values.golden),
    cover: values.cover === 'stages' ? 'stages' : 'all',
  };
}

function answerTo({ seed, blocks }: Task): Answer {
  try {
    return runSeed(seed, blocks);
  } catch (error) {
    return { seed, thrown: error instanceof Error ? `${error.stack}` : `${error}` };
  }
}

/** Hands out seeds to the workers, one at a time, until all are answered. */
async function runAll(options: RunOptions): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = options.from;
  const end = options.from + options.seeds;
  const startedMs = Date.now();
  const serve = (worker: Worker): Promise<void> =>
    new Promise((done, fail) => {
      const hand = (): void => {
        if (next >= end) {
          done(worker.terminate().then(() => undefined));
          return;
        }
        worker.postMessage({ seed: next, blocks: options.blocks } satisfies Task);
        next += 1;
      };
      worker.on('error', fail);
      worker.on('message', (answer: Answer) => {
        answers.push(answer);
        tell(answer, { done: answers.length, seeds: options.seeds, startedMs });
        hand();
      });
      hand();
    });
  const self = new URL(import.meta.url);
  await Promise.all(Array.from({ length: options.workers }, () => serve(new Worker(self))));
  return answers.sort((a, b) => a.seed - b.seed);
}

function tell(
  answer: Answer,
  progress: { readonly done: number; readonly seeds: number; readonly startedMs: number },
): void {
  const { done, seeds, startedMs } = progress;
  if ('thrown' in answer) {
    process.stdout.write(`seed ${answer.seed} threw: ${answer.thrown}\n`);
  } else {
    for (const { height, checker, invariant, sentence } of answer.violations.slice(0, 5)) {
      process.stdout.write(
        `seed ${answer.seed} block ${height}: ${invariant} ${checker}: ${sentence}\n`,
      );
    }
  }
  if (done % 20 !== 0 && done !== seeds) return;
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  process.stderr.write(`${done} of ${seeds} seeds, ${seconds} s\n`);
}

function reportOf(options: RunOptions, answers: readonly Answer[]): string[] {
  const totals = emptyCoverage();
  const failures: string[] = [];
  const lines: string[] = [];
  for (const answer of answers) {
    if ('thrown' in answer) {
      failures.push(`seed ${answer.seed} threw`);
      continue;
    }
    const { seed, root, coverage, violations } = answer;
    addCoverage(totals, coverage);
    if (violations.length > 0) failures.push(`seed ${seed}: ${violations.length} violations`);
    if ((coverage.rejections[199] ?? 0) > 0) failures.push(`seed ${seed}: a broken invariant`);
    const { stages, rejections } = coverage;
    lines.push(`    "${seed}": ${JSON.stringify({ root, stages, rejections })}`);
  }
  const missing = uncovered(totals);
  for (const stage of missing.stages) failures.push(`stage ${stage} never occurred`);
  if (options.cover === 'all') {
    for (const kind of missing.events) failures.push(`event ${kind} never occurred`);
    for (const number of missing.rejections) failures.push(`rejection ${number} never occurred`);
  }
  writeGolden(options, answers);
  const head = `{\n  "blocks": ${options.blocks},\n  "totals": ${JSON.stringify(totals)},\n`;
  writeFileSync(options.out, `${head}  "seeds": {\n${lines.join(',\n')}\n  }\n}\n`);
  printTotals(totals);
  return failures;
}

function writeGolden({ golden, blocks }: RunOptions, answers: readonly Answer[]): void {
  if (golden === undefined) return;
  const roots = Object.fromEntries(
    answers.flatMap((answer) => ('thrown' in answer ? [] : [[answer.seed, answer.root]])),
  );
  writeFileSync(golden, `${JSON.stringify({ blocks, roots }, null, 2)}\n`);
}

function printTotals(totals: Coverage): void {
  const print = (name: string, counts: Readonly<Record<string, number>>): void => {
    const parts = Object.entries(counts).map(([key, count]) => `${key} ${count}`);
    process.stdout.write(`${name}: ${parts.join(', ')}\n`);
  };
  print('stages', totals.stages);
  print('events', totals.events);
  print('rejections', totals.rejections);
}

async function main(): Promise<void> {
  const options = readOptions();
  const failures = reportOf(options, await runAll(options));
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
  const verdict = failures.length === 0 ? 'all checkers content' : `${failures.length} failures`;
  process.stdout.write(`${options.seeds} seeds × ${options.blocks} blocks: ${verdict}\n`);
  process.stdout.write(`written ${options.out}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (!isMainThread) {
  parentPort?.on('message', (task: Task) => parentPort?.postMessage(answerTo(task)));
} else if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
