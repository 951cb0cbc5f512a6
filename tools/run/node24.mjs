// Runs a command under Node 24 from npm, to show that results do not depend on the engine:
//   node tools/run/node24.mjs tools/some-script.mjs [arguments …]
// Without a registry it prints SKIPPED and why, and succeeds; PLIMSOLL_NODE24=required makes that a
// failure. `--path` prints where the binary is.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './ensure.mjs';

const version = '24.21.0';
const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;
const folder = join(root, 'node_modules', '.cache', `node-${version}`);
const binary = join(
  folder,
  'node_modules',
  packageName,
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Installs Node 24 once, beside the other packages. Why not, or undefined when it is there. */
function installNode24() {
  if (existsSync(binary)) return undefined;
  mkdirSync(folder, { recursive: true });
  const done = spawnSync(
    'npm',
    [
      'install',
      ...['--prefix', folder, '--no-save', '--no-package-lock', '--ignore-scripts'],
      ...['--prefer-offline', '--fetch-retries=1', '--fetch-timeout=60000'],
      `${packageName}@${version}`,
    ],
    { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (existsSync(binary)) return undefined;
  const lines = `${done.stderr ?? ''}`.split('\n').filter((line) => line.includes('error'));
  return `npm could not install ${packageName}@${version}: ${lines[0] ?? done.error?.message ?? 'no message'}`;
}

const args = process.argv.slice(2);
const reason = installNode24();
if (reason !== undefined) {
  const isRequired = process.env.PLIMSOLL_NODE24 === 'required';
  process.stdout.write(`${isRequired ? 'FAILED' : 'SKIPPED'} Node 24: ${reason}\n`);
  process.exitCode = isRequired ? 1 : 0;
} else if (args[0] === '--path') {
  process.stdout.write(`${binary}\n`);
} else {
  process.exitCode = run(binary, args);
}
