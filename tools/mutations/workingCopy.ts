import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Edit } from './mutation.ts';

/** What tests and seeds read. */
const copied = ['packages', 'tools', 'docs', 'examples'];
const left = new Set(['node_modules', 'dist', 'report', 'data']);

/** How often a text stands in another. */
export function occurrences(text: string, part: string): number {
  return part === '' ? 0 : text.split(part).length - 1;
}

/**
 * Copies the tree to a temporary folder, so that a mutant never touches the real one. Installed
 * packages are linked, but our own are those of the copy.
 */
export function copyTree(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'plimsoll-mutations-'));
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const isWanted = entry.isFile() ? /\.(ts|json)$/.test(entry.name) : copied.includes(entry.name);
    if (!isWanted) continue;
    cpSync(join(root, entry.name), join(copy, entry.name), {
      recursive: true,
      filter: (path) => !left.has(path.slice(path.lastIndexOf('/') + 1)),
    });
  }
  linkInstalled(root, copy);
  return copy;
}

function linkInstalled(root: string, copy: string): void {
  const installed = join(root, 'node_modules');
  const linked = join(copy, 'node_modules');
  mkdirSync(join(linked, '@plimsoll'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name === '@plimsoll' || name.startsWith('.')) continue;
    symlinkSync(join(installed, name), join(linked, name));
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(linked, '@plimsoll', name));
  }
}

export function removeTree(copy: string): void {
  rmSync(copy, { recursive: true, force: true });
}

/**
 * Makes the changes, runs, and puts every file back as it was.
 *
 * @throws Error when a text does not stand in its file exactly once: the table is out of date.
 */
export function withEdits<T>(copy: string, edits: readonly Edit[], run: () => T): T {
  const originals: { readonly path: string; readonly text: string }[] = [];
  try {
    for (const { file, find, replace } of edits) {
      const path = join(copy, file);
      const text = readFileSync(path, 'utf8');
      const count = occurrences(text, find);
      if (count !== 1) throw new Error(`${file} has this ${count} times, not once: ${find}`);
      originals.push({ path, text });
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
    }
    return run();
  } finally {
    // Newest first: a file changed twice ends as it began.
    for (const { path, text } of originals.reverse()) writeFileSync(path, text);
  }
}
