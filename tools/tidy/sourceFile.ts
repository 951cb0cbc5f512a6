import { type Token, tokensOf } from './tokens.ts';

/** One file, read and cut once, that every rule looks at. */
export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The tokens without comments; empty for what is not TypeScript or JavaScript. */
  readonly code: readonly Token[];
  readonly comments: readonly Token[];
}

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly instead: string;
}

export function sourceFile(path: string, text: string): SourceFile {
  const tokens = /\.(ts|mjs|js)$/.test(path) ? tokensOf(text) : [];
  return {
    path,
    text,
    code: tokens.filter((token) => token.kind !== 'comment'),
    comments: tokens.filter((token) => token.kind === 'comment'),
  };
}

export function isPackageSource(path: string): boolean {
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(path);
}

export function isCoreSource(path: string): boolean {
  return path.startsWith('packages/core/src/') && path.endsWith('.ts');
}

/** The folder of core that the file is in; undefined for the door of the package and elsewhere. */
export function coreFolder(path: string): string | undefined {
  return /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1];
}
