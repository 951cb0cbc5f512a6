import { nodeProblem, ProblemError } from '@plimsoll/api/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Turns } from '../../turns/index.ts';
import { sourceOf } from '../limitClients.ts';
import { readStrictJson } from './strictJson.ts';

/**
 * JSON in UTF-8 is the one kind of body, plain and not compressed. Addresses take turns.
 * Spec: api 9.3, node 1.6.
 */
export function readBodies(app: FastifyInstance, turns: Turns): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const { 'content-type': type = '', 'content-encoding': encoding } = request.headers;
      const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
      if (!/^utf-?8$/i.test(charset)) throw wrongMediaType(`The text is in ${charset}, not UTF-8.`);
      if (encoding !== undefined && encoding !== 'identity') {
        throw wrongMediaType('The body is compressed; it is taken plain.');
      }
      const source = sourceOf(request);
      await new Promise<void>((resolve) => turns.take(source, body.length, resolve));
      return readStrictJson(body);
    },
  );
}

function wrongMediaType(detail: string): ProblemError {
  return new ProblemError(nodeProblem('wrongMediaType', detail));
}
