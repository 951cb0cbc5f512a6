import { fastifySwagger } from '@fastify/swagger';
import { fastifySwaggerUi } from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApi } from './openApi.ts';

/** Everything comes from this node; the page styles itself inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const STYLE = `
.swagger-ui .topbar { display: none; }
.swagger-ui .info { margin: 24px 0; }
.swagger-ui .info .title { font-weight: 600; }
body { background: #fff; }
`;

/** `/openapi.json`, and `/docs` to read and try it, with nothing from elsewhere. Spec: api 9.8. */
export async function serveDocs(app: FastifyInstance, version: string): Promise<void> {
  const document = openApi(version);
  const text = JSON.stringify(document);
  app.get('/openapi.json', (_, reply) =>
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'public, max-age=300')
      .send(text),
  );
  await app.register(fastifySwagger, {
    mode: 'static',
    specification: { document: document as never },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: POLICY,
    theme: {
      title: 'Plimsoll: HTTP API',
      css: [{ filename: 'plimsoll.css', content: STYLE }],
    },
    uiConfig: { docExpansion: 'list', deepLinking: true, defaultModelsExpandDepth: 0 },
  });
}
