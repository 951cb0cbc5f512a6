import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { nodeProblem, type Problem } from '@plimsoll/api/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics.ts';
import { problemOf, retryAfterSeconds, type SentBody } from './problemOf.ts';

/** How long a connection that was told why it is closed may take to close. */
const LINGER_MS = 1_000;
const PROBLEM_JSON = 'application/problem+json';

/** Whatever goes wrong is answered as a problem; what is our fault is logged. Spec: api 9.1. */
export function answerErrors(app: FastifyInstance): void {
  const paths = new Paths();
  app.addHook('onRoute', ({ method, url }) => paths.add([method].flat(), url));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  // Counted like any request: else looking for paths would be free.
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = paths.methodsOf(path);
    if (methods.length === 0) {
      return sendProblem(reply, nodeProblem('unknown', 'There is no such path; see /docs.'));
    }
    const detail = `This path takes ${methods.join(', ')}, not ${request.method}.`;
    return sendProblem(
      reply.header('allow', methods.join(', ')),
      nodeProblem('wrongMethod', detail),
    );
  });
}

/** Also for what the framework finds before a route is known. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (isStillSending(error, request)) {
    sendProblem(reply.header('connection', 'close'), brokenRequest('ERR_HTTP_REQUEST_TIMEOUT'));
    return;
  }
  const { problem, isOurs } = problemOf(error, bodyOf(request));
  if (!isOurs) {
    sendProblem(reply, problem);
    return;
  }
  request.log.error({ err: error, request: request.id, path: request.url }, 'request failed');
  sendProblem(reply, { ...problem, figures: { ...problem.figures, request: request.id } });
}

function bodyOf({ headers, routeOptions }: FastifyRequest): SentBody {
  const bytes = Number(headers['content-length']);
  const bytesMax = routeOptions.bodyLimit;
  return {
    ...(Number.isSafeInteger(bytes) ? { bytes } : {}),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  };
}

/** The time for our answer is over, and the client has not even sent its body. */
function isStillSending(error: unknown, request: FastifyRequest): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'FST_ERR_HANDLER_TIMEOUT' && !request.raw.complete;
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const retryAfter = retryAfterSeconds(problem);
  if (retryAfter !== undefined && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', retryAfter);
  }
  return (
    reply
      .code(problem.status)
      .header('content-type', PROBLEM_JSON)
      // As bytes: to a text the framework adds a charset, which this type does not have.
      .send(Buffer.from(JSON.stringify(problem)))
  );
}

/** Bytes that are no HTTP, too many or too slow: answered on the bare connection, then closed. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Duplex,
  metrics: Metrics,
): void {
  if (!socket.writable) return;
  const problem = brokenRequest(error.code);
  metrics.clientsDropped.inc({ reason: problem.name });
  if (error.code !== 'ECONNRESET') endWithProblem(socket, problem);
  else socket.destroy();
}

function brokenRequest(code: string | undefined): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return nodeProblem('tooSlow', 'The request did not arrive whole in time.');
    case 'HPE_HEADER_OVERFLOW':
      return { ...nodeProblem('tooLarge', 'The headers are too large.'), status: 431 };
    default:
      return nodeProblem('malformed', 'This is not HTTP/1.1.');
  }
}

/** A whole answer over a connection that no request handler has. */
export function endWithProblem(socket: Duplex, problem: Problem): void {
  if (socket.destroyed || !socket.writable) return;
  const body = JSON.stringify(problem);
  const retryAfter = retryAfterSeconds(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${PROBLEM_JSON}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`]),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // What still comes is read and dropped: closing over unread bytes would reset the connection
  // before the other side has read why. Whoever goes on sending is cut off.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Which methods a path takes, for the refusal of others. */
class Paths {
  readonly #known: { readonly methods: readonly string[]; readonly steps: readonly string[] }[] =
    [];

  add(methods: readonly string[], pattern: string): void {
    this.#known.push({ methods, steps: pattern.split('/') });
  }

  methodsOf(path: string): readonly string[] {
    const steps = path.split('/');
    const found = this.#known.filter((each) => matches(each.steps, steps));
    return [...new Set(found.flatMap((each) => each.methods))].sort();
  }
}

function matches(pattern: readonly string[], steps: readonly string[]): boolean {
  return (
    pattern.length === steps.length &&
    pattern.every((step, i) => step.startsWith(':') || step === steps[i])
  );
}
