import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { nodeProblem, ProblemError, type ProblemFigures } from '@plimsoll/api/wire';
import type { FastifyInstance } from 'fastify';
import type { HttpOptions } from './httpOptions.ts';

/** A replica so far behind does not answer for the present. */
export const REPLICA_LAG_BLOCKS_MAX = 500;
/** Below it the next snapshot may not fit. */
export const FREE_BYTES_MIN = 268_435_456;

/** `/healthz`: the process answers; `/readyz`: it can serve; `/metrics`. Spec: api 9.6. */
export function serveHealth(app: FastifyInstance, options: HttpOptions): void {
  const { metrics } = options;
  app.get('/healthz', () => ({ isAlive: true }));
  app.get('/readyz', async () => {
    const { reasons, figures } = await readiness(options);
    if (reasons.length === 0) return { isReady: true, ...figures };
    throw new ProblemError(nodeProblem('notReady', `${reasons.join('; ')}.`, figures));
  });
  app.get('/metrics', async (_, reply) => {
    const text = await metrics.registry.metrics();
    return reply.header('content-type', metrics.registry.contentType).send(text);
  });
}

interface Readiness {
  /** Why not; empty when it is ready. */
  readonly reasons: readonly string[];
  readonly figures: ProblemFigures;
}

async function readiness({ config, status, metrics }: HttpOptions): Promise<Readiness> {
  const { isReady, height, replica, queueLength } = status();
  const freeBytes = await freeBytesOf(config.dataDirectory);
  metrics.storeFreeBytes.set(freeBytes);
  const lagBlocks = height - replica.height;
  const reasons = [
    ...(isReady ? [] : ['The node starts, stops or doubts its clock']),
    ...(lagBlocks <= REPLICA_LAG_BLOCKS_MAX ? [] : [`The replica is ${lagBlocks} blocks behind`]),
    ...(queueLength < config.limits.queueMax ? [] : [`${queueLength} commands wait for a block`]),
    ...(freeBytes >= FREE_BYTES_MIN ? [] : ['The disk of the store is full or cannot be written']),
  ];
  return { reasons, figures: { height, lagBlocks, queueLength, freeBytes } };
}

/** 0 where nothing can be written. */
async function freeBytesOf(directory: string): Promise<number> {
  try {
    await access(directory, constants.W_OK);
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
