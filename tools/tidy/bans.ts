// What a source must not say, each with what to say instead. Matching is on tokens, so a comment or
// a string may speak of what is banned.
import { bigintDivisions } from './bigintDivision.ts';
import { stateLayers } from './layers.ts';
import {
  coreFolder,
  type Finding,
  isCoreSource,
  isPackageSource,
  type SourceFile,
} from './sourceFile.ts';
import { columnWrites, moduleStates, stateCollections } from './stateBans.ts';

interface Ban {
  readonly rule: string;
  readonly instead: string;
  readonly isIn: (path: string) => boolean;
  /** The lines on which the file breaks the rule. */
  readonly find: (file: SourceFile) => number[];
}

/** What `+ - * /` and these give is the same on every engine; the last bits of the rest are not. */
const exactMath = /^(sqrt|floor|ceil|min|max|abs|trunc|sign|imul|clz32|[A-Z][A-Z0-9_]*)$/;

const isCoreOutside =
  (...folders: readonly string[]) =>
  (path: string): boolean =>
    isCoreSource(path) && !folders.includes(coreFolder(path) ?? '');

const isStateLayer = (path: string): boolean =>
  isCoreSource(path) && stateLayers.includes(coreFolder(path) ?? '');

// Put together, so that a search for unfinished work does not stop here.
const unfinished = new RegExp(
  `\\b(${['TO', 'FIX'].map((start, i) => start + ['DO', 'ME'][i]).join('|')})\\b`,
);

const determinism: readonly Ban[] = [
  {
    rule: 'no randomness in core',
    instead: 'what is random comes in with the command',
    isIn: isCoreSource,
    find: sequence(/^Math$/, /^\.$/, /^random$/),
  },
  {
    rule: 'no inexact Math in core',
    instead: 'math/exp.ts and math/log.ts; Math.floor(x + 0.5) where a rule rounds',
    isIn: isCoreSource,
    find: (file) =>
      linesWhere(
        file,
        ({ text, before, beforeThat }) =>
          before === '.' && beforeThat === 'Math' && text !== 'random' && !exactMath.test(text),
      ),
  },
  {
    rule: 'no ** in core',
    instead: 'write the product, or math/exp.ts',
    isIn: isCoreSource,
    find: sequence(/^\*\*=?$/),
  },
  {
    rule: 'no promises in core',
    instead: 'the core is synchronous: the host waits, the machine does not',
    isIn: isCoreSource,
    find: bareWord(/^(async|await|Promise)$/),
  },
  {
    rule: 'no locale in core',
    instead: 'compare bytes or numbers',
    isIn: isCoreSource,
    find: (file) =>
      linesWhere(file, ({ text, before, after }) =>
        text === 'Intl'
          ? before !== '.' && after !== ':'
          : /^(localeCompare|toLocale\w+)$/.test(text),
      ),
  },
  {
    rule: 'no for…in in core',
    instead: 'for…of over an array: the order of keys is not a rule',
    isIn: isCoreSource,
    find: (file) => linesWhere(file, ({ text, index }) => text === 'for' && isForIn(file, index)),
  },
  {
    rule: 'no sort() without a comparison in core',
    instead: 'sort((a, b) => …): the default compares texts',
    isIn: isCoreSource,
    find: sequence(/^(sort|toSorted)$/, /^\($/, /^\)$/),
  },
];

const rounding: readonly Ban[] = [
  {
    rule: 'no division of bigint outside math/mulDiv.ts',
    instead: 'mulDivDown or mulDivUp: name the rounding',
    isIn: (path) => isCoreSource(path) && path !== 'packages/core/src/math/mulDiv.ts',
    find: bigintDivisions,
  },
  {
    rule: 'no Number( or BigInt( outside math and schema',
    instead: 'math/cross.ts: name the rounding',
    isIn: isCoreOutside('math', 'schema'),
    find: (file) =>
      linesWhere(
        file,
        ({ text, before, after }) =>
          (text === 'Number' || text === 'BigInt') && before !== '.' && after === '(',
      ),
  },
];

const state: readonly Ban[] = [
  {
    rule: 'no state in a module of core',
    instead: 'a column of the store, or a value that is passed in',
    isIn: isCoreSource,
    find: moduleStates,
  },
  {
    rule: 'no Map or Set in the state layers',
    instead: 'a column or a hash index of the store',
    isIn: isStateLayer,
    find: stateCollections,
  },
  {
    rule: 'only store writes columns',
    instead: 'column.set, which the undo log sees',
    isIn: isCoreOutside('store'),
    find: columnWrites,
  },
];

const language: readonly Ban[] = [
  {
    rule: 'no export *',
    instead: 'name what the door shows',
    isIn: isPackageSource,
    find: sequence(/^export$/, /^\*$/),
  },
  {
    rule: 'no export default',
    instead: 'a named export',
    isIn: isPackageSource,
    find: sequence(/^export$/, /^default$/),
  },
  {
    rule: 'no enum or namespace',
    instead: 'a const object and its type; a module',
    isIn: isPackageSource,
    find: (file) =>
      linesWhere(
        file,
        ({ text, before, after }) =>
          (text === 'enum' || text === 'namespace') && before !== '.' && /^[A-Za-z_]/.test(after),
      ),
  },
  {
    rule: 'no as unknown as',
    instead: 'a type that is true, or a check that makes it so',
    isIn: isPackageSource,
    find: sequence(/^as$/, /^unknown$/, /^as$/),
  },
  {
    rule: 'no any',
    instead: 'unknown and a check',
    isIn: isPackageSource,
    find: (file) =>
      linesWhere(
        file,
        ({ text, before }) => text === 'any' && [':', '<', 'as', '|', ','].includes(before),
      ),
  },
  {
    rule: 'no console outside cli',
    instead: 'return it, or take a sink',
    isIn: (path) => isPackageSource(path) && !path.startsWith('packages/cli/'),
    find: sequence(/^console$/, /^\.$/),
  },
  {
    rule: 'no mkdir outside files/makeFolder.ts',
    instead: 'makeFolder: a recursive mkdir never ends in some places',
    isIn: (path) => isPackageSource(path) && path !== 'packages/node/src/files/makeFolder.ts',
    find: sequence(/^mkdir(Sync)?$/),
  },
  {
    rule: 'nothing unfinished',
    instead: 'finish it, or say in the docs what is not there',
    isIn: (path) => /\.(ts|mjs|js)$/.test(path),
    find: (file) =>
      file.comments
        .filter((comment) => unfinished.test(comment.text))
        .map((comment) => comment.line),
  },
];

const bans: readonly Ban[] = [...determinism, ...rounding, ...state, ...language];

/** The name of every ban, so that the test can ask for one planted text each. */
export const banNames: readonly string[] = bans.map((ban) => ban.rule);

export function findBanned(file: SourceFile): Finding[] {
  return bans
    .filter((ban) => ban.isIn(file.path))
    .flatMap((ban) =>
      ban
        .find(file)
        .map((line) => ({ path: file.path, line, rule: ban.rule, instead: ban.instead })),
    );
}

interface Place {
  readonly text: string;
  readonly before: string;
  readonly beforeThat: string;
  readonly after: string;
  readonly index: number;
}

function linesWhere(file: SourceFile, isBanned: (place: Place) => boolean): number[] {
  const textAt = (index: number): string => file.code[index]?.text ?? '';
  return file.code
    .map((token, index) => ({ token, index }))
    .filter(({ token }) => token.kind === 'word')
    .filter(({ token, index }) =>
      isBanned({
        text: token.text,
        before: textAt(index - 1),
        beforeThat: textAt(index - 2),
        after: textAt(index + 1),
        index,
      }),
    )
    .map(({ token }) => token.line);
}

/** A word that stands for itself: no member and no key. */
function bareWord(pattern: RegExp): (file: SourceFile) => number[] {
  return (file) =>
    linesWhere(
      file,
      ({ text, before, after }) =>
        pattern.test(text) && before !== '.' && before !== '?.' && after !== ':',
    );
}

function sequence(...patterns: readonly RegExp[]): (file: SourceFile) => number[] {
  return ({ code }) =>
    code
      .filter((_, index) =>
        patterns.every((pattern, offset) => {
          const token = code[index + offset];
          return token !== undefined && token.kind !== 'string' && pattern.test(token.text);
        }),
      )
      .map((token) => token.line);
}

function isForIn(file: SourceFile, forIndex: number): boolean {
  if (file.code[forIndex + 1]?.text !== '(') return false;
  for (let i = forIndex + 2; i < forIndex + 5; i++) {
    if (file.code[i]?.text === 'in' && file.code[i]?.kind === 'word') return true;
  }
  return false;
}
