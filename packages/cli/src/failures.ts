import { InvariantError, PlimsollError } from '@plimsoll/core/math';

/** What a run of the command ends with; `--help` lists them. */
export const EXIT = {
  ok: 0,
  /** Something that was claimed does not hold: an assertion, an invariant, a root. */
  failed: 1,
  /** The arguments or a file are wrong. */
  badInput: 2,
  /** Data is required and not there. */
  dataMissing: 3,
  /** The program is wrong. */
  broken: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake in what the command was given, in words for who gave it. */
export class UsageError extends PlimsollError {
  constructor(message: string) {
    super({ code: 'USAGE', message });
  }
}

const CODES: Readonly<Record<string, ExitCode>> = {
  REPLAY_FAILED: EXIT.failed,
  RECORD_DAMAGED: EXIT.failed,
  SNAPSHOT_DAMAGED: EXIT.failed,
  STORE_DAMAGED: EXIT.failed,
  STORE_BLOCKS_MISSING: EXIT.failed,
  RECOVERY_MISMATCH: EXIT.failed,
  DATA_MISSING: EXIT.dataMissing,
  STORE_MISSING: EXIT.dataMissing,
};

/**
 * Says on stderr what went wrong and returns the exit code. Only a fault of the program comes with
 * its trace: nobody else can do anything with one.
 */
export function reportFailure(error: unknown, stderr: NodeJS.WritableStream): ExitCode {
  if (error instanceof PlimsollError) {
    stderr.write(`plimsoll: ${error.message}\n`);
    return CODES[error.code] ?? EXIT.badInput;
  }
  if (isFileError(error)) {
    stderr.write(`plimsoll: ${placeOf(error)}: ${FILE_ERRORS[error.code] ?? error.code}\n`);
    return EXIT.badInput;
  }
  const what = error instanceof InvariantError ? 'an invariant of the machine broke' : 'a fault';
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`plimsoll: ${what}; please report it with the file that was used\n${detail}\n`);
  return EXIT.broken;
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'is in the way',
  EACCES: 'may not be read or written',
  ENOSPC: 'the disk is full',
  EADDRINUSE: 'another program listens there; choose another port, or 0 for any free one',
  EADDRNOTAVAIL: 'this machine has no such address',
};

interface FileError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

/** The file or the address that the system call was about. */
function placeOf({ path, address, port }: FileError): string {
  if (address !== undefined && port !== undefined) return `${address}:${port}`;
  return path ?? 'a file';
}

function isFileError(error: unknown): error is FileError {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  return 'code' in error && typeof error.code === 'string';
}
