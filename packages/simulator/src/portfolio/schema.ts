import { type TObject, type TSchema, Type } from 'typebox';
import { scenarioSchema } from '../scenarios/schema.ts';
import { closed, name, positive } from '../scenarios/schemaParts.ts';

/** The parts of a schema that are looked into here. */
interface SchemaNode extends TSchema {
  readonly items: SchemaNode;
  readonly properties: Readonly<Record<string, SchemaNode>>;
}

/** What a portfolio file is checked against; what it shares with a scenario is the same schema. */
export function portfolioSchema(): TObject {
  const { properties } = scenarioSchema() as SchemaNode;
  const part = (key: string): SchemaNode => properties[key] as SchemaNode;
  const { balances, positions } = part('accounts').items.properties;
  const { account: _account, ...order } = part('orders').items.properties;
  const underlying = {
    ...part('underlyings').items.properties,
    price: positive('a decimal text above 0 such as "60000"'),
  };
  return closed(
    {
      $schema: Type.Optional(Type.String()),
      name: Type.Optional(name('a name for the report')),
      settlement: part('settlement'),
      assets: part('assets'),
      underlyings: Type.Array(closed(underlying), { description: 'a list of underlyings' }),
      instruments: Type.Optional(part('instruments')),
      parameters: part('parameters'),
      balances: balances as SchemaNode,
      loans: balances as SchemaNode,
      positions: positions as SchemaNode,
      orders: Type.Optional(
        Type.Array(
          closed({
            ...order,
            isReduceOnly: Type.Optional(Type.Boolean({ description: 'true or false' })),
          }),
        ),
      ),
      ownRatePpm: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000,
          description: 'an integer from 0 to 1000000, such as 50000 for 5 %',
        }),
      ),
    },
    { title: 'A Plimsoll portfolio' },
  );
}

/** The JSON Schema (draft 7) as it is published. */
export function publishedPortfolioSchema(): Record<string, unknown> {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...portfolioSchema() };
}
