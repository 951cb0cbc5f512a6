import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A run that takes longer does not end. */
const TIMEOUT_MS = 300_000;

/** What vitest's JSON reporter says, as far as it is read. */
interface Results {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface TestRun {
  readonly passed: number;
  /** "file: title" of every test that failed. */
  readonly failed: readonly string[];
}

/**
 * Runs test files of the copy.
 *
 * @throws Error when a file cannot be loaded: that is no test that fails.
 */
export function runTests(copy: string, files: readonly string[]): TestRun {
  if (files.length === 0) return { passed: 0, failed: [] };
  const output = join(copy, 'results.json');
  rmSync(output, { force: true });
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
  const args = ['run', ...files, '--maxWorkers=1', '--reporter=json', `--outputFile=${output}`];
  const { error, stderr, stdout } = spawnSync(process.execPath, [vitest, ...args], {
    cwd: copy,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return { passed: 0, failed: [`no end after ${TIMEOUT_MS / 1000} s`] };
  if (!existsSync(output)) throw new Error(`vitest did not run:\n${stdout}\n${stderr}`);
  return readResults(copy, JSON.parse(readFileSync(output, 'utf8')) as Results);
}

function readResults(copy: string, results: Results): TestRun {
  const failed: string[] = [];
  let passed = 0;
  for (const { name, status, message, assertionResults } of results.testResults) {
    const file = relative(copy, name)
      .replace(/^packages\//, '')
      .replace('/test/', '/');
    const failing = assertionResults.filter((each) => each.status === 'failed');
    if (status === 'failed' && failing.length === 0) {
      throw new Error(`${file} cannot be run: ${message}`);
    }
    passed += assertionResults.filter((each) => each.status === 'passed').length;
    failed.push(...failing.map(({ fullName }) => `${file}: ${fullName.trim()}`));
  }
  if (passed + failed.length === 0) throw new Error('no test ran: is the name right?');
  return { passed, failed };
}
