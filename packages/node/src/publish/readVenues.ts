import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { PriceSourceError } from './price.ts';
import type { VenueOptions } from './venuePrices.ts';

const whole = (minimum: number): Type.TOptional<Type.TInteger> =>
  Type.Optional(Type.Integer({ minimum, maximum: 86_400_000 }));

const schema = Type.Object(
  {
    venues: Type.Array(
      Type.Object(
        {
          venue: Type.String({ minLength: 1 }),
          symbols: Type.Record(Type.String(), Type.String({ minLength: 1 })),
          baseUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
          requestEveryMs: whole(1),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    everyMs: whole(10),
    ageMaxMs: whole(100),
    frozenMs: whole(1_000),
    outlierBp: whole(1),
    venuesMin: whole(1),
    timeoutMs: whole(100),
  },
  { additionalProperties: false },
);

/** What `plimsoll publish venues` is told. */
export type VenueFile = Omit<VenueOptions, 'onNews' | 'signal'>;

/**
 * Reads which venues are asked for which symbols, and how they are judged.
 *
 * @throws PriceSourceError with every mistake and its place.
 */
export function readVenues(path: string): VenueFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PriceSourceError(`${path} cannot be read: ${reason}`, cause);
  }
  const problems = Value.Errors(schema, value)
    .filter((error) => error.keyword !== 'boolean')
    .map(
      (error) => `\n  ${error.instancePath || '/'} ${error.message}${unknownNames(error.params)}`,
    );
  if (problems.length > 0) {
    throw new PriceSourceError(`${path} is no list of venues:${problems.join('')}`);
  }
  return value as Static<typeof schema> as VenueFile;
}

function unknownNames(params: object): string {
  const { additionalProperties } = params as { additionalProperties?: readonly string[] };
  return additionalProperties === undefined ? '' : ` (${additionalProperties.join(', ')})`;
}
