import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { fastifyRateLimit, normalizeIP } from '@fastify/rate-limit';
import { nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { NodeConfig } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { endWithProblem } from './answerErrors.ts';
import { type Drawn, RateBuckets } from './rateBuckets.ts';

/** Addresses remembered; a bucket is a few dozen bytes. */
const ADDRESSES_MAX = 50_000;
/** What tools of the operator on this machine ask, often; of others it costs too much. */
const OF_OPERATOR: ReadonlySet<string> = new Set(['/readyz', '/metrics']);

/** Requests per address, in buckets; headers say how many are left. Spec: api 9.5. */
export async function limitRequests(
  app: FastifyInstance,
  config: NodeConfig,
  steadyMs: () => number,
): Promise<void> {
  const { requestsPerSecond, requestsBurst } = config.limits;
  const buckets = new RateBuckets({
    burst: requestsBurst,
    perSecond: requestsPerSecond,
    keysMax: ADDRESSES_MAX,
    now: steadyMs,
  });
  await app.register(fastifyRateLimit, {
    max: requestsBurst,
    timeWindow: Math.ceil((requestsBurst * 1000) / requestsPerSecond),
    store: storeOf(buckets, requestsBurst),
    keyGenerator: sourceOf,
    allowList: ({ url, ip }) => url === '/healthz' || (OF_OPERATOR.has(url) && isLoopback(ip)),
    errorResponseBuilder: () => {
      const figures = { requestsPerSecond, requestsBurst };
      const detail = `An address may ask ${requestsPerSecond} times a second, ${requestsBurst} at once.`;
      return new ProblemError(nodeProblem('tooManyRequests', detail, figures));
    },
  });
}

/**
 * The address that a request came from, of IPv6 its network. A connection that was reset while its
 * request was read has none any more.
 */
export function sourceOf({ ip }: Pick<FastifyRequest, 'ip'>): string {
  const address: string | undefined = ip;
  return normalizeIP(address ?? '');
}

type Answer = (error: Error | null, result?: { current: number; ttl: number }) => void;

/** The plugin counts requests in windows; here it is told what the bucket says in those words. */
function storeOf(buckets: RateBuckets, burst: number): new () => BucketStore {
  return class extends BucketStore {
    constructor() {
      super((key) => buckets.draw(key), burst);
    }
  };
}

class BucketStore {
  readonly #draw: (key: string) => Drawn;
  readonly #burst: number;

  constructor(draw: (key: string) => Drawn, burst: number) {
    this.#draw = draw;
    this.#burst = burst;
  }

  incr(key: string, answer: Answer): void {
    const { isAllowed, remaining, waitMs } = this.#draw(key);
    const current = isAllowed ? this.#burst - remaining : this.#burst + 1;
    answer(null, { current, ttl: waitMs });
  }

  child(): this {
    return this;
  }
}

/** Connections in all and per address; above it they are told so and closed. Spec: api 9.5. */
export function limitConnections(server: Server, config: NodeConfig, metrics: Metrics): void {
  const open = new Connections(config, metrics);
  // In front of the server's own listeners: of a refused connection they never hear.
  const take = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const problem = open.add(socket);
    if (problem !== undefined) refuse(socket, problem);
    else for (const each of take) each.call(server, socket);
  });
}

class Connections {
  readonly #config: NodeConfig;
  readonly #metrics: Metrics;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(config: NodeConfig, metrics: Metrics) {
    this.#config = config;
    this.#metrics = metrics;
  }

  /** Why it is not taken; undefined when it is. */
  add(socket: Socket): Problem | undefined {
    const { connectionsMax, connectionsPerAddressMax } = this.#config.limits;
    const address = normalizeIP(socket.remoteAddress ?? '');
    // Behind a proxy all come from it; the proxy knows how many each client has.
    const isProxy = this.#config.http.isBehindProxy && isLoopback(address);
    const mine = this.#byAddress.get(address) ?? 0;
    if (this.#count >= connectionsMax) {
      this.#metrics.connectionsRefused.inc({ reason: 'all' });
      return nodeProblem('overloaded', 'The node has as many connections as it takes.');
    }
    if (!isProxy && mine >= connectionsPerAddressMax) {
      this.#metrics.connectionsRefused.inc({ reason: 'address' });
      return nodeProblem('tooManyRequests', 'This address has as many connections as it may.');
    }
    this.#change(address, 1);
    socket.once('close', () => this.#remove(address, socket));
    return undefined;
  }

  #remove(address: string, socket: Socket): void {
    this.#change(address, -1);
    this.#metrics.sentBytes.inc({ kind: 'socket' }, socket.bytesWritten);
    this.#metrics.receivedBytes.inc({ kind: 'socket' }, socket.bytesRead);
  }

  #change(address: string, by: number): void {
    this.#count += by;
    this.#metrics.connections.set({ kind: 'socket' }, this.#count);
    const mine = (this.#byAddress.get(address) ?? 0) + by;
    if (mine > 0) this.#byAddress.set(address, mine);
    else this.#byAddress.delete(address);
  }
}

function refuse(socket: Socket, problem: Problem): void {
  socket.on('error', () => socket.destroy());
  endWithProblem(socket, problem);
}

export function isLoopback(host: string): boolean {
  const plain = host.replace(/^::ffff:/, '').replace(/^\[|\]$/g, '');
  return plain === 'localhost' || plain === '::1' || /^127\./.test(plain);
}
