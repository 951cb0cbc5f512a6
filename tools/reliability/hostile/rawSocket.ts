import { connect, type Socket } from 'node:net';

export interface RawOptions {
  readonly port: number;
  /** The address that it comes from. */
  readonly from: string;
}

export interface RawEnd {
  /** All that came, each byte a character. */
  readonly text: string;
  readonly bytes: Buffer;
  /** `closed`: by the node; `reset`: with an error; `open`: it still was when waiting ended. */
  readonly end: 'closed' | 'reset' | 'open';
}

export interface Sending {
  /** Between two pieces; 0: all at once. */
  readonly everyMs?: number;
  readonly waitMs: number;
  /** Ends waiting early. */
  readonly until?: (text: string) => boolean;
}

/** An open TCP connection; errors are looked for by who reads. */
export function openRaw({ port, from }: RawOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** Sends pieces over a connection of its own and reads until it ends, or long enough. */
export async function overRaw(
  options: RawOptions,
  pieces: readonly (string | Uint8Array)[],
  sending: Sending,
): Promise<RawEnd> {
  let socket: Socket;
  try {
    socket = await openRaw(options);
  } catch {
    return { text: '', bytes: Buffer.alloc(0), end: 'reset' };
  }
  const came = readAll(socket, sending);
  const { everyMs = 0 } = sending;
  for (const piece of pieces) {
    if (socket.destroyed || socket.writableEnded) break;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    if (everyMs > 0) await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  const end = await came;
  socket.destroy();
  return end;
}

/** Reads until the other side ends it, or long enough. */
export function readAll(socket: Socket, { waitMs, until }: Sending): Promise<RawEnd> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = (end: RawEnd['end']): void => {
      clearTimeout(timer);
      const bytes = Buffer.concat(chunks);
      resolve({ bytes, text: bytes.toString('latin1'), end });
    };
    const timer = setTimeout(() => finish('open'), waitMs);
    let isReset = false;
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (until?.(Buffer.concat(chunks).toString('latin1')) === true) finish('open');
    });
    socket.on('error', () => {
      isReset = true;
    });
    socket.on('close', () => finish(isReset ? 'reset' : 'closed'));
  });
}
