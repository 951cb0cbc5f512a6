import type { SignedCommand } from '../network.ts';
import { commandRoutes } from '../routes/commandRoutes.ts';
import type { Problem, Receipt } from '../wire/index.ts';
import { type Backoff, waitBefore } from './backoff.ts';
import {
  ClientError,
  ClosedError,
  ConnectionError,
  errorOf,
  ProtocolError,
  RetryableError,
  TimeoutError,
} from './errors.ts';
import { type Http, isProblem, requestJson } from './http.ts';
import {
  type Connection,
  commandJson,
  type Outcome,
  outcomeOf,
  type Submissions,
} from './stream/index.ts';

export interface Transport {
  readonly http: Http;
  readonly backoff: Backoff;
  /** Absent where there is no WebSocket. */
  readonly stream?: { readonly connection: Connection; readonly submissions: Submissions };
}

/** How often a command is posted when it is not known whether it arrived. */
const ATTEMPTS_MAX = 3;
/** The part of the time for an answer that is spent on waiting for a WebSocket. */
const OPENING_SHARE = 0.25;

/**
 * Sends signed commands: over the WebSocket, and over HTTP while there is none. One outcome per
 * command, in order; it rejects only when the client is closed.
 */
export async function transmit(
  transport: Transport,
  commands: readonly SignedCommand[],
): Promise<readonly Outcome[]> {
  const { stream, http } = transport;
  if (stream !== undefined && (await isOpen(stream.connection, http.timeoutMs * OPENING_SHARE))) {
    return stream.submissions.send(commands);
  }
  return post(transport, commands);
}

async function isOpen(connection: Connection, withinMs: number): Promise<boolean> {
  if (connection.welcome !== undefined) return true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  const opened = connection.open().then(
    () => true,
    (error) => {
      if (error instanceof ClosedError) throw error;
      return false;
    },
  );
  return Promise.race([opened, late]).finally(() => clearTimeout(timer));
}

async function post(
  { http, backoff }: Transport,
  commands: readonly SignedCommand[],
): Promise<readonly Outcome[]> {
  const { method, path } = commandRoutes.submitCommand;
  const body = JSON.stringify({ commands: commands.map(commandJson) });
  let isSent = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return outcomesOf(await requestJson(http, { method, path, body }), commands.length);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      // Nobody knows whether a request without an answer was executed. Sending the same commands
      // again is safe, and brings their receipts.
      const isLost = error instanceof ConnectionError || error instanceof TimeoutError;
      const isUnknown = isLost || (isSent && error instanceof RetryableError);
      if (!isUnknown) return commands.map(() => ({ isAccepted: false, error }));
      isSent = true;
      if (attempt === ATTEMPTS_MAX) {
        return commands.map(() => ({ isAccepted: false, error: unknown(error, commands) }));
      }
      const waitMs = waitBefore(attempt, backoff, Math.random());
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function outcomesOf(answer: unknown, count: number): readonly Outcome[] {
  const { receipts } = answer as { readonly receipts?: readonly (Receipt | Problem)[] };
  if (receipts?.length !== count) {
    throw new ProtocolError({
      code: 'RECEIPTS_MISSING',
      message: 'the node did not answer every command',
      remedy: 'check that client and node are of the same release',
      figures: { commands: count, receipts: receipts?.length ?? 0 },
    });
  }
  return receipts.map((each) =>
    isProblem(each) ? { isAccepted: false, error: errorOf(each) } : outcomeOf(each),
  );
}

function unknown(error: ClientError, commands: readonly SignedCommand[]): ClientError {
  return new ConnectionError({
    code: 'OUTCOME_UNKNOWN',
    message: 'the node did not answer: the commands may still be executed until they expire',
    remedy: 'client.resubmit(error.commands): the same signed command is executed at most once',
    commands,
    cause: error,
  });
}
