import { fastifyCors } from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { NodeConfig } from '../config.ts';

/** Nothing is loaded from elsewhere, nothing may frame us; the two pages loosen it a little. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Headers that limit what a browser does with our answers, and CORS. Spec: api 9.7. */
export async function setHeaders(app: FastifyInstance, config: NodeConfig): Promise<void> {
  const { corsOrigins } = config.http;
  const isOpen = corsOrigins.length > 0;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': isOpen ? 'cross-origin' : 'same-origin',
      'cache-control': 'no-store',
      'x-request-id': request.id,
    });
  });
  if (!isOpen) return;
  await app.register(fastifyCors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['content-type'],
    exposedHeaders: [
      'x-plimsoll-height',
      'x-request-id',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'retry-after',
    ],
    maxAge: 600,
  });
}
