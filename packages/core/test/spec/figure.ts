import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs one worked figure: takes the `input` of the block, gives back what `expect` is compared
 * with. Declared over `never` so that every runner states the exact shape of its own input.
 */
export type FigureRunner = (input: never) => unknown;

/** One `json figure` block of a page of docs/spec. */
export type FigureBlock = {
  readonly page: string;
  readonly line: number;
  readonly rule: string;
  readonly function: string;
  readonly input: unknown;
  readonly expect: unknown;
  readonly tolerance: number;
};

const specFolder: string = fileURLToPath(new URL('../../../../docs/spec/', import.meta.url));

/** Every figure of every page of docs/spec, in order of page and line. */
export function readFigures(): FigureBlock[] {
  const pages = readdirSync(specFolder)
    .filter((name) => name.endsWith('.md'))
    .sort((a, b) => (a < b ? -1 : 1));
  return pages.flatMap((page) => figuresOf(page, readFileSync(join(specFolder, page), 'utf8')));
}

/** The figures of one page's text. */
export function figuresOf(page: string, text: string): FigureBlock[] {
  const lines = text.split('\n');
  const figures: FigureBlock[] = [];
  let start = -1;
  lines.forEach((content, index) => {
    if (start < 0 && content.trim() === '```json figure') start = index + 1;
    else if (start >= 0 && content.trim() === '```') {
      figures.push(parseFigure({ page, line: start, text: lines.slice(start, index).join('\n') }));
      start = -1;
    }
  });
  if (start >= 0) throw new Error(`${page}:${start} a figure block is not closed`);
  return figures;
}

function parseFigure(source: { page: string; line: number; text: string }): FigureBlock {
  const { page, line } = source;
  const block = JSON.parse(source.text) as Partial<FigureBlock>;
  for (const key of ['rule', 'function', 'input', 'expect'] as const) {
    if (block[key] === undefined) throw new Error(`${page}:${line} a figure needs "${key}"`);
  }
  return { tolerance: 0, ...block, page, line } as FigureBlock;
}

/**
 * Where `actual` departs from `expected`, as paths with both values; empty when it does not.
 * Every key of `expected` is compared, keys that only `actual` has are not. A bigint stands as a
 * decimal string.
 */
export function differences(
  actual: unknown,
  expected: unknown,
  options: { tolerance: number; path?: string },
): string[] {
  const path = options.path ?? '$';
  const got = typeof actual === 'bigint' ? actual.toString() : actual;
  if (typeof expected === 'number' && typeof got === 'number') {
    const near = got === expected || Math.abs(got - expected) <= options.tolerance;
    return near ? [] : [`${path}: ${got} is not ${expected}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) {
      return [`${path}: ${show(got)} is not ${show(expected)}`];
    }
    return expected.flatMap((value, index) =>
      differences(got[index], value, { ...options, path: `${path}[${index}]` }),
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null) {
      return [`${path}: ${show(got)} is not ${show(expected)}`];
    }
    const record = got as Record<string, unknown>;
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(record[key], value, { ...options, path: `${path}.${key}` }),
    );
  }
  return got === expected ? [] : [`${path}: ${show(got)} is not ${show(expected)}`];
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}
