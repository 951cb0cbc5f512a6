import { expect, test } from 'vitest';
import { plimsoll } from './plimsoll.ts';

test('the command says what it is for, with examples and exit codes', () => {
  const { status, stdout } = plimsoll(['--help']);
  expect(stdout).toContain('Usage: plimsoll');
  expect(stdout).toContain('plimsoll simulate crash-empty-book');
  expect(stdout).toContain('Exit codes');
  expect(status).toBe(0);
});

test.each(['simulate', 'margin', 'replay', 'schema'])('%s teaches itself', (verb) => {
  const { status, stdout } = plimsoll([verb, '--help']);
  expect(stdout).toContain(`Usage: plimsoll ${verb}`);
  expect(stdout).toContain('Examples:');
  expect(status).toBe(0);
});

test('without a verb the command shows its help', () => {
  expect(plimsoll([]).stdout).toContain('Usage: plimsoll');
});

test.each([
  { args: ['--no-such-option'], says: '--no-such-option' },
  { args: ['simulat', 'x.json'], says: 'Did you mean simulate' },
  { args: ['simulate'], says: "missing required argument 'scenario'" },
  { args: ['simulate', 'no-such-scenario'], says: 'ready: calm-week' },
  { args: ['simulate', './none.json'], says: 'none.json' },
  { args: ['simulate', 'calm-week', '--seed', 'minus one'], says: '"minus one"' },
  { args: ['margin', './none.json'], says: 'none.json' },
  { args: ['replay', './none.replay'], says: 'there is no such file' },
  { args: ['replay', '.'], says: 'is a folder' },
  { args: ['schema', 'nonsense'], says: 'scenario, portfolio' },
])('$args is answered with one message, exit code 2 and no stack trace', ({ args, says }) => {
  const { status, stdout, stderr } = plimsoll(args);
  expect(stderr).toContain(says);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m);
  expect(status).toBe(2);
});
