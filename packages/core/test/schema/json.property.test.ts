import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actionJsonSchema,
  blockJsonSchema,
  commandJsonSchema,
  decodeJsonAction,
  decodeJsonBlock,
  decodeJsonCommand,
  decodeJsonEvent,
  decodeJsonObservation,
  encodeJsonAction,
  encodeJsonBlock,
  encodeJsonCommand,
  encodeJsonEvent,
  encodeJsonObservation,
  eventJsonSchema,
  isJsonProblem,
  type JsonSchema,
  observationJsonSchema,
} from '../../src/schema/index.ts';
import {
  anyAction,
  anyBlock,
  anyCommand,
  anyEvent,
  anyObservation,
  edgeAction,
  hostileAction,
} from '../generators.ts';

interface Codec {
  readonly values: fc.Arbitrary<unknown>;
  readonly schema: JsonSchema;
  readonly decode: (value: unknown) => object;
  readonly encode: (value: never) => unknown;
}

const codecs: Readonly<Record<string, Codec>> = {
  action: {
    values: fc.oneof(anyAction(), edgeAction()),
    schema: actionJsonSchema(),
    decode: decodeJsonAction,
    encode: encodeJsonAction,
  },
  command: {
    values: anyCommand(),
    schema: commandJsonSchema(),
    decode: decodeJsonCommand,
    encode: encodeJsonCommand,
  },
  event: {
    values: anyEvent(),
    schema: eventJsonSchema(),
    decode: decodeJsonEvent,
    encode: encodeJsonEvent,
  },
  observation: {
    values: anyObservation(),
    schema: observationJsonSchema(),
    decode: decodeJsonObservation,
    encode: encodeJsonObservation,
  },
  block: {
    values: anyBlock(),
    schema: blockJsonSchema(),
    decode: decodeJsonBlock,
    encode: encodeJsonBlock,
  },
};

const replacements: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  256,
  4_294_967_296,
  '',
  '0',
  '-1',
  '-0',
  '01',
  '+1',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '10000000000000000000',
  '8999999999999999999',
  'buy',
  `0x${'A'.repeat(40)}`,
  'é',
  [],
  {},
  [{}],
];

/** The same JSON with one value somewhere replaced, left out or added. */
function changed(value: unknown, choice: { place: number; replacement: unknown }): unknown {
  const places: { holder: Record<string, unknown>; name: string }[] = [];
  const copy = structuredClone(value);
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const name of [...Object.keys(holder), 'extra']) {
      places.push({ holder: holder as Record<string, unknown>, name });
      visit((holder as Record<string, unknown>)[name]);
    }
  };
  visit(copy);
  const { holder, name } = places[choice.place % places.length] as (typeof places)[number];
  if (choice.replacement === undefined && !Array.isArray(holder)) delete holder[name];
  else if (!Array.isArray(holder) || name !== 'extra') holder[name] = choice.replacement;
  return JSON.parse(JSON.stringify(copy));
}

describe.each(Object.entries(codecs))('%s as JSON', (name, codec) => {
  const validate = new Ajv2020({ strict: true }).compile(codec.schema);

  test('what is written is read to the same value, and the schema accepts it', () => {
    fc.assert(
      fc.property(codec.values, (value) => {
        const json = JSON.parse(JSON.stringify(codec.encode(value as never))) as unknown;
        expect(codec.decode(json)).toEqual(value);
        expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('the schema and the reader agree on every changed value', () => {
    const seen = { accepted: 0, refused: 0 };
    const change = fc.record({
      place: fc.nat(),
      replacement: fc.constantFrom<unknown>(undefined, ...replacements),
    });
    fc.assert(
      fc.property(codec.values, change, (value, choice) => {
        const json = changed(codec.encode(value as never), choice);
        const decoded = codec.decode(json);
        expect(isJsonProblem(decoded), JSON.stringify(json)).toBe(!validate(json));
        seen[isJsonProblem(decoded) ? 'refused' : 'accepted']++;
      }),
      { numRuns: name === 'block' ? 150 : 600 },
    );
    expect(seen.accepted).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  });
});

test('no value makes the reader throw, whatever its types', () => {
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof(hostileAction(), fc.anything()), (value) => {
      seen[isJsonProblem(decodeJsonAction(value)) ? 'refused' : 'accepted']++;
    }),
    { numRuns: 1000 },
  );
  // Some are good as JSON: an amount that is a string.
  expect(seen.refused).toBeGreaterThan(900);
});

describe('a problem names its place', () => {
  const order = {
    kind: 'placeOrder',
    instrument: 1,
    side: 'buy',
    size: 5,
    price: 100,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  };
  const signer = `0x${'0'.repeat(40)}`;
  const command = { signer, account: 1, nonce: 1, expiresMs: 1, actions: [order, order] };

  test.each([
    [{ ...command, actions: [order, { ...order, size: -1 }] }, 'actions[1].size'],
    [{ ...command, actions: [order, { ...order, sise: 1 }] }, 'actions[1].sise'],
    [{ ...command, actions: [{ ...order, kind: 'buy' }] }, 'actions[0].kind'],
    [{ ...command, actions: [] }, 'actions'],
    [{ ...command, actions: Array.from({ length: 33 }, () => order) }, 'actions'],
    [{ ...command, account: undefined }, 'account'],
    [{ ...command, signer: '0x' }, 'signer'],
  ])('case %#: %s', (value, path) => {
    expect(decodeJsonCommand(value)).toMatchObject({ path });
    expect(decodeJsonCommand(value, 'file[3]')).toMatchObject({ path: `file[3].${path}` });
  });

  test('and says what would be right', () => {
    const problem = (value: object): unknown => decodeJsonAction({ ...order, ...value });
    expect(problem({ side: 'long' })).toEqual({ path: 'side', message: 'is not one of buy, sell' });
    expect(problem({ size: undefined })).toEqual({ path: 'size', message: 'is missing' });
    expect(problem({ price: 4_294_967_296 })).toEqual({
      path: 'price',
      message: 'is not an integer from 0 to 4294967295',
    });
    expect(decodeJsonAction({ kind: 'supply', asset: 1, amount: 5 })).toEqual({
      path: 'amount',
      message: 'is not an amount from 0 to 9223372036854775807, as a decimal string',
    });
    const parameters = [{ parameter: 1, value: '1' }, { parameter: 1 }];
    expect(decodeJsonAction({ kind: 'listUnderlying', name: 'BTC', parameters })).toEqual({
      path: 'parameters[1].value',
      message: 'is missing',
    });
    expect(decodeJsonAction(7)).toEqual({ path: '', message: 'is not an object' });
  });
});
