import { PlimsollError } from '@plimsoll/core/math';
import { FolderError, systemReason } from '../files/index.ts';

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

/** What the directory and the disk are to blame for. A missing file is not among these. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'ENOTDIR',
  'EEXIST',
]);

/** The failure of a system call on the directory in words; other errors are thrown as they are. */
export function unwritable(error: unknown, directory: string): never {
  const isFolder = error instanceof FolderError;
  const code = systemCode(isFolder ? error.cause : error);
  if (code === undefined || !(isFolder || UNWRITABLE.has(code))) throw error;
  const reason = systemReason(code) ?? code;
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
