import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const launcher: string = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Far above what any run takes, also on a busy machine. */
const RUN_MS_MAX = 300_000;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command, as a user would. */
export function plimsoll(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Ended {
  if (!existsSync(built)) throw new Error('not built: run `npm run build` first');
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
    // What does not end by itself must not hold up all tests: it says nothing and has no status.
    timeout: RUN_MS_MAX,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr };
}
