import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/plimsoll.js', import.meta.url));

function plimsoll(...args: string[]) {
  return spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8' });
}

test('the command says what it is for', () => {
  const { status, stdout } = plimsoll('--help');
  expect(stdout).toContain('Usage: plimsoll');
  expect(status).toBe(0);
});

test('an unknown option is answered with the usage and no stack trace', () => {
  const { status, stderr } = plimsoll('--no-such-option');
  expect(stderr).toContain('--no-such-option');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status).not.toBe(0);
});
