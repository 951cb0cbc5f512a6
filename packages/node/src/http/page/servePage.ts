import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pageFormat } from './pageFormat.ts';
import { pageScript } from './pageScript.ts';
import { pageStyle } from './pageStyle.ts';
import { pageText } from './pageText.ts';

/** Serves the page with a policy that allows its own script and style, by hash, and no others. */
export function servePage(app: FastifyInstance): void {
  const script = `'use strict';\n${pageFormat}${pageScript}`;
  const text = pageText({ style: pageStyle, script });
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(pageStyle)}`,
    'img-src data:',
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  app.get('/', (_, reply) =>
    reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .send(text),
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
