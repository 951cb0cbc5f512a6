import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { fieldDoc } from '../../src/routes/fieldDocs.ts';
import {
  eventFields,
  type Fields,
  isBounds,
  queryBounds,
  type Route,
  type RouteRow,
  routes,
  routeTable,
  type Shape,
  shapes,
} from '../../src/routes/index.ts';

const all: readonly Route[] = Object.values(routes);
const rows: readonly (readonly [string, RouteRow])[] = Object.entries(routeTable);

/** Names of all fields of a type, those of records inside it too. */
function fieldNames(shape: unknown): string[] {
  if (typeof shape !== 'object' || shape === null) return [];
  if (Array.isArray(shape)) return shape.flatMap(fieldNames);
  if ('enum' in shape || isBounds(shape as Shape)) return [];
  if ('anyOf' in shape) return fieldNames(shape.anyOf);
  return Object.entries(shape).flatMap(([key, inner]) => [
    key.endsWith('?') ? key.slice(0, -1) : key,
    ...fieldNames(inner),
  ]);
}

test('no two routes have one method and path, and every path begins with the version', () => {
  const places = all.map((route) => `${route.method} ${route.path.replace(/:\w+/g, ':')}`);
  expect(new Set(places).size).toBe(places.length);
  for (const { path } of all) expect(path).toMatch(/^\/v1\/[a-z0-9:/A-Z-]+$/);
});

test('the parameters of a path are those that its schema names', () => {
  for (const [name, row] of rows) {
    const inPath = [...row.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
    const named = Object.keys((row.params ?? {}) as Fields);
    expect([name, ...inPath].sort()).toEqual([name, ...named].sort());
  }
});

test('only routes that are asked with POST have a body', () => {
  for (const route of all) expect(route.body !== undefined).toBe(route.method === 'POST');
});

test('every answer of the replica begins with height and time, and every read takes minHeight', () => {
  for (const route of all.filter((each) => each.servedBy === 'replica')) {
    const { properties } = route.response as unknown as { properties: object };
    expect(Object.keys(properties).slice(0, 2)).toEqual(['height', 'timeMs']);
    expect(Value.Check(route.query ?? {}, { minHeight: 1.5 })).toBe(false);
  }
});

test('every field of every request and answer says what it means', () => {
  const names = new Set([
    ...Object.values(shapes).flatMap(fieldNames),
    ...Object.values(eventFields).flatMap(fieldNames),
    ...rows.flatMap(([, row]) => fieldNames([row.params, row.query, row.body, row.response])),
  ]);
  const silent = [...names].filter((name) => fieldDoc(name) === undefined);
  expect([names.size > 250, silent]).toEqual([true, []]);
});

test('the integers of a query have the bounds that the machine and the node have', () => {
  for (const route of all) {
    const { properties } = (route.query ?? { properties: {} }) as {
      readonly properties: { readonly [name: string]: { type?: string; minimum?: number } };
    };
    for (const [name, { type, minimum }] of Object.entries(properties)) {
      if (type === 'integer') expect([route.name, name, (minimum ?? -1) >= 0]).toContain(true);
    }
  }
  expect(queryBounds('candles', 'limit')).toEqual({ min: 1, max: 1_000, absent: 100 });
  expect(queryBounds('blocks', 'limit')).toEqual({ min: 1, max: 100, absent: 20 });
  expect(() => queryBounds('candles', 'interval')).toThrow('no integer with bounds');
  expect(Value.Check(routes.book.query ?? {}, { depth: 1_000 })).toBe(true);
  expect(Value.Check(routes.book.query ?? {}, { depth: 1_001 })).toBe(false);
});

test('a schema takes what its type says and nothing else', () => {
  const { params, query, body } = routes.maximumOrder;
  expect(body).toBeUndefined();
  expect(Value.Check(params ?? {}, { account: 3 })).toBe(true);
  expect(Value.Check(params ?? {}, { account: 'x' })).toBe(false);
  const asked = { instrument: 'BTC-PERP', side: 'buy' };
  expect(Value.Check(query ?? {}, asked)).toBe(true);
  expect(Value.Check(query ?? {}, { ...asked, price: '10.5' })).toBe(true);
  for (const wrong of [{ price: '1e3' }, { price: '01' }, { side: 'up' }, { other: 1 }]) {
    expect(Value.Check(query ?? {}, { ...asked, ...wrong })).toBe(false);
  }
  const command = { account: 1, nonce: 2, expiresMs: 3, actions: [], signature: '0xab' };
  const submit = routes.submitCommand.body ?? {};
  expect(Value.Check(submit, command)).toBe(true);
  expect(Value.Check(submit, { commands: [command, command] })).toBe(true);
  expect(Value.Check(submit, { commands: [{ ...command, signature: 'ab' }] })).toBe(false);
});
