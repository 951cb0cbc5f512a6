import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A directory that all tests of a file share; it is gone after the last. */
export function keptDirectory(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'plimsoll-views-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path };
}
