import { PlimsollError } from '@plimsoll/core/math';
import type { SignedCommand } from '../network.ts';
import type { Problem, ProblemFigures, Receipt } from '../wire/index.ts';
import { factsOf } from '../wire/problem.ts';

interface ClientErrorOptions {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly figures?: ProblemFigures;
  readonly cause?: unknown;
}

/** Base of all that a client throws. `code` is for programs, `remedy` says what to do. */
export class ClientError extends PlimsollError {
  /** What explains it, as in the problem that the node sent: amounts with their asset. */
  readonly figures: ProblemFigures;
  readonly remedy: string;

  constructor(options: ClientErrorOptions) {
    const { figures = {}, remedy, ...rest } = options;
    super({ ...rest, facts: { ...factsOf(figures), remedy } });
    this.figures = figures;
    this.remedy = remedy;
  }
}

/** The same request can succeed later without a change. */
export class RetryableError extends ClientError {
  /** How long to wait first, milliseconds; 0: the caller's choice. */
  readonly retryAfterMs: number;
  /**
   * Signed commands whose outcome is unknown: they may be executed until they expire. Give them to
   * `client.resubmit` to find out: a command is named by its digest and is executed at most once,
   * however often it is sent.
   */
  readonly commands: readonly SignedCommand[];

  constructor(
    options: ClientErrorOptions & {
      readonly retryAfterMs?: number;
      readonly commands?: readonly SignedCommand[];
    },
  ) {
    const { retryAfterMs = 0, commands = [], ...rest } = options;
    super(rest);
    this.retryAfterMs = retryAfterMs;
    this.commands = commands;
  }
}

/** The machine refused: `rejection` is its number, `reason` its name. Spec: rejections. */
export class RefusedError extends ClientError {
  readonly problem: Problem;
  readonly rejection: number;
  readonly reason: string;
  /** Where in the command: the place of the first refused action; -1: the whole command. */
  readonly action: number;
  /** The receipt, when the command stands in a block; it says which other actions took effect. */
  readonly receipt: Receipt | undefined;

  constructor(
    problem: Problem,
    where: { readonly action?: number; readonly receipt?: Receipt } = {},
  ) {
    super({ ...ofProblem(problem), code: `REFUSED_${problem.name}` });
    this.problem = problem;
    this.rejection = problem.code;
    this.reason = problem.name;
    this.action = where.action ?? -1;
    this.receipt = where.receipt;
  }
}

/** A signature could not be made, or the node could not open it. */
export class SigningError extends ClientError {}

/** The node cannot take this request as it is: malformed, unknown, too large, or it failed. */
export class RequestError extends ClientError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super({ ...ofProblem(problem), code: `REQUEST_${problem.name}` });
    this.problem = problem;
  }
}

/**
 * The node cannot be reached, the connection broke, or the node itself cannot say what became of
 * the request. `commands`: sent, with unknown outcome.
 */
export class ConnectionError extends RetryableError {}

/** The node has too much to do, is starting, or this client asked too often. */
export class OverloadedError extends RetryableError {}

/** The other side does not speak this protocol. */
export class ProtocolError extends ClientError {}

/** A subscriber did not read fast enough: messages were not kept for it. */
export class LaggedError extends RetryableError {}

/** The client was closed. */
export class ClosedError extends ClientError {
  constructor() {
    const message = 'the client is closed';
    super({ code: 'CLIENT_CLOSED', message, remedy: 'make a new client' });
  }
}

/** No answer in time. `commands` may still be executed until they expire. */
export class TimeoutError extends RetryableError {
  constructor(timeoutMs: number, commands: readonly SignedCommand[] = []) {
    const isCommand = commands.length > 0;
    const expiresMs = Math.max(0, ...commands.map((command) => command.expiresMs));
    super({
      code: 'TIMEOUT',
      message: isCommand
        ? 'no receipt in time: the command may still be executed until it expires'
        : 'no answer in time',
      remedy: isCommand
        ? 'client.resubmit(error.commands): the same signed command is executed at most once'
        : 'ask again',
      figures: isCommand ? { timeoutMs, expiresMs } : { timeoutMs },
      commands,
    });
  }
}

/** A problem that the node sent, as the error a program can tell apart. */
export function errorOf(problem: Problem, retryAfterMs = 0): ClientError {
  if (problem.code !== 0) return new RefusedError(problem);
  if (problem.name === 'signatureInvalid') {
    return new SigningError({ ...ofProblem(problem), code: 'SIGNATURE_INVALID' });
  }
  if (problem.name === 'unsettled') {
    return new ConnectionError({ ...ofProblem(problem), code: 'OUTCOME_UNKNOWN', retryAfterMs });
  }
  if (problem.isRetryable) {
    const code = `OVERLOADED_${problem.name}`;
    return new OverloadedError({ ...ofProblem(problem), code, retryAfterMs });
  }
  return new RequestError(problem);
}

/** The first refusal in a receipt as an error; undefined when everything was accepted. */
export function refusalIn(receipt: Receipt): RefusedError | undefined {
  if (receipt.refusal !== undefined) return new RefusedError(receipt.refusal, { receipt });
  const action = receipt.actions.findIndex((problem) => problem !== null);
  const problem = receipt.actions[action];
  return problem == null ? undefined : new RefusedError(problem, { action, receipt });
}

function ofProblem(problem: Problem): {
  readonly message: string;
  readonly remedy: string;
  readonly figures: ProblemFigures;
} {
  return { message: problem.detail, remedy: problem.remedy, figures: problem.figures ?? {} };
}
