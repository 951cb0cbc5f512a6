import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('./crash.ts', import.meta.url));

/** A small run of `npm run reliability`. */
function crash(...args: string[]): { readonly status: number | null; readonly said: string } {
  const small = ['--import', 'tsx', program, '--fillers', '500', '--rate', '100', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, small, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

test('a node killed at random moments has everything acknowledged, once, and replays', () => {
  const { status, said } = crash('--rounds', '4', '--seed', '1');
  expect(status, said).toBe(0);
  expect(said).toMatch(/\| violations \| 0 \|/);
  expect(said).toMatch(/verify in another process: .* 0 problems/);
  // What was not tried shows nothing.
  expect(said).toMatch(/\| kills with SIGKILL \| ([7-9]|1\d) \|/);
  for (const what of [
    '· idle',
    '· under load',
    'commands acknowledged',
    'commands without an answer',
  ]) {
    expect(said).toMatch(new RegExp(`\\| ${what}[^|]* \\| [1-9]`));
  }
});

test('a disk that lost the last blocks is found out', () => {
  const { status, said } = crash('--rounds', '1', '--seed', '1', '--sabotage');
  expect(status, said).toBe(1);
  expect(said).toMatch(
    /round 1: lost: 0x[0-9a-f]{64}, acknowledged in block \d+, command \d+, is in no/,
  );
});
