import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableAction, readableCommand, readableTime } from '../../src/schema/index.ts';
import { anyAction, anyCommand } from '../generators.ts';

const names = {
  asset: (id: number) =>
    [undefined, { name: 'USD', decimals: 6 }, { name: 'BTC', decimals: 0 }][id],
  underlying: (id: number) =>
    id === 1 ? { name: 'BTC', price: (units: number) => String(units / 10) } : undefined,
  instrument: (id: number) =>
    id === 1
      ? { name: 'BTC-PERP', price: (units: number) => String(units / 10), size: String }
      : undefined,
};

test('an action reads as its fields with names and units', () => {
  const order = {
    kind: 'placeOrder',
    instrument: 1,
    side: 'buy',
    size: 5,
    price: 10012,
    timeInForce: 'immediateOrCancel',
    isPostOnly: false,
    isReduceOnly: true,
    selfTrade: 'cancelResting',
    clientId: 7,
  } as const;
  expect(readableAction(order, names)).toBe(
    'placeOrder: instrument BTC-PERP, side buy, size 5, price 1001.2, ' +
      'timeInForce immediateOrCancel, isPostOnly no, isReduceOnly yes, selfTrade cancelResting, clientId 7',
  );
  expect(readableAction({ ...order, instrument: 9 }, names)).toContain(
    'instrument 9, side buy, size 5 lots, price 10012 price units, ',
  );
  expect(readableAction({ kind: 'resumeMachine' })).toBe('resumeMachine');
});

test('an amount reads in wholes of its asset, in units where the asset is unknown', () => {
  const withdrawal = { kind: 'supply', asset: 1, amount: 1_500_000n } as const;
  expect(readableAction(withdrawal, names)).toBe('supply: asset USD, amount 1.5 USD');
  expect(readableAction(withdrawal)).toBe('supply: asset 1, amount 1500000 units');
  expect(readableAction({ ...withdrawal, asset: 2 }, names)).toBe(
    'supply: asset BTC, amount 1500000 BTC',
  );
});

test('a list reads entry by entry, a time as a date', () => {
  const tiers = [{ lowerBound: 0, initialPpm: 25_000, maintenancePpm: 12_500 }];
  const listing = { name: 'BTC-PERP', underlying: 1, multiplier: 10, tickSize: 5 } as const;
  expect(readableAction({ kind: 'listInstrument', ...listing, tiers, parameters: [] }, names)).toBe(
    'listInstrument: name "BTC-PERP", underlying BTC, multiplier 10, tickSize 0.5, ' +
      'tiers [lowerBound 0 initialPpm 25000 ppm maintenancePpm 12500 ppm], parameters []',
  );
  const halt = { kind: 'haltMarket', instrument: 1, untilMs: 1_583_971_200_000 } as const;
  expect(readableAction(halt, names)).toBe(
    'haltMarket: instrument BTC-PERP, untilMs 2020-03-12T00:00:00.000Z',
  );
});

test('a time reads as ISO 8601, to the last millisecond of the year 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      expect(readableTime(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 2000 },
  );
  for (const text of [
    '2000-02-29T23:59:59.999Z',
    '2100-02-28T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ]) {
    expect(readableTime(Date.parse(text))).toBe(text);
  }
  expect(readableTime(253_402_300_800_000)).toBe('253402300800000 ms');
});

test('everything reads as one line', () => {
  fc.assert(
    fc.property(anyAction(), anyCommand(), (action, command) => {
      expect(readableAction(action)).toMatch(new RegExp(`^${action.kind}(: [ -~]+)?$`));
      expect(readableCommand(command)).toMatch(/^account \d+ by 0x[0-9a-f]{40}, nonce [ -~]+$/);
    }),
    { numRuns: 200 },
  );
});
