import { createHash, randomBytes } from 'node:crypto';
import { linkSync, renameSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreLockedError, unwritable } from './errors.ts';

/** A store that this process alone writes to, until `release`. */
export interface StoreLock {
  release(): Promise<void>;
}

/** Bytes of a socket's path that every system takes, its end included. */
const PATH_BYTES_MAX = 100;
const ATTEMPTS = 5;
const ANSWER_MS = 1000;

/**
 * Locks a directory by listening on a socket in it: it says who holds it, and it dies with its
 * process, however that ends, so that no lock is ever left behind. Spec: nodeStore 3.
 *
 * @throws StoreLockedError when another process listens.
 * @throws StoreUnwritableError when no socket can be made there.
 */
export async function lockStore(directory: string): Promise<StoreLock> {
  const path = socketPath(directory);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const server = await listen(path, directory);
    if (server !== undefined) {
      return { release: () => new Promise((resolve) => server.close(() => resolve())) };
    }
    const holder = await holderOf(path);
    if (holder !== undefined) throw locked(directory, holder);
    await clearStale(path, directory);
  }
  throw locked(directory, 'unknown');
}

function socketPath(directory: string): string {
  const path = join(directory, 'lock.sock');
  if (Buffer.byteLength(path) < PATH_BYTES_MAX) return path;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  return join(tmpdir(), `plimsoll-${name}.sock`);
}

/** The server that listens now, or undefined when there is a socket already. */
function listen(path: string, directory: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${process.pid}\n`);
    });
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else attempt(() => unwritable(error, directory), reject);
    });
    server.listen(path, () => resolve(server));
  });
}

function attempt(run: () => never, reject: (error: unknown) => void): void {
  try {
    run();
  } catch (error) {
    reject(error);
  }
}

/** The process that listens, or undefined when nobody does. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
    socket.setEncoding('utf8');
    let isHeld = false;
    socket.on('connect', () => {
      isHeld = true;
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(isHeld ? text.trim() || 'unknown' : undefined);
    });
  });
}

/**
 * Takes a socket away that nobody listens on. It is renamed first and asked again, and put back if
 * it is alive after all: two processes that start at once cannot both take it for dead.
 */
async function clearStale(path: string, directory: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    unwritable(error, directory);
  }
  const holder = await holderOf(aside);
  if (holder !== undefined) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  unlinkSync(aside);
  if (holder !== undefined) throw locked(directory, holder);
}

function locked(directory: string, process: string): StoreLockedError {
  return new StoreLockedError({
    code: 'STORE_LOCKED',
    message:
      `the store in ${directory} is open in process ${process}; stop that one first, or read ` +
      'beside it with backup, verify or inspect',
    facts: { process },
  });
}
