import { type Static, type TSchema, Type } from 'typebox';
import { METRICS, type MetricName } from '../metrics.ts';
import type { CommandSpec, ScenarioFile } from './scenarioFile.ts';
import { closed, decimal, instant, millis, name, positive, positiveMillis } from './schemaParts.ts';

const parameterValues = () =>
  Type.Record(
    Type.String(),
    Type.Union([Type.Integer(), Type.String()], { description: 'an integer, or a text' }),
  );
const ppm = (description: string) => Type.Integer({ minimum: 0, maximum: 1_000_000, description });
const above0 = () => Type.Number({ exclusiveMinimum: 0, description: 'a number above 0' });
const atLeast0 = () => Type.Number({ minimum: 0, description: 'a number of 0 or more' });
const fraction = () => Type.Number({ minimum: 0, maximum: 1, description: 'a number from 0 to 1' });
const decimalsByName = (description: string) => Type.Record(Type.String(), positive(description));
const walk = () => ({
  start: positive('a decimal text above 0 such as "10000"'),
  volatilityPerDay: Type.Optional(atLeast0()),
  driftPerDay: Type.Optional(Type.Number({ description: 'a number such as -0.01' })),
});
const sourceNames = () =>
  Type.Array(name('the name of a publisher'), {
    minItems: 1,
    description: 'a list of at least one publisher',
  });

const asset = closed({
  name: name('a name such as "USDC"'),
  decimals: Type.Integer({ minimum: 0, maximum: 18, description: 'an integer from 0 to 18' }),
  underlying: Type.Optional(name('the name of an underlying')),
  parameters: Type.Optional(parameterValues()),
});

const underlying = closed({
  name: name('a name such as "BTC"'),
  priceUnit: positive('a decimal text above 0 such as "0.1"'),
  parameters: Type.Optional(parameterValues()),
});

const instrument = closed({
  name: name('a name such as "BTC-PERP"'),
  underlying: name('the name of an underlying'),
  lotSize: positive('a decimal text above 0 such as "0.001"'),
  tiers: Type.Optional(
    Type.Array(
      closed({
        from: decimal('a decimal text such as "5000000"'),
        initialPpm: ppm('an integer from 0 to 1000000, such as 50000 for 5 %'),
        maintenancePpm: ppm('an integer from 0 to 1000000, such as 25000 for 2.5 %'),
      }),
      { minItems: 1, description: 'a list of at least one tier' },
    ),
  ),
  parameters: Type.Optional(parameterValues()),
});

const account = closed({
  name: name('a name such as "alice"'),
  owner: Type.Optional(name('a name such as "alice"')),
  balances: Type.Optional(decimalsByName('a decimal text above 0 such as "1000.5"')),
  positions: Type.Optional(
    Type.Array(
      closed({
        instrument: name('the name of an instrument'),
        size: decimal('a decimal text such as "-1.5"'),
        price: Type.Optional(positive('a decimal text above 0 such as "10000.5"')),
      }),
    ),
  ),
});

const traits = Type.Union([
  closed({
    kind: Type.Literal('file'),
    file: Type.String({ minLength: 1, description: 'the name of a CSV file' }),
    leverageColumn: Type.Optional(name('the name of a column')),
    equityColumn: Type.Optional(name('the name of a column')),
    leverageMin: Type.Optional(atLeast0()),
    leverageMax: Type.Optional(above0()),
    equityMin: Type.Optional(atLeast0()),
    equityMax: Type.Optional(above0()),
  }),
  closed({ kind: Type.Literal('fixed'), leverage: above0(), equity: above0() }),
  closed({
    kind: Type.Literal('uniform'),
    leverageFrom: above0(),
    leverageTo: above0(),
    equityFrom: above0(),
    equityTo: above0(),
  }),
  closed({
    kind: Type.Literal('choices'),
    choices: Type.Array(closed({ share: atLeast0(), leverage: above0(), equity: above0() }), {
      minItems: 1,
      description: 'a list of at least one choice',
    }),
  }),
]);

const population = closed({
  name: name('a name such as "crowd"'),
  count: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'an integer of 1 or more' }),
  traits,
  leverageScale: Type.Optional(above0()),
  leverageCap: Type.Optional(above0()),
  balances: Type.Optional(Type.Record(Type.String(), atLeast0())),
  positions: closed({
    instruments: Type.Record(Type.String(), above0()),
    perAccountMax: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 64, description: 'an integer from 1 to 64' }),
    ),
    longShare: Type.Optional(fraction()),
    isMixed: Type.Optional(Type.Boolean({ description: 'true or false' })),
  }),
});

const order = closed({
  account: name('the name of an account'),
  instrument: name('the name of an instrument'),
  side: Type.Enum(['buy', 'sell']),
  size: positive('a decimal text above 0 such as "1.5"'),
  price: positive('a decimal text above 0 such as "9990.5"'),
});

const depth = closed({
  instrument: name('the name of an instrument'),
  profile: Type.Union(
    [
      Type.Enum(['deep', 'thin', 'empty']),
      closed({
        levels: Type.Integer({ minimum: 1, maximum: 500, description: 'an integer from 1 to 500' }),
        halfSpreadBp: above0(),
        spacingBp: above0(),
        notional: positive('a decimal text above 0 such as "100000"'),
        growth: Type.Optional(above0()),
      }),
    ],
    {
      description:
        '"deep", "thin", "empty" or an object with levels, halfSpreadBp, spacingBp, notional',
    },
  ),
  account: Type.Optional(name('the name of an account')),
  requoteEveryMs: Type.Optional(positiveMillis()),
  fromMs: Type.Optional(millis()),
  untilMs: Type.Optional(millis()),
});

const action = closed({
  timeMs: millis(),
  account: name('the name of an account'),
  // The machine's own table of commands decides what else a command holds.
  command: Type.Unsafe<CommandSpec>(
    Type.Object({ kind: name('the kind of a command') }, { additionalProperties: true }),
  ),
  expect: Type.Optional(
    Type.Union(
      [
        Type.Literal('accepted'),
        closed({
          refused: Type.Integer({ minimum: 1, description: 'the number of a rejection' }),
        }),
      ],
      { description: '"accepted" or {"refused": number}' },
    ),
  ),
});

const path = Type.Union([
  closed({
    kind: Type.Literal('points'),
    points: Type.Array(
      closed({ timeMs: millis(), price: positive('a decimal text above 0 such as "10000.5"') }),
      { minItems: 1, description: 'a list of at least one point' },
    ),
    between: Type.Optional(Type.Enum(['step', 'line'])),
  }),
  closed({
    kind: Type.Literal('file'),
    file: Type.String({ minLength: 1, description: 'the name of a CSV file' }),
    columns: Type.Optional(
      closed({
        time: name('the name of a column'),
        price: Type.Optional(name('the name of a column')),
        open: Type.Optional(name('the name of a column')),
        high: Type.Optional(name('the name of a column')),
        low: Type.Optional(name('the name of a column')),
        close: Type.Optional(name('the name of a column')),
      }),
    ),
    timeUnit: Type.Optional(Type.Enum(['ms', 's'])),
    scale: Type.Optional(positive('a decimal text above 0 such as "0.001"')),
    from: Type.Optional(instant()),
    to: Type.Optional(instant()),
    speed: Type.Optional(above0()),
    between: Type.Optional(Type.Enum(['step', 'line'])),
  }),
  closed({ kind: Type.Literal('calm'), ...walk() }),
  closed({
    kind: Type.Literal('jump'),
    ...walk(),
    jumpsPerDay: Type.Optional(atLeast0()),
    jumpMean: Type.Optional(Type.Number({ description: 'a number such as -0.01' })),
    jumpDeviation: Type.Optional(atLeast0()),
  }),
  closed({
    kind: Type.Literal('crash'),
    ...walk(),
    atMs: millis(),
    overMs: millis(),
    fall: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      description: 'a number from 0 to below 1',
    }),
    recover: Type.Optional(fraction()),
    recoverOverMs: Type.Optional(millis()),
  }),
]);

const price = closed({
  underlying: name('the name of an underlying'),
  sources: Type.Optional(sourceNames()),
  path,
  everyMs: Type.Optional(positiveMillis()),
  noiseBp: Type.Optional(atLeast0()),
  confidenceBp: Type.Optional(atLeast0()),
});

const faultWindow = {
  sources: Type.Optional(sourceNames()),
  underlying: Type.Optional(name('the name of an underlying')),
  fromMs: millis(),
  toMs: millis(),
};

const fault = Type.Union([
  closed({ kind: Type.Literal('lie'), multiplier: atLeast0(), ...faultWindow }),
  closed({ kind: Type.Literal('silent'), ...faultWindow }),
  closed({ kind: Type.Literal('stale'), ...faultWindow }),
  closed({
    kind: Type.Literal('halt'),
    instrument: name('the name of an instrument'),
    fromMs: millis(),
    toMs: millis(),
  }),
]);

const agent = closed({
  kind: name('the kind of an agent'),
  count: Type.Optional(Type.Integer({ minimum: 1, description: 'an integer of 1 or more' })),
  parameters: Type.Optional(parameterValues()),
});

const assertion = closed({
  metric: Type.Enum(Object.keys(METRICS) as MetricName[]),
  of: Type.Optional(name('a name, or a number as text')),
  op: Type.Enum(['=', '!=', '<', '<=', '>', '>=']),
  value: Type.Union([Type.Number(), decimal('a decimal text')], {
    description: 'a number, or a decimal text such as "0.5"',
  }),
});

const scenario = closed(
  {
    $schema: Type.Optional(Type.String()),
    name: Type.String({ minLength: 1, maxLength: 80, description: 'a text of 1 to 80 characters' }),
    description: Type.Optional(Type.String({ description: 'a text' })),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'an integer of 0 or more',
      }),
    ),
    start: Type.Optional(instant()),
    blocks: Type.Optional(
      closed({
        intervalMs: Type.Optional(positiveMillis()),
        durationMs: Type.Optional(positiveMillis()),
      }),
    ),
    settlement: Type.Optional(name('the name of an asset')),
    assets: Type.Array(asset, { minItems: 1, description: 'a list of at least one asset' }),
    underlyings: Type.Array(underlying),
    instruments: Type.Array(instrument),
    parameters: Type.Optional(parameterValues()),
    publishers: Type.Optional(
      Type.Array(
        closed({
          name: name('a name such as "north"'),
          weight: Type.Optional(
            Type.Integer({ minimum: 1, maximum: 1000, description: 'an integer from 1 to 1000' }),
          ),
        }),
        { minItems: 1, description: 'a list of at least one publisher' },
      ),
    ),
    accounts: Type.Optional(Type.Array(account)),
    populations: Type.Optional(Type.Array(population)),
    orders: Type.Optional(Type.Array(order)),
    depth: Type.Optional(Type.Array(depth)),
    pools: Type.Optional(
      closed({
        shared: Type.Optional(positive('a decimal text above 0 such as "1000000"')),
        instruments: Type.Optional(decimalsByName('a decimal text above 0 such as "250000"')),
      }),
    ),
    prices: Type.Array(price, { description: 'a list of price paths' }),
    correlations: Type.Optional(
      Type.Array(
        closed({
          between: Type.Tuple(
            [name('the name of an underlying'), name('the name of an underlying')],
            {
              description: 'two names of underlyings',
            },
          ),
          value: Type.Number({ minimum: -1, maximum: 1, description: 'a number from -1 to 1' }),
        }),
      ),
    ),
    actions: Type.Optional(Type.Array(action)),
    faults: Type.Optional(Type.Array(fault)),
    agents: Type.Optional(Type.Array(agent)),
    assertions: Type.Optional(Type.Array(assertion)),
  },
  { title: 'A Plimsoll scenario' },
);

type Frozen<T> = T extends readonly unknown[] | object
  ? { readonly [K in keyof T]: Frozen<T[K]> }
  : T;
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
// Does not compile when the schema and the type that documents it differ in anything.
const isSame: Same<Frozen<Static<typeof scenario>>, Frozen<ScenarioFile>> = true;

/** What a scenario file is checked against. */
export function scenarioSchema(): TSchema {
  return isSame && scenario;
}

/** The JSON Schema (draft 7) as it is published in `scenario.schema.json`. */
export function publishedSchema(): Record<string, unknown> {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...scenario };
}
