// `npm run check`: format, lint, tidy, types, generated pages and dead code, in under 30 seconds.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ensureNode, root, runTool } from './ensure.mjs';

const tsc = 'typescript/bin/tsc';
const tsx = 'tsx/dist/cli.mjs';

const testProjects = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/test`);

const steps = [
  {
    name: 'format and lint',
    script: '@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '.'],
  },
  { name: 'tidy', script: tsx, args: ['tools/tidy/tidy.ts'] },
  { name: 'types of the packages', script: tsc, args: ['-b'] },
  ...[...testProjects, 'tools'].map((project) => ({
    name: `types of ${project}`,
    script: tsc,
    args: ['-p', project],
  })),
  { name: 'generated pages', script: tsx, args: ['tools/docs/generate.ts', '--check'] },
  { name: 'dead code', script: 'knip/bin/knip.js', args: ['--no-progress', '--no-config-hints'] },
];

/** Runs every step, also after one failed, so that one run shows all. The names of the failed. */
export function check() {
  const failed = [];
  for (const step of steps) {
    const startedMs = Date.now();
    process.stdout.write(`${step.name} …\n`);
    const code = runTool(step.script, step.args);
    if (code !== 0) failed.push(step.name);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`  ${code === 0 ? 'ok' : 'FAILED'} ${seconds} s\n`);
  }
  return failed;
}

if (process.argv[1] === import.meta.filename) {
  ensureNode();
  ensureInstalled();
  const failed = check();
  if (failed.length > 0) process.stderr.write(`\ncheck failed: ${failed.join(', ')}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
