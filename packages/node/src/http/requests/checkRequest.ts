import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { malformed, pointerToken } from './strictJson.ts';

/** Where a value of a request stands, in words. */
const PLACES: { readonly [part: string]: string } = {
  params: '/path',
  querystring: '/query',
  body: '',
};

/**
 * Checks requests against the schemas of their route. Texts of path and query become numbers and
 * booleans where the schema says so and only if they are written in the one canonical way; nothing
 * else is changed, and nothing unknown is passed over. Spec: api 9.3.
 */
export const checkRequest: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  const place = PLACES[httpPart ?? 'body'] ?? '';
  const isText = httpPart === 'params' || httpPart === 'querystring';
  return (sent: unknown) => {
    if (sent === undefined || sent === null) return { error: malformed('', 'is missing') };
    const value = isText ? readTexts(schema, sent as Texts) : sent;
    if (check.Check(value)) return { value };
    const twice = isText ? Object.entries(sent).find(([, each]) => Array.isArray(each)) : undefined;
    if (twice !== undefined) {
      return { error: malformed(`${place}/${pointerToken(twice[0])}`, 'stands twice') };
    }
    const known = isText ? Object.keys(propertiesOf(schema)) : [];
    return { error: firstProblem(check.Errors(value), { place, known, schema }) };
  };
};

interface Texts {
  readonly [name: string]: unknown;
}

const INTEGER = /^(0|-?[1-9][0-9]{0,15})$/;
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

function readTexts(schema: TSchema, texts: Texts): Texts {
  const properties = propertiesOf(schema);
  const entries = Object.entries(texts).map(([name, text]) => {
    const type = Object.hasOwn(properties, name) ? typeOf(properties[name]) : undefined;
    return [name, typeof text === 'string' ? readText(type, text) : text];
  });
  return Object.fromEntries(entries);
}

function propertiesOf(schema: TSchema): Record<string, TSchema> {
  return 'properties' in schema ? (schema.properties as Record<string, TSchema>) : {};
}

function typeOf(schema: TSchema | undefined): unknown {
  return schema !== undefined && 'type' in schema ? schema.type : undefined;
}

function readText(type: unknown, text: string): unknown {
  if (type === 'integer' && INTEGER.test(text)) return Number(text);
  if (type === 'number' && NUMBER.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

interface Asked {
  readonly place: string;
  /** What path or query may say. */
  readonly known: readonly string[];
  readonly schema: TSchema;
}

/** The deepest of the first errors says most: of a union, the branch that was meant. */
function firstProblem(errors: readonly SchemaError[], { place, known, schema }: Asked): Error {
  // What is unknown is told twice, and of the two only one says so.
  const telling = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'boolean');
  const error = telling[0] ?? errors[0];
  if (error === undefined) return malformed(place, 'is not what this path takes');
  const bounds = place === '' ? undefined : boundsInWords(schema, error.instancePath);
  if (bounds !== undefined) return malformed(`${place}${error.instancePath}`, bounds);
  const { pointer, message } = inWords(error, known);
  return malformed(`${place}${pointer}`, message);
}

/** Both bounds of an integer of path or query, whichever was broken. */
function boundsInWords(schema: TSchema, instancePath: string): string | undefined {
  const properties = propertiesOf(schema);
  const name = instancePath.slice(1);
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (typeOf(property) !== 'integer' || property === undefined) return undefined;
  const { minimum, maximum } = property as { minimum?: number; maximum?: number };
  return `must be an integer from ${minimum} to ${maximum}`;
}

function inWords(
  { instancePath, message, params }: SchemaError,
  known: readonly string[],
): { pointer: string; message: string } {
  if ('requiredProperties' in params && Array.isArray(params.requiredProperties)) {
    const [name] = params.requiredProperties as string[];
    return { pointer: `${instancePath}/${pointerToken(name ?? '')}`, message: 'is missing' };
  }
  if ('additionalProperties' in params && Array.isArray(params.additionalProperties)) {
    const [name] = params.additionalProperties as string[];
    const pointer = `${instancePath}/${pointerToken(name ?? '')}`;
    const list = known.length === 0 ? '' : `; there are ${known.join(', ')}`;
    return { pointer, message: `is not a field here${list}` };
  }
  if ('allowedValues' in params && Array.isArray(params.allowedValues)) {
    return { pointer: instancePath, message: `is not one of ${params.allowedValues.join(', ')}` };
  }
  return { pointer: instancePath, message };
}
