import type { Action } from '@plimsoll/core/schema';
import type { SignedCommand } from '../../network.ts';
import type { ClientError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { commandJson } from './submissions.ts';

/** A deposit with the node that cancels orders when this client is gone. */
export interface CancelOnDisconnect {
  /** When the command that lies with the node expires, milliseconds; 0: there is none. */
  readonly expiresMs: number;
  /** Takes it back. */
  close(): Promise<void>;
}

export interface CancelOnDisconnectOptions {
  /** An instrument; absent: all. */
  readonly instrument?: number;
  /** Told when the node refuses a renewal: from then on nothing protects the orders. */
  readonly onError?: (error: ClientError) => void;
}

interface Dependencies {
  readonly connection: Connection;
  /** Signs with the key that is used for this alone. */
  readonly sign: (actions: readonly Action[]) => Promise<SignedCommand>;
  readonly nowMs: () => number;
}

/** A renewal that failed with the line is tried again with the next one; this often otherwise. */
const RENEW_MS_MIN = 1_000;

/**
 * Deposits a signed cancelAll and keeps it from expiring: renewed at half of its life and whenever
 * the connection comes back (what lay there was used up when it broke). The node holds no key and
 * can do nothing but submit it. The signing key has to be one that signs nothing else, such as an
 * agent with the scope `cancel`: a nonce below the last 64 used of its key is spent, and one that
 * lies with the node falls behind those of a key that trades. Spec: stream 7.
 */
export async function keepCancelOnDisconnect(
  dependencies: Dependencies,
  options: CancelOnDisconnectOptions,
): Promise<CancelOnDisconnect> {
  const { connection, sign, nowMs } = dependencies;
  const { instrument = 0, onError = () => {} } = options;
  let expiresMs = 0;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const deposit = async (): Promise<void> => {
    clearTimeout(timer);
    const command = await sign([{ kind: 'cancelAll', instrument }]);
    if (isClosed) return;
    const id = connection.nextId();
    await connection.request({ op: 'cancelOnDisconnect', id, command: commandJson(command) });
    // Closed meanwhile: it was taken back by what followed it.
    if (isClosed) return;
    expiresMs = command.expiresMs;
    const renewMs = Math.max(RENEW_MS_MIN, (expiresMs - nowMs()) / 2);
    timer = setTimeout(renew, renewMs);
  };
  const renew = (): void => {
    deposit().catch((error) => {
      // Without a line there is nothing to protect yet: onOpen deposits again.
      if (connection.welcome !== undefined && !isClosed) onError(error);
    });
  };

  await connection.open();
  await deposit();
  connection.listen({
    onOpen: () => {
      if (!isClosed) renew();
    },
    onDown: () => {
      expiresMs = 0;
    },
    onClose: () => clearTimeout(timer),
  });
  return {
    get expiresMs() {
      return expiresMs;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      expiresMs = 0;
      if (connection.welcome === undefined) return;
      const id = connection.nextId();
      await connection.request({ op: 'cancelOnDisconnect', id, command: null });
    },
  };
}
