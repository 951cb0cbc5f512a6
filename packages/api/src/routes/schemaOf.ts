import { commandSchema } from '@plimsoll/core/schema';
import Type, { type TSchema } from 'typebox';
import { eventFields } from './eventFields.ts';
import { fieldDoc } from './fieldDocs.ts';
import { type Bounds, type Fields, isBounds, type Scalars, type Shape } from './shape.ts';
import { shapes } from './shapes.ts';

const DECIMAL = '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$';

/** Records of the machine's own tables: their fields are checked by its own readers. */
function kindSchema(kinds: readonly string[], doc: string): TSchema {
  return Type.Object(
    { kind: Type.String({ enum: [...kinds] }) },
    { additionalProperties: true, description: doc },
  );
}

const scalars: { readonly [S in Exclude<keyof Scalars, 'event'>]: TSchema } = {
  text: Type.String(),
  boolean: Type.Boolean(),
  integer: Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  number: Type.Number(),
  decimal: Type.String({ pattern: DECIMAL }),
  digits: Type.String({ pattern: '^-?(0|[1-9][0-9]*)$' }),
  address: Type.String({ pattern: '^0x[0-9a-f]{40}$' }),
  addressAnyCase: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
  hash: Type.String({ pattern: '^0x[0-9a-f]{64}$' }),
  hex: Type.String({ pattern: '^0x([0-9a-f]{2})*$' }),
  name: Type.String({ pattern: '^[ -~]{1,16}$' }),
  cursor: Type.String({ maxLength: 200 }),
  action: kindSchema(Object.keys(commandSchema), 'An action of a command, by its kind.'),
  figures: Type.Record(Type.String(), Type.Unknown()),
  json: Type.Unknown(),
};

/** Builds the schema of a type. Spec: api 2. */
export function valueSchema(shape: Shape): TSchema {
  if (typeof shape === 'string') return namedSchema(shape);
  if (Array.isArray(shape)) return Type.Array(valueSchema(shape[0] as Shape));
  if (isBounds(shape)) return boundedInteger(shape);
  if ('enum' in shape) return Type.String({ enum: [...(shape.enum as readonly string[])] });
  if ('anyOf' in shape) return Type.Union((shape.anyOf as readonly Shape[]).map(valueSchema));
  return fieldsSchema(shape as Fields);
}

function boundedInteger({ min, max, absent }: Bounds): TSchema {
  const initial = absent === undefined ? {} : { default: absent };
  return Type.Integer({ minimum: min, maximum: max, ...initial });
}

function namedSchema(type: string): TSchema {
  if (type.endsWith('|null')) {
    return Type.Union([namedSchema(type.slice(0, -'|null'.length)), Type.Null()]);
  }
  if (type === 'event') return anyEvent();
  const scalar: TSchema | undefined = scalars[type as keyof typeof scalars];
  if (scalar !== undefined) return scalar;
  const shape: Shape | undefined = shapes[type as keyof typeof shapes];
  if (shape === undefined) throw new RangeError(`there is no type called ${type}`);
  return valueSchema(shape);
}

let events: TSchema | undefined;

/** Any of the kinds of events: of each its fields and no other. */
function anyEvent(): TSchema {
  events ??= Type.Union(
    Object.entries(eventFields).map(([kind, fields]) =>
      fieldsSchema({ kind: { enum: [kind] }, ...fields }),
    ),
    { description: 'What happened, by its kind.' },
  );
  return events;
}

/** An object of exactly these fields. */
export function fieldsSchema(fields: Fields): TSchema {
  const properties = Object.entries(fields).map(([key, shape]) => {
    const name = key.endsWith('?') ? key.slice(0, -1) : key;
    const doc = fieldDoc(name);
    const schema = valueSchema(shape);
    const described = doc === undefined ? schema : { ...schema, description: doc };
    return [name, key.endsWith('?') ? Type.Optional(described) : described];
  });
  return Type.Object(Object.fromEntries(properties), { additionalProperties: false });
}

/** A query: its own fields, and the height that the answer must have reached. */
export function querySchema(fields: Fields): TSchema {
  return fieldsSchema({ ...fields, 'minHeight?': 'HeightOrTime' });
}

/** An answer of the replica: height and time first. */
export function answerSchema(fields: Fields): TSchema {
  return fieldsSchema({ height: 'integer', timeMs: 'integer', ...fields });
}
