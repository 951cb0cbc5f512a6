import { type Event, type EventOf, eventSchema, type FieldType } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { expect, test } from 'vitest';
import { eventFields, valueSchema } from '../../src/routes/index.ts';
import { type EventJsonOf, eventJson, eventText } from '../../src/wire/index.ts';
import { units } from './units.ts';

const filled: EventOf<'filled'> = {
  kind: 'filled',
  instrument: 1,
  price: 6_000_050,
  size: 250,
  taker: 3,
  maker: 5,
  takerOrder: 0,
  makerOrder: 8,
  takerSide: 'sell',
  takerFee: 1_500_000n,
  makerFee: -250_000n,
  isLiquidation: true,
};

test('an event goes out in decimals, with names and with the asset of every amount', () => {
  const written = eventJson(filled, units) as EventJsonOf<'filled'>;
  expect(written).toEqual({
    kind: 'filled',
    instrument: 1,
    name: 'BTC-PERP',
    price: '60000.5',
    size: '0.25',
    lots: 250,
    taker: 3,
    maker: 5,
    takerOrder: null,
    makerOrder: 8,
    takerSide: 'sell',
    takerFee: { asset: 'USDC', amount: '1.5' },
    makerFee: { asset: 'USDC', amount: '-0.25' },
    isLiquidation: true,
  });
  const { size, takerOrder }: { size: string; takerOrder: number | null } = written;
  expect([size, takerOrder]).toEqual(['0.25', null]);
  expect(eventText(written)).toBe(
    'filled: instrument BTC-PERP, price 60000.5, size 0.25, taker 3, maker 5, takerOrder none, ' +
      'makerOrder 8, takerSide sell, takerFee 1.5 USDC, makerFee -0.25 USDC, isLiquidation yes',
  );
});

test('figures of margin are rounded against the account, computed prices to a hundredth', () => {
  const started = { account: 5, health: -2_050_333.4, equity: 1.9, maintenance: 2_050_335.1 };
  expect(eventJson({ kind: 'liquidationStarted', ...started }, units)).toEqual({
    kind: 'liquidationStarted',
    account: 5,
    health: { asset: 'USDC', amount: '-2.050334' },
    equity: { asset: 'USDC', amount: '0.000001' },
    maintenance: { asset: 'USDC', amount: '2.050336' },
  });
  const closed: EventOf<'closedOut'> = {
    kind: 'closedOut',
    account: 5,
    instrument: 1,
    size: 1,
    quote: 60_000_000n,
    penalty: 0n,
    fee: 7n,
    limit: 5_999_900,
    bankruptcyPrice: 5_999_812.3456,
    healthBefore: -1,
    healthAfter: 0,
  };
  expect(eventJson(closed, units)).toMatchObject({
    size: '0.001',
    quote: { asset: 'USDC', amount: '60' },
    fee: { asset: 'USDC', amount: '0.000007' },
    limit: '59999',
    bankruptcyPrice: '59998.1235',
  });
});

test('each amount is in the asset that it is in, and what is none is null', () => {
  const sold = { account: 4, asset: 2, amount: 3n, debtAsset: 0, paid: 7_000_000n } as const;
  expect(eventJson({ kind: 'collateralSold', ...sold }, units)).toMatchObject({
    asset: 'WBTC',
    assetId: 2,
    amount: { asset: 'WBTC', amount: '0.00000003' },
    debtAsset: null,
    debtAssetId: 0,
    paid: { asset: 'USDC', amount: '7' },
  });
  const drawn = { instrument: 0, market: 1, asset: 1, amount: 5n } as const;
  expect(eventJson({ kind: 'poolDrawn', ...drawn }, units)).toMatchObject({
    instrument: 0,
    name: null,
    market: 1,
    marketName: 'BTC-PERP',
  });
});

test('a parameter goes out with its name and unit, a rate as a fraction, scopes by name', () => {
  const change = { scope: 'instrument', target: 1, parameter: 32, value: 500n } as const;
  const changed = eventJson({ kind: 'parameterChanged', ...change }, units);
  expect(changed).toMatchObject({
    target: 'BTC-PERP',
    targetId: 1,
    parameter: 'orderSizeMax',
    parameterId: 32,
    unit: 'lots',
    value: 500,
  });
  expect(eventText(changed)).toMatch(/parameter orderSizeMax, value 500 lots$/);
  const rate = { instrument: 1, rateNanoPerHour: 12_500, premiumNano: -3, samples: 60 };
  expect(eventJson({ kind: 'fundingRateSet', ...rate }, units)).toMatchObject({
    ratePerHour: 0.0000125,
    premium: -3e-9,
  });
  const agent: Event = {
    kind: 'agentApproved',
    account: 1,
    agent: '0x00000000000000000000000000000000000000aa',
    scopes: 3,
    expiresMs: 1_583_971_200_000,
  };
  expect(eventJson(agent, units)).toMatchObject({ scopes: ['trade', 'cancel'] });
  expect(eventText(eventJson(agent, units))).toMatch(
    /scopes trade, cancel, expiresMs 2020-03-12T00:00:00.000Z$/,
  );
});

const amount = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  u8: fc.nat(255),
  u32: fc.nat(4_294_967_295),
  u53: fc.maxSafeNat(),
  f64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  amount,
  i64: fc.oneof(
    amount,
    amount.map((value) => -value),
  ),
  address: fc.constant('0x00000000000000000000000000000000000000aa'),
  text: fc.constant('TEXT'),
};

function valueFor(name: string, type: FieldType): fc.Arbitrary<unknown> {
  // What a machine can have said: ids that are listed, values that a parameter can have.
  const isListed = ['asset', 'debtAsset', 'underlying', 'instrument', 'market'].includes(name);
  if (isListed) return fc.constant(1);
  if (name === 'value') return fc.maxSafeInteger().map(BigInt);
  if (typeof type === 'object') return fc.constantFrom(...('enum' in type ? type.enum : []));
  return scalars[type] ?? fc.constant(undefined);
}

function anyEvent(): fc.Arbitrary<Event> {
  const kinds = Object.entries(eventSchema).map(([kind, { fields }]) => {
    const types: [string, FieldType][] = Object.entries(fields);
    const values = types.map(([name, type]) => [name, valueFor(name, type)]);
    return fc.record({ kind: fc.constant(kind), ...Object.fromEntries(values) });
  });
  return fc.oneof(...kinds) as fc.Arbitrary<Event>;
}

test('every event is what the table of its fields says, and reads as one line', () => {
  const schemas = new Map(
    Object.entries(eventFields).map(([kind, fields]) => [
      kind,
      valueSchema({ kind: { enum: [kind] }, ...fields }),
    ]),
  );
  expect([...schemas.keys()]).toEqual(Object.keys(eventSchema));
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyEvent(), (event) => {
      const written = eventJson(event, units);
      const schema = schemas.get(event.kind) ?? {};
      expect([...Value.Errors(schema, written)], JSON.stringify(written)).toEqual([]);
      expect(eventText(written)).toMatch(new RegExp(`^${event.kind}(: [ -~]+)?$`));
      seen.add(event.kind);
    }),
    { numRuns: 1500 },
  );
  expect(seen.size).toBe(Object.keys(eventSchema).length);
});

test('what is not known is written as it is, and says so', () => {
  const event = { ...filled, instrument: 9 };
  expect(eventJson(event, units)).toMatchObject({
    instrument: 9,
    name: '9',
    priceUnits: '6000050',
    sizeUnits: '250',
  });
  expect(eventJson(event, units)).not.toHaveProperty('price');
});
