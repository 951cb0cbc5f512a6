// Makes a fresh clone ready: the right Node, the packages of the lock file, a current build. Plain
// JavaScript without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const nodeMin = [20, 19];

/** Runs a command in the repository with its output shown; the exit code, 1 if it was killed. */
export function run(command, args, env = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (done.error) process.stderr.write(`${command}: ${done.error.message}\n`);
  return done.status ?? 1;
}

/** Runs one of the installed tools under this very Node, whatever is on the PATH. */
export function runTool(script, args, env) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], env);
}

export function ensureNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  process.stderr.write(
    `Plimsoll needs Node ${nodeMin.join('.')} or newer; this is ${process.version}.\n`,
  );
  process.exit(1);
}

/** Installs what the lock file names, if it is not what `node_modules` holds. */
export function ensureInstalled() {
  const reason = staleReason();
  if (reason === undefined) return;
  process.stdout.write(`Installing packages (${reason}); about a minute on a fresh machine …\n`);
  const code = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (code === 0) return;
  process.stderr.write('npm ci failed: its message is above. Is the registry reachable?\n');
  process.exit(code);
}

// Compares contents, not times: a checkout or an install may write the two files in either order.
function staleReason() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'nothing is installed';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/')) continue;
    const found = installed[path];
    if (found === undefined && entry.optional !== true && entry.devOptional !== true) {
      return `${path} is missing`;
    }
    if (found !== undefined && found.version !== entry.version) return `${path} has changed`;
  }
  return undefined;
}

/** Compiles what changed since the last build, half a second when nothing did; false on errors. */
export function isBuilt() {
  if (!existsSync(join(root, 'packages/cli/dist/main.js'))) process.stdout.write('Building …\n');
  return runTool('typescript/bin/tsc', ['-b']) === 0;
}
