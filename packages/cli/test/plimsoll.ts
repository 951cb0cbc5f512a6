import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const launcher: string = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));
const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));

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
  });
  return { status, stdout, stderr };
}
