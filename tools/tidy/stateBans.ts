// All mutable state is columns of the store, and only the store writes them: an assignment that the
// undo log does not see cannot be rolled back, and the gate does not learn whom it touched.
import { stateLayers } from './layers.ts';
import { coreFolder, type SourceFile } from './sourceFile.ts';
import type { Token } from './tokens.ts';

const collection = /^(Map|Set|WeakMap|WeakSet|Array)$/;
const buffer = /^(\w+Array|ArrayBuffer|DataView)$/;
const assignment = /^([-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=$|^(\+\+|--)$/;

/**
 * Lines with a `let`, `var`, collection or empty array that lives as long as the module; above the
 * store a buffer too (below, a scratch cell to look at the bits of a double holds no state).
 */
export function moduleStates({ code, path }: SourceFile): number[] {
  const isStateLayer = stateLayers.includes(coreFolder(path) ?? '');
  const lines: number[] = [];
  let depth = 0;
  for (let i = 0; i < code.length; i++) {
    const token = code[i];
    if (token === undefined) continue;
    if ('{(['.includes(token.text)) depth++;
    if ('})]'.includes(token.text)) depth--;
    if (depth !== 0 || token.kind !== 'word') continue;
    if (token.text === 'let' || token.text === 'var') lines.push(token.line);
    if (token.text === 'const' && holdsMutable(code, i, isStateLayer)) lines.push(token.line);
  }
  return lines;
}

// A constant may be a filled table that says it is read only; an empty or unfilled one is meant to
// be written.
function holdsMutable(code: readonly Token[], start: number, isStateLayer: boolean): boolean {
  let i = start;
  while (i < code.length && code[i]?.text !== '=' && code[i]?.text !== ';') i++;
  const [first, second, third] = [code[i + 1]?.text, code[i + 2]?.text, code[i + 3]?.text];
  if (first === '[' && second === ']') return true;
  if (first === '{' && second === '}') return true;
  if (first !== 'new' || second === undefined) return false;
  if (!collection.test(second) && !(isStateLayer && buffer.test(second))) return false;
  const isReadonly = code.slice(start, i).some((token) => /^Readonly/.test(token.text));
  return !(isReadonly && third === '(' && code[i + 4]?.text !== ')');
}

/** Lines that make or hold a Map or Set. */
export function stateCollections({ code }: SourceFile): number[] {
  return code
    .filter(
      (token, i) =>
        /^(Map|Set|WeakMap|WeakSet)$/.test(token.text) &&
        token.kind === 'word' &&
        (code[i - 1]?.text === 'new' || code[i + 1]?.text === '<'),
    )
    .map((token) => token.line);
}

/** Lines that write `column.data` by an index or by a method of its array. */
export function columnWrites({ code }: SourceFile): number[] {
  const aliases = dataAliases(code);
  return code
    .filter((token, i) => {
      if (token.kind !== 'word') return false;
      const isMember = code[i - 1]?.text === '.';
      const isData = (token.text === 'data' && isMember) || (aliases.has(token.text) && !isMember);
      return isData && (isIndexWrite(code, i) || isMethodWrite(code, i));
    })
    .map((token) => token.line);
}

/** Names given to a column's array: `const cells = column.data;`. */
function dataAliases(code: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  code.forEach((token, i) => {
    if (token.text !== 'data' || code[i - 1]?.text !== '.' || code[i + 1]?.text !== ';') return;
    let start = i;
    while (start > 0 && !['=', ';', '{', '}'].includes(code[start]?.text ?? '')) start--;
    const name = code[start - 1];
    if (code[start]?.text === '=' && name?.kind === 'word') names.add(name.text);
  });
  return names;
}

function isIndexWrite(code: readonly Token[], data: number): boolean {
  if (code[data + 1]?.text !== '[') return false;
  let depth = 0;
  for (let i = data + 1; i < code.length; i++) {
    if (code[i]?.text === '[') depth++;
    if (code[i]?.text === ']' && --depth === 0) {
      const isPrefixed = /^(\+\+|--)$/.test(code[data - 3]?.text ?? '');
      return isPrefixed || assignment.test(code[i + 1]?.text ?? '');
    }
  }
  return false;
}

function isMethodWrite(code: readonly Token[], data: number): boolean {
  return (
    code[data + 1]?.text === '.' &&
    /^(set|fill|copyWithin|sort|reverse)$/.test(code[data + 2]?.text ?? '')
  );
}
