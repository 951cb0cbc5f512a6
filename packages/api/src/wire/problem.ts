import { type Facts, PlimsollError } from '@plimsoll/core/math';
import { type Rejection, rejections } from '@plimsoll/core/schema';
import { valueText, type WireValue } from './wireValue.ts';

/**
 * What explains a problem: amounts with their asset, prices and sizes as decimals, times and shares
 * with their unit in the name. Spec: api 5.
 */
export type ProblemFigures = Readonly<Record<string, WireValue>>;

/** The same as facts of an error: amounts as text. */
export function factsOf(figures: ProblemFigures): Facts {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      typeof value === 'object' ? valueText(value) : value,
    ]),
  );
}

/**
 * What went wrong, as RFC 9457 writes it, over HTTP and WebSocket alike. `code` is the number of
 * the machine's rejection, 0 where the node itself refused.
 */
export interface Problem {
  /** `urn:plimsoll:problem:<name>`. */
  readonly type: string;
  /** The name in words. */
  readonly title: string;
  /** The HTTP status that goes with it. */
  readonly status: number;
  /** One sentence: what was wrong, where. */
  readonly detail: string;
  readonly name: string;
  readonly code: number;
  /** What to do about it. */
  readonly remedy: string;
  readonly figures?: ProblemFigures;
  /** Whether the same request can succeed later without a change. */
  readonly isRetryable: boolean;
}

/** Problems that the node itself finds, before or beside the machine. */
export type NodeProblemName =
  | 'malformed'
  | 'signatureInvalid'
  | 'originForbidden'
  | 'unknown'
  | 'wrongMethod'
  | 'tooSlow'
  | 'tooLarge'
  | 'wrongMediaType'
  | 'tooManyRequests'
  | 'overloaded'
  | 'notReady'
  | 'behind'
  | 'unsettled'
  | 'internal';

interface NodeProblem {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}

/** Status, title and remedy of each. */
export const nodeProblems: { readonly [N in NodeProblemName]: NodeProblem } = {
  malformed: {
    status: 400,
    title: 'is not what this request takes',
    remedy: 'read the named place and send it again',
  },
  signatureInvalid: {
    status: 401,
    title: 'the signature does not open',
    remedy: 'sign the digest that is named here',
  },
  originForbidden: {
    status: 403,
    title: 'pages of this origin may not call',
    remedy: 'ask the operator to add the origin to http.corsOrigins, or call from a program',
  },
  unknown: {
    status: 404,
    title: 'there is no such thing',
    remedy: 'look at the list that contains it',
  },
  wrongMethod: {
    status: 405,
    title: 'this path takes another method',
    remedy: 'use a method that allow names',
  },
  tooSlow: {
    status: 408,
    title: 'the request did not arrive in time',
    remedy: 'send it again, whole',
  },
  tooLarge: { status: 413, title: 'the message is too large', remedy: 'split it' },
  wrongMediaType: {
    status: 415,
    title: 'this path takes another kind of content',
    remedy: 'send JSON as application/json',
  },
  tooManyRequests: {
    status: 429,
    title: 'too many requests',
    remedy: 'wait as long as retry-after says',
  },
  overloaded: {
    status: 503,
    title: 'the node has too much to do',
    remedy: 'send it again after retry-after',
  },
  notReady: {
    status: 503,
    title: 'the node is starting or stopping',
    remedy: 'wait until /readyz answers 200',
  },
  behind: { status: 503, title: 'the replica has not reached that height', remedy: 'ask again' },
  unsettled: {
    status: 503,
    title: 'the node cannot say what became of it',
    remedy: 'send the same again: a signed command is executed at most once',
  },
  internal: {
    status: 500,
    title: 'the node failed',
    remedy: 'tell the operator; nothing was changed',
  },
};

const RETRYABLE: ReadonlySet<string> = new Set([
  'tooManyRequests',
  'overloaded',
  'notReady',
  'behind',
  'unsettled',
]);

/** A problem as something to throw; the HTTP and WebSocket layers render it. */
export class ProblemError extends PlimsollError {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super({
      code: `PROBLEM_${problem.name}`,
      message: problem.detail,
      facts: { ...factsOf(problem.figures ?? {}), remedy: problem.remedy },
    });
    this.problem = problem;
  }
}

/** A problem of the node itself. */
export function nodeProblem(
  name: NodeProblemName,
  detail: string,
  figures?: ProblemFigures,
): Problem {
  const { status, title, remedy } = nodeProblems[name];
  return {
    type: `urn:plimsoll:problem:${name}`,
    title,
    status,
    detail,
    name,
    code: 0,
    remedy,
    ...(figures === undefined ? {} : { figures }),
    isRetryable: RETRYABLE.has(name),
  };
}

const byCode: ReadonlyMap<number, readonly [string, Rejection]> = new Map(
  Object.entries(rejections).map(([name, rejection]) => [rejection.code, [name, rejection]]),
);

/** A rejection of the machine as a problem. Status 422. */
export function rejectionProblem(code: number, figures?: ProblemFigures): Problem {
  const [name, rejection] = byCode.get(code) ?? ['unknownRejection', undefined];
  return {
    type: `urn:plimsoll:problem:${name}`,
    title: rejection?.sentence ?? 'A rejection that this program does not know.',
    status: 422,
    detail: rejection?.sentence ?? `The machine refused with ${code}.`,
    name,
    code,
    remedy: rejection?.remedy ?? 'look the number up in the documentation of the node',
    ...(figures === undefined ? {} : { figures }),
    isRetryable: false,
  };
}
