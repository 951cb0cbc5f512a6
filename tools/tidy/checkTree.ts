// All rules over all files. Pure: the test plants texts, tidy.ts reads the disk.
import { findBanned } from './bans.ts';
import { findImports, importsOf } from './imports.ts';
import { findCrowdedFolders, findLimits } from './limits.ts';
import { coreFolder, type Finding, isCoreSource, type SourceFile } from './sourceFile.ts';

/** What a run must at least have seen: a check that sees nothing must not pass. */
export interface Floors {
  readonly files: number;
  readonly coreFiles: number;
  readonly coreFolders: number;
  readonly imports: number;
}

export interface Seen extends Floors {}

export function findInFile(file: SourceFile): Finding[] {
  return [...findBanned(file), ...findImports(file), ...findLimits(file)];
}

export function checkTree(
  files: readonly SourceFile[],
  floors: Floors,
): { readonly findings: Finding[]; readonly seen: Seen } {
  const core = files.filter((file) => isCoreSource(file.path));
  const folders = core.map((file) => coreFolder(file.path)).filter((name) => name !== undefined);
  const seen: Seen = {
    files: files.length,
    coreFiles: core.length,
    coreFolders: new Set(folders).size,
    imports: core.reduce((sum, file) => sum + importsOf(file).length, 0),
  };
  const findings = [
    ...files.flatMap(findInFile),
    ...findCrowdedFolders(files.map((file) => file.path)),
    ...findBlindness(seen, floors),
  ];
  return { findings, seen };
}

export const blindnessRule = 'tidy sees the sources';

function findBlindness(seen: Seen, floors: Floors): Finding[] {
  const names: readonly (keyof Floors)[] = ['files', 'coreFiles', 'coreFolders', 'imports'];
  return names
    .filter((name) => seen[name] < floors[name])
    .map((name) => ({
      path: 'tools/tidy/tidy.ts',
      line: 1,
      rule: blindnessRule,
      instead: `saw ${seen[name]} ${name}, expected at least ${floors[name]}`,
    }));
}
