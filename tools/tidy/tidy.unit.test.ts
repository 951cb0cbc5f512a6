import { describe, expect, test } from 'vitest';
import { banNames } from './bans.ts';
import { blindnessRule, checkTree, findInFile } from './checkTree.ts';
import { importRules } from './imports.ts';
import { coreLayers, layerDiagram } from './layers.ts';
import { findCrowdedFolders, limitRules, limits } from './limits.ts';
import { findInLockFile, lockRules } from './lockFile.ts';
import { sourceFile } from './sourceFile.ts';
import { tokensOf } from './tokens.ts';

const risk = 'packages/core/src/risk/margin.ts';
const store = 'packages/core/src/store/column.ts';
const simulator = 'packages/simulator/src/run.ts';

function rulesFiredBy(text: string, path = risk): string[] {
  return findInFile(sourceFile(path, text)).map((finding) => finding.rule);
}

const unfinished = ['TO', 'DO'].join('');

/** For each ban: texts that must fire, and the nearest that must not. */
const planted: Readonly<Record<string, { bad: readonly string[]; good: readonly string[] }>> = {
  'no randomness in core': {
    bad: ['Math.random()'],
    good: ['// Math.random()', "'Math.random()'"],
  },
  'no inexact Math in core': {
    bad: ['Math.exp(x)', 'Math.round(x)', 'Math.hypot(a, b)', 'const { a } = f(Math.log1p(x));'],
    good: ['Math.sqrt(x) + Math.floor(y) * Math.PI', 'math.exp(x)'],
  },
  'no ** in core': { bad: ['a ** 2', 'a **= 2'], good: ['a * b', '/** doc */'] },
  'no promises in core': {
    bad: ['async function f() {}', 'await f()', 'Promise.resolve()'],
    good: ['x.async', 'const y = { await: 1 };'],
  },
  'no locale in core': {
    bad: ['a.localeCompare(b)', 'n.toLocaleString()', 'new Intl.NumberFormat()'],
    good: ['locale(a)'],
  },
  'no for…in in core': {
    bad: ['for (const k in o) {}', 'for (k in o) {}'],
    good: ['for (const k of o) {}', "if ('a' in o) {}"],
  },
  'no sort() without a comparison in core': {
    bad: ['a.sort()', 'a.toSorted()'],
    good: ['a.sort(byId)', 'a.sort((x, y) => x - y)'],
  },
  'no division of bigint outside math/mulDiv.ts': {
    bad: [
      'x / 1000n',
      '7n / x',
      'function f(amount: bigint): bigint { return amount / other; }',
      'function f(a: bigint): bigint { let b = a; b /= c; }',
      'const sum = 1n + y; const half = (sum * k) / z;',
      'interface Row { readonly amount: bigint } const x = row.amount / y;',
      'function f(): bigint {} const x = f(1) / y;',
    ],
    good: [
      'function f(x: number): number { return x / 2; }',
      'function f(a: bigint): number { return toDouble(a) / 2; }',
      'const rate = mulDivUp(1n, 2n, 3n) + ratio(a / b);',
      'const pattern = /1n/;',
    ],
  },
  'no Number( or BigInt( outside math and schema': {
    bad: ['Number(x)', 'BigInt(x)'],
    good: ['Number.isInteger(x)', 'BigInt.asIntN(64, x)'],
  },
  'no state in a module of core': {
    bad: [
      'let count = 0;',
      'export let count = 0;',
      'const seen = new Map();',
      'const rows = [];',
      'const scratch = new Float64Array(8);',
    ],
    good: [
      'function f() { let count = 0; const rows = []; }',
      'const table = [1, 2, 3];',
      'const byName: ReadonlyMap<string, number> = new Map(rows);',
    ],
  },
  'no Map or Set in the state layers': {
    bad: ['function f() { return new Map(); }', 'interface S { a: Set<number> }'],
    good: ['row.Map', 'f(x: ReadonlyMap<string, number>)'],
  },
  'only store writes columns': {
    bad: [
      'state.balance.data[row] = 1n;',
      'state.balance.data[row * 2 + f(1)] += 1n;',
      'state.balance.data.fill(0n);',
      'const cells = state.balance.data; cells[3] = 0n;',
    ],
    good: ['x = state.balance.data[row];', 'state.balance.set(row, 1n);', 'a.data[i] === b'],
  },
  'no export *': { bad: ["export * from './a.ts';"], good: ["export { a } from './a.ts';"] },
  'no export default': { bad: ['export default f;'], good: ['export { f };'] },
  'no enum or namespace': {
    bad: ['enum Side { Buy }', 'namespace N {}'],
    good: ['const x = { enum: [1] };', 'schema.enum = list;'],
  },
  'no as unknown as': { bad: ['x as unknown as Y'], good: ['x as unknown'] },
  'no any': { bad: ['f(x: any)', 'x as any'], good: ['list.any(x)', 'const any = 1;'] },
  'no console outside cli': { bad: ['console.log(1)'], good: ['// console.log(1)'] },
  'no mkdir outside files/makeFolder.ts': {
    bad: ['fs.mkdirSync(x)', 'await mkdir(x)'],
    good: ['makeFolder(x)', 'mkdtempSync(x)'],
  },
  'nothing unfinished': {
    bad: [`// ${unfinished} later`, `/* FIX${'ME'} */`],
    good: [`'${unfinished}'`],
  },
};

describe('every ban fires on a planted text and spares its neighbor', () => {
  test('every ban has planted texts', () => {
    expect(Object.keys(planted).sort()).toEqual([...banNames].sort());
  });

  for (const [rule, { bad, good }] of Object.entries(planted)) {
    for (const text of bad) {
      test(`${rule}: ${text}`, () => expect(rulesFiredBy(text)).toContain(rule));
    }
    for (const text of good) {
      test(`${rule}, spared: ${text}`, () => expect(rulesFiredBy(text)).not.toContain(rule));
    }
  }

  test('determinism binds the core alone, and money may be divided in mulDiv.ts alone', () => {
    expect(rulesFiredBy('export const x = Math.random() / 2;', simulator)).toEqual([]);
    expect(rulesFiredBy('a / 2n', 'packages/core/src/math/mulDiv.ts')).toEqual([]);
    expect(rulesFiredBy('a / 2n', 'packages/core/src/math/exp.ts')).toHaveLength(1);
  });

  test('the store may write cells, and below it a scratch buffer may stand in a module', () => {
    expect(rulesFiredBy('this.data[cell] = value;', store)).toEqual([]);
    expect(rulesFiredBy('const bits = new DataView(b);', 'packages/core/src/math/b.ts')).toEqual(
      [],
    );
  });

  test('cli may print', () => {
    expect(rulesFiredBy('console.log(1)', 'packages/cli/src/main.ts')).toEqual([]);
  });
});

describe('imports follow the table', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    [risk, "import { a } from '../math/index.ts';", undefined],
    [risk, "import { a } from './gate.ts';", undefined],
    [risk, "import { a } from '../venue/book.ts';", importRules.layer],
    [risk, "export { a } from '../venue/book.ts';", importRules.layer],
    [risk, "const a = import('../venue/book.ts');", importRules.layer],
    [risk, "import { a } from '../index.ts';", importRules.layer],
    [risk, "import { a } from '@noble/hashes/sha2.js';", undefined],
    [risk, "import { a } from 'viem';", importRules.dependency],
    [risk, "import { a } from '@plimsoll/core/math';", importRules.direction],
    ['packages/core/src/index.ts', "export { a } from './machine/index.ts';", undefined],
    ['packages/core/src/extra/a.ts', 'export const a = 1;', importRules.unknown],
    ['packages/extra/src/a.ts', 'export const a = 1;', importRules.unknown],
    [simulator, "import { a } from '@plimsoll/core/risk';", undefined],
    [simulator, "import { a } from '@plimsoll/core/risk/gate.ts';", importRules.door],
    [simulator, "import { a } from '../../core/src/risk/index.ts';", importRules.door],
    [simulator, "import { a } from '@plimsoll/cli';", importRules.direction],
    ['packages/core/test/risk/a.unit.test.ts', "import '@plimsoll/core/risk';", undefined],
    ['packages/core/test/risk/a.unit.test.ts', "import '@plimsoll/cli';", importRules.direction],
  ];
  for (const [path, text, rule] of cases) {
    test(`${path}: ${text} ${rule === undefined ? 'is allowed' : 'is refused'}`, () => {
      expect(rulesFiredBy(text, path)).toEqual(rule === undefined ? [] : [rule]);
    });
  }
});

describe('limits', () => {
  test('a source longer than its limit is reported', () => {
    expect(rulesFiredBy('\n'.repeat(limits.sourceLinesMax))).toEqual([]);
    expect(rulesFiredBy('\n'.repeat(limits.sourceLinesMax + 1))).toEqual([limitRules.length]);
    const testPath = 'packages/core/test/risk/a.unit.test.ts';
    expect(rulesFiredBy('\n'.repeat(limits.testLinesMax + 1), testPath)).toEqual([
      limitRules.length,
    ]);
  });

  test('a table of the schema may be longer, and has a limit too', () => {
    const table = 'packages/core/src/schema/rejection.ts';
    expect(rulesFiredBy('\n'.repeat(limits.tableLinesMax), table)).toEqual([]);
    expect(rulesFiredBy('\n'.repeat(limits.tableLinesMax + 1), table)).toEqual([limitRules.length]);
  });

  test('a comment may not stick out, a string may', () => {
    const long = 'x'.repeat(limits.columnsMax);
    expect(rulesFiredBy(`// ${long}`)).toEqual([limitRules.column]);
    expect(rulesFiredBy(`export const a = '${long}';`)).toEqual([]);
  });

  test('a drawer, a deep folder, a long README and a crowded folder are reported', () => {
    expect(rulesFiredBy('', 'packages/core/src/risk/utils.ts')).toEqual([limitRules.drawer]);
    expect(rulesFiredBy('', 'packages/core/src/risk/a/b/c.ts')).toEqual([limitRules.depth]);
    expect(rulesFiredBy('\n'.repeat(61), 'packages/core/README.md')).toEqual([limitRules.readme]);
    const paths = Array.from({ length: 16 }, (_, i) => `packages/core/src/risk/f${i}.ts`);
    expect(findCrowdedFolders(paths).map((finding) => finding.rule)).toEqual([limitRules.folder]);
    expect(findCrowdedFolders(paths.slice(1))).toEqual([]);
  });

  test('a path of one machine is reported wherever it stands', () => {
    const path = ['', 'work', 'main', 'file'].join('/');
    expect(rulesFiredBy(`See ${path}`, 'docs/a.md')).toEqual([limitRules.machine]);
    expect(rulesFiredBy(`export const a = '${path}';`)).toEqual([limitRules.machine]);
    expect(rulesFiredBy('See packages/home/main', 'docs/a.md')).toEqual([]);
  });
});

describe('the lock file', () => {
  const fired = (packages: unknown) =>
    findInLockFile(JSON.stringify({ packages })).map((finding) => finding.rule);

  test('an address of a registry is reported, a folder of the workspace is not', () => {
    expect(fired({ 'node_modules/a': { resolved: 'https://host/a.tgz' } })).toEqual([
      lockRules.host,
    ]);
    expect(fired({ 'node_modules/a': { resolved: 'packages/a', link: true } })).toEqual([]);
  });

  test('a platform without an entry is reported, wherever its entry would stand', () => {
    const a = { optionalDependencies: { 'a-mac': '1.0.0' } };
    expect(fired({ 'node_modules/a': a })).toEqual([lockRules.platform]);
    expect(fired({ 'node_modules/a': a, 'node_modules/a-mac': {} })).toEqual([]);
    expect(fired({ 'node_modules/b/node_modules/a': a, 'node_modules/a-mac': {} })).toEqual([]);
  });
});

describe('what sees nothing fails', () => {
  const floors = { files: 1, coreFiles: 1, coreFolders: 1, imports: 1 };

  test('an empty tree falls below every floor', () => {
    const { findings } = checkTree([], floors);
    expect(findings.map((finding) => finding.rule)).toEqual(Array(4).fill(blindnessRule));
  });

  test('files whose imports are not seen fall below the floor of imports', () => {
    const { findings, seen } = checkTree([sourceFile(risk, 'export const a = 1;')], floors);
    expect(seen).toEqual({ files: 1, coreFiles: 1, coreFolders: 1, imports: 0 });
    expect(findings).toHaveLength(1);
  });

  test('a tree above the floors is content', () => {
    const file = sourceFile(risk, "import { a } from '../math/index.ts';");
    expect(checkTree([file], floors).findings).toEqual([]);
  });
});

describe('the lexer', () => {
  const kinds = (text: string) => tokensOf(text).map((token) => [token.kind, token.text]);

  test('a slash after an operand divides, elsewhere it opens a regular expression', () => {
    expect(kinds('a! / b / c').filter(([kind]) => kind === 'regex')).toEqual([]);
    expect(kinds('f(/[/]"/g)').filter(([kind]) => kind === 'regex')).toEqual([
      ['regex', '/[/]"/g'],
    ]);
    expect(kinds('return /a/;')[1]).toEqual(['regex', '/a/']);
  });

  test('code inside a template is cut, its prose is not', () => {
    const words = tokensOf('`Date ${a.now({ b: `${c}` })} Date`; d').filter(
      (token) => token.kind === 'word',
    );
    expect(words.map((token) => token.text)).toEqual(['a', 'now', 'b', 'c', 'd']);
  });

  test('lines are counted through comments, templates and strings', () => {
    const tokens = tokensOf('/*\n*/\n`\n`\nlast');
    expect(tokens.at(-1)).toEqual({ kind: 'word', text: 'last', line: 5 });
  });
});

test('the diagram names every folder of core in order', () => {
  const diagram = layerDiagram();
  const places = coreLayers.map((layer) => diagram.indexOf(`| \`${layer.name}\` |`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
