import { spawnSync } from 'node:child_process';

/** Enough for every stage of a crash to occur, and still seconds. */
const seeds = { first: 1, count: 3, blocks: 150 };
const TIMEOUT_MS = 300_000;

/**
 * Runs a few seeds of the copy's simulator with all checkers on: "checker: sentence" for each that
 * objects, and what the machine itself threw.
 *
 * @throws Error when the simulator cannot be loaded.
 */
export function runSeeds(copy: string): readonly string[] {
  const { error, stderr, stdout, status } = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '--conditions=plimsoll-source',
      'tools/mutations/seedRun.ts',
      ...Object.values(seeds).map(String),
    ],
    { cwd: copy, encoding: 'utf8', timeout: TIMEOUT_MS, killSignal: 'SIGKILL' },
  );
  if (error !== undefined) return [`seeds: no end after ${TIMEOUT_MS / 1000} s`];
  if (status !== 0) throw new Error(`the seeds cannot be run:\n${stderr}`);
  const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, string>;
  return Object.entries(found).map(([checker, sentence]) => `${checker}: ${sentence}`);
}
