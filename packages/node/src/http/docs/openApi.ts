import {
  actionFieldDoc,
  eventFields,
  isBounds,
  type Route,
  routes,
  type Shape,
  shapes,
  valueSchema,
} from '@plimsoll/api/routes';
import { nodeProblems } from '@plimsoll/api/wire';
import { actionJsonSchema, type JsonSchema, type JsonValue } from '@plimsoll/core/schema';

/**
 * The OpenAPI 3.1 document, made of the tables that the node itself runs on: routes and their
 * shapes, kinds of actions and events. What has a name there is a component here.
 */
export function openApi(version: string): JsonSchema {
  const components = namedComponents();
  const all = Object.values(routes);
  const tags = [...new Set(all.map((route) => route.tag))];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll',
      version,
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: tags.map((name) => ({ name })),
    paths: pathsOf(all, components),
    components: { schemas: components.schemas },
  };
}

const INTRODUCTION = [
  'Margin and clearing of a derivative market.',
  'Amounts, prices and sizes are decimal texts; times are milliseconds since 1970.',
  'Whatever is refused is answered as a problem (RFC 9457) with number, sentence, figures and',
  'remedy. Commands are signed as EIP-712 typed data: `POST /v1/typed-data` shows what to sign.',
].join(' ');

interface Components {
  readonly schemas: { readonly [name: string]: JsonSchema };
  /** The JSON text of each named schema, to find it where it is used. */
  readonly names: ReadonlyMap<string, string>;
}

function namedComponents(): Components {
  // Bounds stand where they hold.
  const all: [string, Shape][] = Object.entries(shapes);
  const named = all.filter(([, shape]) => !isBounds(shape));
  const plain = named.map(([name, shape]) => [name, plainOf(valueSchema(shape))] as const);
  const names = new Map(plain.map(([name, schema]) => [keyOf(schema), name]));
  names.set(keyOf(plainOf(valueSchema('action'))), 'Action');
  names.set(keyOf(plainOf(valueSchema('event'))), 'Event');
  const own = plain.map(([name, schema]) => [name, withReferences(schema, { names, isTop: true })]);
  const schemas = {
    ...Object.fromEntries(own),
    ...kindsOf('Action', actionJsonSchema(), actionFieldDoc),
    ...eventKinds(names),
  };
  return { schemas, names };
}

/** The kinds of a table, each a component: `ActionPlaceOrder`, and `Action`, any of them. */
function kindsOf(
  union: string,
  schema: JsonSchema,
  docOf: (kind: string, field: string) => string | undefined,
): { [name: string]: JsonSchema } {
  const componentOf = (kind: string): string =>
    kind === union.toLowerCase() ? union : `${union}${capital(kind)}`;
  const definitions = Object.entries(schema.$defs as JsonSchema);
  return Object.fromEntries(
    definitions.map(([kind, each]) => {
      const text = JSON.stringify(each).replaceAll(
        /"#\/\$defs\/([A-Za-z]+)"/g,
        (_, name: string) => `"${reference(componentOf(name))}"`,
      );
      const described = withDocs(JSON.parse(text), (field) => docOf(kind, field));
      return [componentOf(kind), described as JsonSchema];
    }),
  );
}

/** The schema with a word about each field, those of records in lists too. */
function withDocs(schema: JsonValue, docOf: (field: string) => string | undefined): JsonValue {
  if (!isRecord(schema)) return schema;
  const { properties, items } = schema;
  const described = Object.entries(isRecord(properties) ? properties : {}).map(([name, each]) => {
    const description = docOf(name);
    const inner = withDocs(each, docOf) as JsonSchema;
    return [name, description === undefined ? inner : { ...inner, description }];
  });
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: Object.fromEntries(described) }),
    ...(items === undefined ? {} : { items: withDocs(items, docOf) }),
  };
}

function isRecord(value: JsonValue | undefined): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kinds of events as they go over the wire, likewise. */
function eventKinds(names: ReadonlyMap<string, string>): { [name: string]: JsonSchema } {
  const kinds = Object.entries(eventFields).map(([kind, fields]): [string, JsonSchema] => {
    const schema = plainOf(valueSchema({ kind: { enum: [kind] }, ...fields }));
    const written = withReferences(schema, { names, isTop: true });
    return [`Event${capital(kind)}`, written as JsonSchema];
  });
  const oneOf = kinds.map(([name]) => ({ $ref: reference(name) }));
  return { Event: { oneOf }, ...Object.fromEntries(kinds) };
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

/** A TypeBox schema as the plain JSON that it stands for. */
function plainOf(schema: object): JsonValue {
  return JSON.parse(JSON.stringify(schema)) as JsonValue;
}

/** The same schema has the same key, whatever it is described as where it stands. */
function keyOf(schema: JsonValue): string {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return '';
  const { description: _, ...rest } = schema as JsonSchema;
  return JSON.stringify(rest);
}

function withReferences(
  schema: JsonValue,
  { names, isTop }: { readonly names: ReadonlyMap<string, string>; readonly isTop?: boolean },
): JsonValue {
  if (Array.isArray(schema)) return schema.map((each) => withReferences(each, { names }));
  if (typeof schema !== 'object' || schema === null) return schema;
  const name = isTop === true ? undefined : names.get(keyOf(schema));
  if (name !== undefined) {
    const { description } = schema as JsonSchema;
    const $ref = reference(name);
    return description === undefined ? { $ref } : { $ref, description };
  }
  return Object.fromEntries(
    Object.entries(schema).map(([key, each]) => [key, withReferences(each, { names })]),
  );
}

function pathsOf(all: readonly Route[], components: Components): JsonSchema {
  const paths = new Map<string, Record<string, JsonValue>>();
  for (const route of all) {
    const path = route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    const operations = paths.get(path) ?? {};
    operations[route.method.toLowerCase()] = operationOf(route, components);
    paths.set(path, operations);
  }
  return Object.fromEntries(paths);
}

function operationOf(route: Route, { names }: Components): JsonSchema {
  const schemaOf = (schema: object): JsonValue => withReferences(plainOf(schema), { names });
  const body = route.body === undefined ? undefined : schemaOf(route.body);
  const isWrite = route.servedBy === 'node';
  return {
    operationId: route.name,
    tags: [route.tag],
    summary: route.doc,
    parameters: [
      ...parametersOf('path', route.params, schemaOf),
      ...parametersOf('query', route.query, schemaOf),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: schemaOf(route.response) } },
      },
      ...problemResponses(isWrite),
    },
  };
}

function parametersOf(
  place: 'path' | 'query',
  schema: object | undefined,
  schemaOf: (schema: object) => JsonValue,
): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = plainOf(schema) as {
    readonly properties?: { readonly [name: string]: JsonSchema };
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, each]) => {
    const { description, ...rest } = each;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: schemaOf(rest),
    };
  });
}

function problemResponses(isWrite: boolean): JsonSchema {
  const content = { 'application/problem+json': { schema: { $ref: reference('Problem') } } };
  const rejected = { description: 'The machine refused it: number, figures and remedy.', content };
  const statuses = Object.values(nodeProblems).map(({ status }) => status);
  const own = [...new Set(statuses)].map((status) => {
    const titles = Object.values(nodeProblems).filter((each) => each.status === status);
    return [status, { description: titles.map(({ title }) => title).join('; '), content }];
  });
  return { ...Object.fromEntries(own), ...(isWrite ? { 422: rejected } : {}) };
}
