import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
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
const SETTLE_MS = 30;
/** Nobody listens. Whatever else goes wrong, such as no room or no right to ask, is no proof. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);

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
    if (server !== undefined) return await hold(server, path, directory);
    const seen = identityOf(path);
    const holder = await holderOf(path);
    if (holder !== undefined) throw locked(directory, holder);
    clearStale(path, seen, directory);
  }
  throw locked(directory, 'unknown');
}

/**
 * Whoever takes a stale socket away may be late and take ours: so we look again a moment later.
 * Closing a server removes what lies at its path, also if that is another's by then.
 */
async function hold(server: Server, path: string, directory: string): Promise<StoreLock> {
  const own = identityOf(path);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (own === undefined || identityOf(path) !== own) throw locked(directory, 'unknown');
  return {
    release: async () => {
      if (identityOf(path) !== own) return;
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Which socket lies at a path: numbers of files are used again, times are not. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev} ${found.ino} ${found.ctimeNs}`;
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
    let isHeld = true;
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isHeld = !NOBODY.has(error.code);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(isHeld ? text.trim() || 'unknown' : undefined);
    });
  });
}

/** Takes the socket away that was asked and did not answer, and no other that lies there by now. */
function clearStale(path: string, seen: string | undefined, directory: string): void {
  if (seen === undefined || identityOf(path) !== seen) return;
  try {
    rmSync(path, { force: true });
  } catch (error) {
    unwritable(error, directory);
  }
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
