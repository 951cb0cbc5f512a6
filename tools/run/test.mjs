// `npm test`: the checks, then every kind of test in order, stopping at the first that fails.
// `npm test -- --project property [file …]` runs that kind alone. The last line is the total.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ensureNode, isBuilt, runTool } from './ensure.mjs';

const kinds = ['unit', 'property', 'differential', 'conformance', 'simulation', 'e2e'];
const total = { passed: 0, failed: 0, skipped: 0 };

ensureNode();
ensureInstalled();

const { chosen, rest } = readArguments(process.argv.slice(2));
const resultsFolder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
try {
  if (chosen.length > 0) {
    for (const kind of chosen) if (!runKind(kind)) break;
  } else if (await checksPass()) {
    for (const kind of kinds) if (!runKind(kind)) break;
  }
} finally {
  rmSync(resultsFolder, { recursive: true, force: true });
}
if (total.passed + total.failed === 0) process.stdout.write('no test ran: is the name right?\n');
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function readArguments(args) {
  const chosen = [];
  const rest = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--project') chosen.push(args[++i]);
    else if (args[i].startsWith('--project=')) chosen.push(args[i].slice('--project='.length));
    else rest.push(args[i]);
  }
  const unknown = chosen.find((kind) => !kinds.includes(kind));
  if (unknown !== undefined) {
    process.stderr.write(
      `no kind of test is called ${unknown}: it is one of ${kinds.join(', ')}\n`,
    );
    process.exit(2);
  }
  return { chosen: chosen.length === 0 && rest.length > 0 ? kinds : chosen, rest };
}

// A failed check counts as one failed test, so that the total never reads as a success.
async function checksPass() {
  const { check } = await import('./check.mjs');
  const failed = check();
  total.failed += failed.length;
  if (failed.length > 0) process.stdout.write(`\nnot tested: ${failed.join(', ')} failed\n`);
  return failed.length === 0;
}

function runKind(kind) {
  process.stdout.write(`\n${kind}\n`);
  // The other kinds run from source; e2e starts what users start.
  if (kind === 'e2e' && !isBuilt()) {
    total.failed += 1;
    return false;
  }
  const countsFile = join(resultsFolder, kind);
  const reporters = ['--reporter', 'default', '--reporter', './tools/run/countReporter.mjs'];
  const code = runTool('vitest/vitest.mjs', ['run', '--project', kind, ...reporters, ...rest], {
    PLIMSOLL_COUNTS: countsFile,
  });
  const failedBefore = total.failed;
  if (existsSync(countsFile)) addCounts(readFileSync(countsFile, 'utf8'));
  // A crash of the runner fails no single test and must still count.
  if (code !== 0 && total.failed === failedBefore) total.failed += 1;
  return code === 0;
}

function addCounts(text) {
  for (const line of text.trim().split('\n')) {
    const counts = JSON.parse(line);
    for (const name of Object.keys(total)) total[name] += counts[name];
  }
}
