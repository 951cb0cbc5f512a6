import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import type { Metrics } from '../metrics.ts';
import { Turns } from '../turns/index.ts';
import { answerBrokenRequest, answerError, answerErrors } from './answerErrors.ts';
import { serveDocs } from './docs/index.ts';
import { serveHealth } from './health.ts';
import { type Http, type HttpOptions, type HttpTimeouts, httpTimeouts } from './httpOptions.ts';
import { isLoopback, limitConnections, limitRequests } from './limitClients.ts';
import { servePage } from './page/index.ts';
import { checkRequest, readBodies } from './requests/index.ts';
import { serveRoutes } from './serveRoutes.ts';
import { setHeaders } from './setHeaders.ts';

const HEADER_BYTES_MAX = 16_384;
/** Of the HTTP interface: what is in OpenAPI's `info.version`. */
const VERSION = '1.0.0';

/**
 * Starts to listen: every row of the table of routes, documentation, health, metrics, and the page
 * at `/`. Spec: api 1, 9.
 *
 * @throws the system's error when the address cannot be listened on.
 */
export async function createHttp(options: HttpOptions): Promise<Http> {
  const { config, logger, metrics } = options;
  const timeouts = { ...httpTimeouts, ...options.timeouts };
  const app = createApp(options, timeouts);
  let isClosing = false;
  limitConnections(app.server, config, metrics);
  app.addHook('onRequest', async () => {
    if (isClosing) throw new ProblemError(nodeProblem('notReady', 'The node is stopping.'));
  });
  await setHeaders(app, config);
  // Node would answer this itself, without a problem.
  app.addHook('onRequest', async ({ headers, raw }, reply) => {
    if (headers.host !== undefined || raw.httpVersion !== '1.1') return;
    reply.header('connection', 'close');
    throw new ProblemError(nodeProblem('malformed', 'HTTP/1.1 wants a host header.'));
  });
  await limitRequests(app, config, options.steadyMs ?? (() => performance.now()));
  measure(app, metrics);
  answerErrors(app);
  readBodies(app, options.turns ?? new Turns());
  app.setValidatorCompiler(checkRequest);
  serveHealth(app, options);
  serveRoutes(app, options);
  servePage(app);
  await serveDocs(app, VERSION);
  options.attach?.(app.server);
  const { host, port } = config.http;
  await app.listen({ host, port });
  const url = urlOf(host, app);
  if (!isLoopback(host)) logger.warn({ url }, 'listens beyond this machine; TLS is for a proxy');
  return {
    url,
    server: app.server,
    close: async () => {
      isClosing = true;
      const cut = setTimeout(() => app.server.closeAllConnections(), timeouts.closeMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

function createApp(
  { config, logger, metrics }: HttpOptions,
  timeouts: HttpTimeouts,
): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = logger;
  return fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(8).toString('hex'),
    bodyLimit: config.limits.messageBytesMax,
    requestTimeout: timeouts.requestMs,
    handlerTimeout: timeouts.answerMs,
    keepAliveTimeout: timeouts.idleMs,
    http: {
      headersTimeout: timeouts.headersMs,
      connectionsCheckingInterval: timeouts.checkMs,
      maxHeaderSize: HEADER_BYTES_MAX,
      requireHostHeader: false,
    },
    // Ours says it as a problem.
    return503OnClosing: false,
    trustProxy: config.http.isBehindProxy ? 'loopback' : false,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, metrics),
  });
}

function measure(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ route, status: reply.statusCode });
    metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1000);
  });
}

function urlOf(host: string, app: FastifyInstance): string {
  const { port } = app.server.address() as AddressInfo;
  const named = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${named.includes(':') ? `[${named}]` : named}:${port}`;
}
