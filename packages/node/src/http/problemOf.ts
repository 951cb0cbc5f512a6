import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';

/** What a client is told of any failure, and whether the operator must hear of it. */
export interface Explained {
  readonly problem: Problem;
  /** Not the client's doing: it is logged with its stack. */
  readonly isOurs: boolean;
}

/** What is known of the body of a request: its size where it was said, and what is taken. */
export interface SentBody {
  readonly bytes?: number;
  readonly bytesMax?: number;
}

/** The problem for what a handler, a parser or the framework threw. Spec: api 9.1. */
export function problemOf(error: unknown, body: SentBody = {}): Explained {
  if (error instanceof ProblemError && error.problem.name !== 'internal') {
    return { problem: error.problem, isOurs: false };
  }
  const { code, statusCode } = fieldsOf(error);
  const framework = frameworkProblem(code, body);
  if (framework !== undefined) return { problem: framework, isOurs: false };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    const message = error instanceof Error ? error.message : 'The request is not understood.';
    return { problem: nodeProblem('malformed', message), isOurs: false };
  }
  return { problem: nodeProblem('internal', 'The node failed to answer this.'), isOurs: true };
}

function fieldsOf(error: unknown): { readonly code?: unknown; readonly statusCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

function frameworkProblem(code: unknown, body: SentBody): Problem | undefined {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return nodeProblem('wrongMediaType', 'The body is not application/json.');
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyTooLarge(body);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return nodeProblem('malformed', 'The body is not as long as content-length says.');
    case 'FST_ERR_BAD_URL':
      return nodeProblem('malformed', 'The path is not a well-formed URL.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return nodeProblem('malformed', 'A part of the path is too long.');
    case 'FST_ERR_HANDLER_TIMEOUT':
      // What was begun goes on: a command may still come into a block.
      return nodeProblem('unsettled', 'The node did not answer in time.');
    default:
      return undefined;
  }
}

function bodyTooLarge({ bytes, bytesMax }: SentBody): Problem {
  const size = bytes === undefined ? 'The body' : `The body of ${bytes} bytes`;
  const limit = bytesMax === undefined ? 'the node takes' : `${bytesMax} bytes, the most`;
  const figures = {
    ...(bytes === undefined ? {} : { bytes }),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
  const problem = nodeProblem('tooLarge', `${size} is larger than ${limit}.`, figures);
  if (bytesMax === undefined) return problem;
  return { ...problem, remedy: `split it into bodies of at most ${bytesMax} bytes` };
}

/** Seconds after which a retry makes sense; undefined where none does. */
export function retryAfterSeconds(problem: Problem): number | undefined {
  return problem.isRetryable ? 1 : undefined;
}
