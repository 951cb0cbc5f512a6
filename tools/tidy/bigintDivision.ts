// Finds `/` and `/=` on bigint without a type checker. An operand counts as a bigint if it is a
// bigint literal, a name declared `: bigint`, a name assigned from one of those, a call of a
// function declared to return bigint, or a bracket that holds any of them. Exports carry their
// types (isolatedDeclarations), so what a module takes and gives is seen.
import type { SourceFile } from './sourceFile.ts';
import type { Token } from './tokens.ts';

export function bigintDivisions(file: SourceFile): number[] {
  const names = bigintNames(file.code);
  return file.code
    .map((token, index) => ({ token, index }))
    .filter(({ token }) => token.text === '/' || token.text === '/=')
    .filter(
      ({ index }) =>
        isBigintBefore(file.code, index - 1, names) || isBigintAfter(file.code, index + 1, names),
    )
    .map(({ token }) => token.line);
}

/** Names of values and functions that this file shows to be bigint, and nowhere to be number. */
function bigintNames(code: readonly Token[]): ReadonlySet<string> {
  const bigints = new Set<string>();
  const others = new Set<string>();
  for (let i = 0; i < code.length; i++) {
    const type = code[i + 1]?.text;
    if (code[i]?.text !== ':' || (type !== 'bigint' && type !== 'number')) continue;
    const name = declaredName(code, i - 1);
    if (name !== undefined) (type === 'bigint' ? bigints : others).add(name);
  }
  for (let i = 0; i < code.length; i++) {
    const isDeclaration = /^(const|let)$/.test(code[i]?.text ?? '') && code[i + 2]?.text === '=';
    const name = code[i + 1]?.text;
    if (!isDeclaration || name === undefined || others.has(name)) continue;
    if (isBigintAfter(code, i + 3, bigints)) bigints.add(name);
  }
  for (const name of others) bigints.delete(name);
  return bigints;
}

/** The name before a `:`, also of a function whose parameters end there. */
function declaredName(code: readonly Token[], end: number): string | undefined {
  let at = code[end]?.text === '?' ? end - 1 : end;
  if (code[at]?.text === ')') at = openingOf(code, at) - 1;
  return code[at]?.kind === 'word' ? code[at]?.text : undefined;
}

function isBigintBefore(code: readonly Token[], end: number, names: ReadonlySet<string>): boolean {
  const token = code[end];
  if (token === undefined) return false;
  if (token.text !== ')' && token.text !== ']') return isBigintToken(token, names);
  const open = openingOf(code, end);
  const callee = code[open - 1];
  if (callee?.kind === 'word') return names.has(callee.text);
  return code.slice(open, end).some((inner, i) => {
    const isArgument = code[open + i + 1]?.text === '(';
    return !isArgument && isBigintToken(inner, names) && isAtDepthOne(code, open, open + i);
  });
}

function isBigintAfter(code: readonly Token[], start: number, names: ReadonlySet<string>): boolean {
  let at = start;
  while (['-', '~', '+', '('].includes(code[at]?.text ?? '')) at++;
  // The last member of a path decides: `row.amount`.
  while (code[at]?.kind === 'word' && code[at + 1]?.text === '.') at += 2;
  const token = code[at];
  return token !== undefined && isBigintToken(token, names);
}

function isBigintToken(token: Token, names: ReadonlySet<string>): boolean {
  if (token.kind === 'number') return token.text.endsWith('n');
  return token.kind === 'word' && names.has(token.text);
}

function isAtDepthOne(code: readonly Token[], open: number, at: number): boolean {
  let depth = 0;
  for (let i = open; i < at; i++) {
    if (code[i]?.text === '(' || code[i]?.text === '[') depth++;
    if (code[i]?.text === ')' || code[i]?.text === ']') depth--;
  }
  return depth === 1;
}

function openingOf(code: readonly Token[], closing: number): number {
  let depth = 0;
  for (let i = closing; i >= 0; i--) {
    if (code[i]?.text === ')' || code[i]?.text === ']') depth++;
    if (code[i]?.text === '(' || code[i]?.text === '[') depth--;
    if (depth === 0) return i;
  }
  return 0;
}
