import { type Action, rejectionFigures, rejections } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import {
  figuresJson,
  ProblemError,
  type RawRefusal,
  refusalProblem,
} from '../../src/wire/index.ts';
import { units } from './units.ts';

const order: Action = {
  kind: 'placeOrder',
  instrument: 1,
  side: 'buy',
  size: 5,
  price: 10_012,
  timeInForce: 'goodTillCancelled',
  isPostOnly: false,
  isReduceOnly: false,
  selfTrade: 'cancelResting',
  clientId: 0,
};

function figures(
  name: keyof typeof rejections,
  raw: NonNullable<RawRefusal['figures']>,
  action?: Action,
): object | undefined {
  return figuresJson({ code: rejections[name].code, figures: raw, action }, units);
}

test('prices and sizes of a refused order are decimals of its market', () => {
  expect(figures('orderPrice', { price: 10_012, tickSize: 50 }, order)).toEqual({
    price: '100.12',
    tickSize: '0.5',
  });
  expect(figures('orderSize', { size: 0, sizeMax: 1_000_000 }, order)).toEqual({
    size: '0',
    sizeMax: '1000',
  });
  const band = { price: 1, low: 9_500, high: 10_500, mark: 10_000.125 };
  expect(figures('orderBand', band, order)).toMatchObject({ low: '95', mark: '100.0013' });
});

test('margin is money of the settlement asset: what is asked for up, what there is down', () => {
  const raw = { account: 3, required: 1_000_000.2, available: 999_999.9, before: -1.5 };
  expect(figures('initialMargin', raw, order)).toEqual({
    account: 3,
    required: { asset: 'USDC', amount: '1.000001' },
    available: { asset: 'USDC', amount: '0.999999' },
    before: { asset: 'USDC', amount: '-0.000002' },
  });
});

test('an amount is in the asset of the action, fresh from the machine or out of the store', () => {
  const supply: Action = { kind: 'supply', asset: 2, amount: 5n };
  const expected = {
    held: { asset: 'WBTC', amount: '0' },
    amount: { asset: 'WBTC', amount: '0.00000005' },
  };
  expect(figures('balanceInsufficient', { held: 0n, amount: 5n }, supply)).toEqual(expected);
  expect(figures('balanceInsufficient', { held: '0', amount: '5' }, supply)).toEqual(expected);
  expect(figures('balanceInsufficient', { held: 0n, amount: 5n }, order)).toMatchObject({
    held: { asset: 'USDC' },
  });
});

test('a parameter is named with its unit', () => {
  const change: Action = {
    kind: 'setParameter',
    scope: 'instrument',
    target: 1,
    parameter: 32,
    value: 5n,
  };
  const raw = { value: 5n, min: 10, max: 90 };
  const expected = { value: 5, min: 10, max: 90, parameter: 'orderSizeMax', unit: 'lots' };
  expect(figures('parameterRange', raw, change)).toEqual(expected);
  const listing = { ...raw, scope: 'instrument', id: 32 };
  expect(figures('parameterRange', listing)).toEqual({ ...expected, scope: 'instrument', id: 32 });
});

test('what another refusal left behind, what is none and what is no number is left out', () => {
  expect(figures('flagsConflict', { required: 1, available: 2 }, order)).toBeUndefined();
  expect(figures('orderUnknown', { order: 0, clientId: 7 })).toEqual({ clientId: 7 });
  expect(figures('positionLimit', { worst: 5, notional: null }, order)).toEqual({ worst: '0.005' });
  expect(figuresJson({ code: 12_345, figures: { a: 1 } }, units)).toBeUndefined();
});

test('an amount of which the asset is not known any more is in units, and says so', () => {
  const settle: Action = { kind: 'settleWithdrawal', withdrawal: 4, outcome: 'returned' };
  expect(figures('balanceOverflow', { held: 9n, amount: 1n }, settle)).toEqual({
    heldUnits: '9',
    amountUnits: '1',
  });
});

test('a market that is short of an open deficit is named', () => {
  expect(figures('openDeficit', { account: 2, instrument: 1 })).toEqual({
    account: 2,
    instrument: 1,
    name: 'BTC-PERP',
  });
  expect(figures('marketState', { present: 2, badDebt: 3n })).toEqual({
    present: 'reduceOnly',
    badDebt: { asset: 'USDC', amount: '0.000003' },
  });
});

test('an error says its figures in words', () => {
  const raw = { required: 2_000_000, available: 0 };
  const problem = refusalProblem({ code: 500, figures: raw, action: order }, units);
  expect(new ProblemError(problem).message).toContain('required 2 USDC, available 0 USDC');
});

test('no figure of any refusal goes out in units of the machine', () => {
  for (const [name, table] of Object.entries(rejectionFigures)) {
    const raw = Object.fromEntries(Object.keys(table).map((figure) => [figure, 1]));
    const written = figures(name as keyof typeof rejections, raw, order) ?? {};
    expect(Object.keys(written).filter((key) => key.endsWith('Units'))).toEqual([]);
  }
});
