import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlimsollError } from '@plimsoll/core/math';

/** A folder that cannot be made where it was wanted. `cause` is what the system said. */
export class FolderError extends PlimsollError {}

/** Why the system did not take a file or a folder, by its code. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  ENOENT: 'nothing can be made in that place',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a file is in the way',
  ELOOP: 'the links in its path lead nowhere',
  ENAMETOOLONG: 'its name is too long',
};

/** The code of the system in words; undefined when it is no such code. */
export function systemReason(code: string): string | undefined {
  return Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
}

/**
 * Makes a folder and those above it, one after the other. `mkdir` with `recursive` does not: in a
 * place where nothing can be made, such as /proc or a working directory that was removed, Node 20
 * tries for ever and hears no signal.
 *
 * @returns the uppermost that was made; undefined when the folder was there.
 * @throws FolderError naming the one that could not be made.
 */
export function makeFolder(path: string): string | undefined {
  const missing: string[] = [];
  let above = placeOf(path);
  for (; !existsSync(above) && above !== dirname(above); above = dirname(above)) {
    missing.unshift(above);
  }
  if (missing.length === 0 && !isFolder(above)) throw unmade(above, systemError('EEXIST'));
  for (const folder of missing) makeOne(folder);
  return missing[0];
}

/** Where a path leads; a working directory that was removed leads nowhere. */
function placeOf(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    throw unmade(path, error);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been first.
    if (!isFolder(folder)) throw unmade(folder, error);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function unmade(folder: string, cause: unknown): FolderError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = systemReason(code) ?? (cause instanceof Error ? cause.message : String(cause));
  return new FolderError({
    code: 'FOLDER_UNMAKEABLE',
    message: `the folder ${folder} cannot be made: ${reason}; name another place`,
    facts: { system: code },
    cause,
  });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
