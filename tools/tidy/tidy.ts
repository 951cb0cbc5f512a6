// The house checker: `npm run tidy`. Walks the repository once, reads every text file of ours and
// prints what breaks a rule of docs/STYLE.md that no other tool knows.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTree, type Floors } from './checkTree.ts';
import { findInLockFile } from './lockFile.ts';
import { type SourceFile, sourceFile } from './sourceFile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const skipped = new Set(['node_modules', 'dist', 'report', 'data', '.git', 'package-lock.json']);
const isText = /(\.(ts|mjs|js|json|md|yml|yaml|html|css)|\/\.ci\/run|\/\.\w+)$/;

// Raised by hand as the tree grows; falling below means that the walk went blind.
const floors: Floors = { files: 120, coreFiles: 40, coreFolders: 6, imports: 75 };

function readTree(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return readTree(path);
      return isText.test(`/${path}`)
        ? [sourceFile(path, readFileSync(join(root, path), 'utf8'))]
        : [];
    });
}

const { findings: inSources, seen } = checkTree(readTree(''), floors);
const lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
const findings = [...inSources, ...findInLockFile(lockFile)];
for (const { path, line, rule, instead } of findings) {
  process.stdout.write(`${path}:${line} ${rule}: ${instead}\n`);
}
process.stdout.write(
  `tidy: ${seen.files} files (${seen.coreFiles} of core in ${seen.coreFolders} folders, ` +
    `${seen.imports} imports), ${findings.length} findings\n`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
