// `npm run bench [name …]`: every packages/*/bench/*.bench.ts, one after the other, each in a
// process of its own so that none warms up or fills the heap of the next. A bench imports the
// packages by name and so measures the build, which is what ships; it is compiled too, since a
// loader that rewrites modules on the fly makes every import of another module a getter: 1.4x.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureInstalled, ensureNode, isBuilt, root, run } from '../run/ensure.mjs';

ensureNode();
ensureInstalled();
if (!isBuilt()) process.exit(1);

const names = process.argv.slice(2);
const files = readdirSync(join(root, 'packages'))
  .map((name) => `packages/${name}/bench`)
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)));

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const folders = new Set(files.map((file) => dirname(file)));
for (const folder of folders) {
  if (run(process.execPath, [compiler, '-p', folder]) !== 0) process.exit(1);
}

const failed = [];
for (const file of files) {
  process.stdout.write(`\n${file}\n`);
  const built = file.replace('/bench/', '/dist/bench/bench/').replace(/\.ts$/, '.js');
  const code = run(process.execPath, ['--expose-gc', built]);
  if (code !== 0) failed.push(file);
}
process.stdout.write(`\n${files.length} benches, ${failed.length} failed ${failed.join(' ')}\n`);
// Nothing measured is not a success.
process.exitCode = failed.length > 0 || files.length === 0 ? 1 : 0;
