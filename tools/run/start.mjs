// `npm start`: installs and builds what is missing, then plays the crash with an empty book.
import { join } from 'node:path';
import { ensureInstalled, ensureNode, isBuilt, root, run } from './ensure.mjs';

ensureNode();
ensureInstalled();
if (!isBuilt()) process.exit(1);

const scenario = 'packages/simulator/scenarios/crash-empty-book.json';
const verb = [
  'simulate',
  scenario,
  '--repeat',
  '--check-every',
  '1',
  '--out',
  'report',
  ...process.argv.slice(2),
];
process.stdout.write(`plimsoll ${verb.join(' ')}\n\n`);
process.exitCode = run(process.execPath, [join(root, 'packages/cli/bin/plimsoll.js'), ...verb]);
