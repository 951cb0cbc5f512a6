#!/usr/bin/env node
// A committed launcher, because npm links a bin only if its file exists at install time, and
// `dist` does not exist yet in a fresh clone.
import { existsSync } from 'node:fs';

const entry = new URL('../dist/main.js', import.meta.url);
if (existsSync(entry)) {
  await import(entry.href);
} else {
  process.stderr.write('plimsoll is not built yet: run `npm run build` (or `npm start`) first.\n');
  process.exitCode = 1;
}
