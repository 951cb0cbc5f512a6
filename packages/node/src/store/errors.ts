import { PlimsollError } from '@plimsoll/core/math';

/** There is no store in the directory, and none may be made. */
export class StoreMissingError extends PlimsollError {}

/** Another process has the store open for writing. */
export class StoreLockedError extends PlimsollError {}

/** The store is of another network than the one that was asked for. */
export class NetworkMismatchError extends PlimsollError {}

/** The store was written in another format, or for another version of the machine's state. */
export class StoreVersionError extends PlimsollError {}

/** Directory or disk cannot be written to at all. */
export class StoreUnwritableError extends PlimsollError {}

/** A block could not be brought to disk: full, failing, or too large for the file system. */
export class StoreWriteError extends PlimsollError {}

/** The database of blocks is not one, or its pages do not hang together. */
export class DamagedStoreError extends PlimsollError {}

/** A block in the middle is not there, or blocks that a snapshot has seen are gone. */
export class MissingBlocksError extends PlimsollError {}

/** What was stored is not what the machine does with the same blocks. */
export class RecoveryMismatchError extends PlimsollError {}

/** A backup or a restored store goes into a directory of its own. */
export class DirectoryNotEmptyError extends PlimsollError {}

interface SystemError extends Error {
  readonly code: string;
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a file is in the way',
};

/** The failure of a system call on the directory in words; other errors are thrown as they are. */
export function unwritable(error: unknown, directory: string): never {
  const code = systemCode(error);
  const reason = code === undefined ? undefined : UNWRITABLE[code];
  if (code === undefined || reason === undefined) throw error;
  throw new StoreUnwritableError({
    code: 'STORE_UNWRITABLE',
    message: `the store in ${directory} cannot be written to: ${reason}; nothing was changed`,
    facts: { system: code },
    cause: error,
  });
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Partial<SystemError>;
  if (typeof code === 'string') return code;
  // LMDB says the system's number: 13, 1, 30, 28.
  return typeof code === 'number' ? SYSTEM_NUMBERS[code] : undefined;
}

const SYSTEM_NUMBERS: Readonly<Record<number, string>> = {
  1: 'EPERM',
  13: 'EACCES',
  20: 'ENOTDIR',
  28: 'ENOSPC',
  30: 'EROFS',
  122: 'EDQUOT',
};
