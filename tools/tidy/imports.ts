// Every import against the table of layers.ts: folders of core look down, packages meet at doors.
import { posix } from 'node:path';
import { coreDependencies, coreLayers, packages } from './layers.ts';
import { coreFolder, type Finding, isCoreSource, type SourceFile } from './sourceFile.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** What the file imports or re-exports, also by `import(…)`. */
export function importsOf({ code }: SourceFile): Import[] {
  return code
    .filter((token, i) => {
      if (token.kind !== 'string' || token.text.startsWith('`')) return false;
      const before = code[i - 1]?.text;
      if (before === 'import') return true;
      if (before === 'from') return true;
      return before === '(' && code[i - 2]?.text === 'import';
    })
    .map((token) => ({ specifier: token.text.slice(1, -1), line: token.line }));
}

export const importRules = {
  layer: 'a folder of core imports only itself and lower layers',
  door: 'packages meet at their doors',
  direction: 'packages depend in one direction',
  unknown: 'every folder and package stands in layers.ts',
  dependency: 'core imports no package but its hash',
} as const;

export function findImports(file: SourceFile): Finding[] {
  const packageName = /^packages\/([^/]+)\//.exec(file.path)?.[1];
  if (packageName === undefined || !/\.(ts|mjs|js)$/.test(file.path)) return [];
  const uses = packages[packageName];
  const known = uses !== undefined ? [] : [finding(file, 1, 'unknown', 'add the package there')];
  return [
    ...known,
    ...unknownFolder(file),
    ...importsOf(file).flatMap(({ specifier, line }) => {
      if (specifier.startsWith('.')) return relativeImport(file, specifier, line);
      if (specifier.startsWith('@plimsoll/')) return doorImport(file, specifier, line);
      return foreignImport(file, specifier, line);
    }),
  ];
}

function relativeImport(file: SourceFile, specifier: string, line: number): Finding[] {
  const target = posix.join(posix.dirname(file.path), specifier);
  const home = file.path.split('/').slice(0, 2).join('/');
  // A test may run an example: nothing else reaches it.
  if (target.startsWith('examples/') && file.path.includes('/test/')) return [];
  if (!target.startsWith(`${home}/`)) {
    return [finding(file, line, 'door', 'import the package by its name')];
  }
  const from = coreFolder(file.path);
  const to = coreFolder(target);
  if (from === undefined || !isCoreSource(file.path)) return [];
  if (to === undefined) return [finding(file, line, 'layer', 'import the folder, not the door')];
  if (depthOf(to) <= depthOf(from)) return [];
  return [finding(file, line, 'layer', `${to} stands above ${from}: move what both need down`)];
}

function doorImport(file: SourceFile, specifier: string, line: number): Finding[] {
  const [, target = '', ...rest] = specifier.split('/');
  const from = file.path.split('/')[1] ?? '';
  const isOwnTest = from === target && !isCoreSource(file.path);
  const mayUse = isOwnTest || packages[from]?.includes(target) === true;
  if (!mayUse) return [finding(file, line, 'direction', `${from} may not import ${target}`)];
  if (rest.length <= 1) return [];
  return [finding(file, line, 'door', `import @plimsoll/${target}/${rest[0]}`)];
}

function foreignImport(file: SourceFile, specifier: string, line: number): Finding[] {
  if (!isCoreSource(file.path)) return [];
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1);
  if (coreDependencies.includes(name.join('/'))) return [];
  return [finding(file, line, 'dependency', 'take it from the caller')];
}

function unknownFolder(file: SourceFile): Finding[] {
  const folder = coreFolder(file.path);
  if (folder === undefined || depthOf(folder) >= 0) return [];
  return [finding(file, 1, 'unknown', `say where ${folder} stands`)];
}

function depthOf(folder: string): number {
  return coreLayers.findIndex((layer) => layer.name === folder);
}

function finding(
  file: SourceFile,
  line: number,
  rule: keyof typeof importRules,
  instead: string,
): Finding {
  return { path: file.path, line, rule: importRules[rule], instead };
}
