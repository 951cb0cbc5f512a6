// Lengths and names of files. The length of functions is Biome's (noExcessiveLinesPerFunction),
// which also formats code to 100 columns; the comments, which it does not break, are measured here.
import { posix } from 'node:path';
import type { Finding, SourceFile } from './sourceFile.ts';

export const limits = {
  sourceLinesMax: 400,
  tableLinesMax: 1000,
  testLinesMax: 500,
  columnsMax: 100,
  filesPerFolderMax: 15,
  depthMax: 3,
  readmeLinesMax: 60,
} as const;

/** Files that are one table of data: halves of it would be harder to read than the whole. */
const tables = /^packages\/core\/src\/schema\/(parameters|rejection|tables)\.ts$/;

const drawers = /^(utils?|helpers?|common|misc|shared|managers?)\.|Utils?\.|Helpers?\.|Manager\./;

/** Absolute paths of somebody's machine, put together so that this line is none. */
const machinePath = new RegExp(
  `(^|[\\s"'\`(=])/(${['work', 'root', 'home/\\w+', 'Users/\\w+'].join('|')})/`,
);

export const limitRules = {
  length: 'a file has one subject',
  column: 'a line is at most 100 columns',
  drawer: 'no drawer for leftovers',
  folder: 'a folder fits on one screen',
  depth: 'folders are shallow',
  readme: 'a package README is one page',
  machine: 'no path of one machine',
} as const;

export function findLimits(file: SourceFile): Finding[] {
  const { path } = file;
  const lineCount = file.text.split('\n').length - 1;
  const isCode = /\.(ts|mjs|js)$/.test(path);
  const linesMax = linesMaxOf(path);
  const depth = /^packages\/[^/]+\/src\/(.*)/.exec(path)?.[1]?.split('/').length ?? 0;
  return [
    ...when(isCode && lineCount > linesMax, {
      path,
      line: lineCount,
      rule: limitRules.length,
      instead: `split it: ${lineCount} lines of ${linesMax}`,
    }),
    ...when(isCode && drawers.test(posix.basename(path)), {
      path,
      line: 1,
      rule: limitRules.drawer,
      instead: 'name it after the one thing that it exports',
    }),
    ...when(depth > limits.depthMax, {
      path,
      line: 1,
      rule: limitRules.depth,
      instead: `at most ${limits.depthMax} levels under src`,
    }),
    ...when(/^packages\/[^/]+\/README\.md$/.test(path) && lineCount > limits.readmeLinesMax, {
      path,
      line: lineCount,
      rule: limitRules.readme,
      instead: 'what, why, where to start; the rest belongs in docs',
    }),
    ...findLongLines(file),
    ...findMachinePaths(file),
  ];
}

function linesMaxOf(path: string): number {
  if (tables.test(path)) return limits.tableLinesMax;
  const isTest = /\.test\.ts$|\/test\/|\/bench\//.test(path);
  return isTest ? limits.testLinesMax : limits.sourceLinesMax;
}

/** Folders of sources that hold too many files. Tests may mirror what they like. */
export function findCrowdedFolders(paths: readonly string[]): Finding[] {
  const counts = new Map<string, number>();
  for (const path of paths.filter((each) => /^packages\/[^/]+\/src\/.*\.ts$/.test(each))) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > limits.filesPerFolderMax)
    .map(([path, count]) => ({
      path,
      line: 1,
      rule: limitRules.folder,
      instead: `${count} files of ${limits.filesPerFolderMax}: find the second subject`,
    }));
}

// Biome never breaks a string or a regular expression: a line that holds one may stick out.
function findLongLines(file: SourceFile): Finding[] {
  if (!/\.(ts|mjs|js)$/.test(file.path)) return [];
  const unbroken = new Set<number>();
  for (const token of file.code) {
    if (token.kind !== 'string' && token.kind !== 'regex') continue;
    token.text.split('\n').forEach((_, i) => {
      unbroken.add(token.line + i);
    });
  }
  return file.text
    .split('\n')
    .map((text, i) => ({ text, line: i + 1 }))
    .filter(({ text, line }) => [...text].length > limits.columnsMax && !unbroken.has(line))
    .filter(({ text }) => !text.includes('https://'))
    .map(({ text, line }) => ({
      path: file.path,
      line,
      rule: limitRules.column,
      instead: `break it: ${[...text].length} columns`,
    }));
}

function findMachinePaths(file: SourceFile): Finding[] {
  return file.text
    .split('\n')
    .map((text, i) => ({ text, line: i + 1 }))
    .filter(({ text }) => machinePath.test(text))
    .map(({ line }) => ({
      path: file.path,
      line,
      rule: limitRules.machine,
      instead: 'a path from the repository, or an environment variable',
    }));
}

function when(isBroken: boolean, finding: Finding): Finding[] {
  return isBroken ? [finding] : [];
}
