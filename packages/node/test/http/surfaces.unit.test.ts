import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBounds, type Route, routes, shapes } from '@plimsoll/api/routes';
import { commandSchema, eventSchema } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { openApi } from '../../src/http/docs/index.ts';
import { createMetrics } from '../../src/metrics.ts';
import { call, openDoor, START_MS } from './door.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: { readonly [status: string]: unknown };
}

type Document = any;

test('OpenAPI 3.1 describes every row of the table with its parameters and problems', () => {
  const document: Document = openApi('1.0.0');
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.values(document.paths as object).flatMap((path) =>
    Object.values(path as object),
  ) as Operation[];
  const byName = new Map(operations.map((each) => [each.operationId, each]));
  for (const route of Object.values(routes) as Route[]) {
    const operation = byName.get(route.name);
    const inPath = operation?.parameters.filter((each) => each.in === 'path') ?? [];
    expect(inPath.map((each) => `:${each.name}`)).toEqual(route.path.match(/:[a-zA-Z]+/g) ?? []);
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '404', '429', '500', '503']),
    );
  }
  expect(byName.size).toBe(Object.keys(routes).length);
});

test('every reference of OpenAPI leads somewhere, and what has a name is written once', () => {
  const document: Document = openApi('1.0.0');
  const text = JSON.stringify(document);
  const names = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((m) => m[1]));
  for (const name of names) expect(document.components.schemas).toHaveProperty(name as string);
  const named = Object.entries(shapes).filter(([, shape]) => !isBounds(shape));
  for (const [name] of named) expect(document.components.schemas).toHaveProperty(name);
  expect(names).toContain('Problem');
  expect(names).toContain('Action');
  expect(document.components.schemas.Action.oneOf).toHaveLength(Object.keys(commandSchema).length);
  expect(document.components.schemas.Event.oneOf).toHaveLength(Object.keys(eventSchema).length);
  expect(text.length).toBeLessThan(400_000);
});

test('the documentation page and all it loads come from the node', async () => {
  const { url } = await openDoor();
  const page = await call(`${url}/docs`);
  expect(page.status).toBe(200);
  expect(page.body).toContain('Plimsoll');
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
  expect(loaded.length).toBeGreaterThan(3);
  for (const path of loaded) {
    expect(path).not.toMatch(/^(https?:)?\/\//);
    const part = await call(new URL(path, `${url}/docs`).href);
    expect(part.status, path).toBe(200);
  }
  expect((await call(`${url}/docs/json`)).body).toEqual(openApi('1.0.0'));
  expect((await call(`${url}/openapi.json`)).body).toEqual(openApi('1.0.0'));
});

test('the page at / is one file without anything from elsewhere', async () => {
  const { url } = await openDoor();
  const { body, headers } = await call(`${url}/`);
  expect(headers.get('content-type')).toContain('text/html');
  expect(body).not.toMatch(/(src|href)="https?:/);
  expect(body).not.toContain('innerHTML');
  expect(headers.get('content-security-policy')).toMatch(/script-src 'sha256-[^']+'/);
});

test('healthz says that the process lives, readyz whether it can serve', async () => {
  const dead = await openDoor({ status: { isReady: false } });
  expect((await call(`${dead.url}/healthz`)).body).toEqual({ isAlive: true });
  const starting = await call(`${dead.url}/readyz`);
  expect(starting.status).toBe(503);
  expect(starting.body).toMatchObject({ name: 'notReady', figures: { height: 0 } });
  const ready = await openDoor();
  const reply = await call(`${ready.url}/readyz`);
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({ isReady: true, height: 0, lagBlocks: 0 });
});

test('a replica that is far behind, or a store that cannot be written, is not ready', async () => {
  const replica = { height: 7, timeMs: START_MS, snapshotHeight: 0, rootsCompared: 0 };
  const behind = await openDoor({ status: { height: 10_000, replica } });
  expect((await call(`${behind.url}/readyz`)).body.detail).toContain('9993 blocks behind');
  const directory = await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const gone = await openDoor({ dataDirectory: directory });
  expect((await call(`${gone.url}/readyz`)).status).toBe(200);
  await rm(directory, { recursive: true });
  const reply = await call(`${gone.url}/readyz`);
  expect(reply.body).toMatchObject({ status: 503, figures: { freeBytes: 0 } });
});

test('metrics are Prometheus text with requests by route and the process itself', async () => {
  const { url } = await openDoor();
  await call(`${url}/v1/status`);
  const { body, headers } = await call(`${url}/metrics`);
  expect(headers.get('content-type')).toContain('text/plain');
  expect(body).toContain('plimsoll_requests_total{route="/v1/status",status="200"} 1');
  expect(body).toContain('plimsoll_nodejs_eventloop_lag_seconds');
  const memory = /^plimsoll_private_memory_bytes (\d+)$/m.exec(body)?.[1];
  if (process.platform === 'linux') expect(Number(memory)).toBeGreaterThan(10_000_000);
  else expect(memory).toBe('0');
});

test('every instrument has a help and a name with its unit, and registries are apart', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.commands.inc({ outcome: 'accepted' });
  const others = await other.registry.getSingleMetricAsString('plimsoll_commands_total');
  expect(others).not.toContain('accepted');
  for (const { name, help, type } of await one.registry.getMetricsAsJSON()) {
    expect(name).toMatch(/^plimsoll_[a-z0-9_]+$/);
    expect(help.length).toBeGreaterThan(10);
    if (String(type) === 'counter') expect(name).toMatch(/_total$/);
  }
});

/** Fields of all schemas inside a value without a description, by their place. */
function silentFields(value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = silentFields(each, `${place}/${key}`);
    if (key !== 'properties' || typeof each !== 'object') return inner;
    const fields = Object.entries(each as Record<string, { description?: string }>);
    const silent = fields.filter(([, { description = '' }]) => description === '');
    return [...silent.map(([name]) => `${place}/${name}`), ...inner];
  });
}

interface Parameter {
  readonly name: string;
  readonly description?: string;
  readonly schema: { readonly type?: string; readonly minimum?: number; readonly maximum?: number };
}

function parametersOf(document: Document): { place: string; parameter: Parameter }[] {
  return Object.entries(document.paths as Record<string, Record<string, Document>>).flatMap(
    ([path, operations]) =>
      Object.values(operations).flatMap(({ parameters }) =>
        (parameters as Parameter[]).map((parameter) => ({
          place: `${path} ${parameter.name}`,
          parameter,
        })),
      ),
  );
}

test('every field of every schema of the document says what it means', () => {
  const document: Document = openApi('1.0.0');
  expect(JSON.stringify(document).split('"properties"').length).toBeGreaterThan(150);
  expect(silentFields(document, '')).toEqual([]);
  const silent = parametersOf(document).filter(({ parameter }) => !parameter.description);
  expect(silent).toEqual([]);
});

test('integers of path and query show the bounds by which they are checked', async () => {
  const integers = parametersOf(openApi('1.0.0')).filter(
    ({ parameter }) => parameter.schema.type === 'integer',
  );
  const unbounded = integers.filter(({ parameter }) => (parameter.schema.minimum ?? -1) < 0);
  expect(unbounded).toEqual([]);
  const limit = integers.find(({ place }) => place === '/v1/blocks limit')?.parameter.schema;
  expect(limit).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 20 });
  const { url } = await openDoor();
  expect((await call(`${url}/v1/blocks?limit=100`)).status).toBe(200);
  expect((await call(`${url}/v1/blocks?limit=101`)).body).toMatchObject({
    name: 'malformed',
    detail: '/query/limit must be an integer from 1 to 100.',
  });
});
