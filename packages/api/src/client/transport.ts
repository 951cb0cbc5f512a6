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
 *
 * @param isResent whether they may have arrived before.
 */
export async function transmit(
  transport: Transport,
  commands: readonly SignedCommand[],
  isResent: boolean,
): Promise<readonly Outcome[]> {
  const { stream, http } = transport;
  if (stream !== undefined && (await isOpen(stream.connection, http.timeoutMs * OPENING_SHARE))) {
    return stream.submissions.send(commands, isResent);
  }
  return post(transport, commands, isResent);
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

/** What is left without an answer is posted again: it is safe, and brings its receipts. */
async function post(
  { http, backoff }: Transport,
  commands: readonly SignedCommand[],
  isResent: boolean,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<SignedCommand, Outcome>();
  for (let attempt = 1; ; attempt++) {
    const open = commands.filter((command) => !outcomes.has(command));
    const answers = await answersTo(http, open);
    const unknown = open.filter((_, i) =>
      isUnknown(answers[i] as Outcome, isResent || attempt > 1),
    );
    open.forEach((command, i) => {
      const answer = answers[i] as Outcome;
      if (!unknown.includes(command)) outcomes.set(command, answer);
      else if (attempt === ATTEMPTS_MAX) outcomes.set(command, outcomeUnknown(answer, unknown));
    });
    if (outcomes.size === commands.length) {
      return commands.map((command) => outcomes.get(command) as Outcome);
    }
    const waitMs = waitBefore(attempt, backoff, Math.random());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

async function answersTo(
  http: Http,
  commands: readonly SignedCommand[],
): Promise<readonly Outcome[]> {
  const { method, path } = commandRoutes.submitCommand;
  const body = JSON.stringify({ commands: commands.map(commandJson) });
  try {
    return outcomesOf(await requestJson(http, { method, path, body }), commands.length);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return commands.map(() => ({ isAccepted: false, error }));
  }
}

/** No answer, or too busy to answer one that may have arrived before: it may be executed. */
function isUnknown(outcome: Outcome, isSentBefore: boolean): boolean {
  if (outcome.isAccepted) return false;
  const { error } = outcome;
  const isLost = error instanceof ConnectionError || error instanceof TimeoutError;
  return isLost || (isSentBefore && error instanceof RetryableError);
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

function outcomeUnknown(last: Outcome, commands: readonly SignedCommand[]): Outcome {
  const error = new ConnectionError({
    code: 'OUTCOME_UNKNOWN',
    message: 'the node did not answer: the commands may still be executed until they expire',
    remedy: 'client.resubmit(error.commands): the same signed command is executed at most once',
    commands,
    cause: last.isAccepted ? undefined : last.error,
  });
  return { isAccepted: false, error };
}
