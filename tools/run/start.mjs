// `npm start`: installs and builds what is missing, then runs a whole market: a node on its store
// in ./data, publishers, market makers and traders. `npm start -- --help` says what it takes.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, ensureNode, isBuilt, root } from './ensure.mjs';

ensureNode();
ensureInstalled();
if (!isBuilt()) process.exit(1);

const verb = ['demo', ...process.argv.slice(2)];
process.stdout.write(`plimsoll ${verb.join(' ')}\n\n`);
const plimsoll = join(root, 'packages/cli/bin/plimsoll.js');
const child = spawn(process.execPath, [plimsoll, ...verb], { cwd: root, stdio: 'inherit' });
// Ctrl-C goes to every process of the terminal: the demo ends by itself, and then so does this.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
