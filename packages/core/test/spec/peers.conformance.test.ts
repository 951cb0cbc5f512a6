import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const page = readFileSync(join(root, 'docs/spec/peers.md'), 'utf8');

/** The ids of a row: a whole one, and the endings that follow it. */
function idsOf(cell: string): string[] {
  let family = '';
  return cell.split(',').map((part) => {
    const text = part.trim();
    if (text.startsWith('-')) return `${family}${text}`;
    family = text.replace(/-\w+$/, '');
    return text;
  });
}

const rows = page
  .split('\n')
  .filter((line) => /^\| [a-z]+-[a-z-]+\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const listed = new Map(rows.flatMap((row) => idsOf(row[1] ?? '').map((id) => [id, row] as const)));

test('every published figure of a peer is reproduced by a function or has its reason', () => {
  expect(listed.size).toBe(107);
  for (const row of rows) expect((row[3] ?? '').length, row[1]).toBeGreaterThan(3);
});

test('the figures that a table says are reproduced are among the vectors that tests run', () => {
  const folder = join(root, 'packages/core/test/vectors/perps');
  const vectors = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const reproduced = [...listed].filter(([, row]) => row[2] !== '—').map(([id]) => id);
  expect(reproduced.length).toBeGreaterThan(60);
  expect(reproduced.filter((id) => !vectors.includes(`"${id}`))).toEqual([]);
});
