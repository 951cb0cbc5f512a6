import { assetOf, InexactDecimalError, marketOf } from '@plimsoll/api/client';
import { actionProblem } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';

const btcPerp = marketOf({
  id: 3,
  name: 'BTC-PERP',
  priceUnit: '0.01',
  tickSize: '0.5',
  lotSize: '0.001',
});
const usdc = assetOf({ id: 1, name: 'USDC', decimals: 6 });

test('a limit order in decimals becomes price units and lots exactly', () => {
  const action = btcPerp.limit({ side: 'buy', size: '0.35', price: '100012.5' });
  expect(action).toEqual({
    kind: 'placeOrder',
    instrument: 3,
    side: 'buy',
    size: 350,
    price: 10_001_250,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  });
  expect(actionProblem(action)).toBeUndefined();
  expect(btcPerp.formatPrice(action.price)).toBe('100012.5');
  expect(btcPerp.formatSize(action.size)).toBe('0.35');
});

test('what the machine could only round is refused, with the grid it is off', () => {
  const off = { side: 'sell', size: '0.35', price: '100012.3' } as const;
  expect(() => btcPerp.limit(off)).toThrow('"100012.3" must be a multiple of 0.5');
  expect(() => btcPerp.limit({ ...off, price: '1', size: '0.0005' })).toThrow(InexactDecimalError);
  expect(() => usdc.amount('0.0000001')).toThrow('must have at most 6 decimals');
  expect(() => usdc.amount('1e3')).toThrow(InexactDecimalError);
});

test('a market order has no price and does not rest', () => {
  const action = btcPerp.marketOrder({ side: 'sell', size: '1', isReduceOnly: true, clientId: 9 });
  expect(action).toMatchObject({
    side: 'sell',
    size: 1_000,
    price: 0,
    timeInForce: 'immediateOrCancel',
    isReduceOnly: true,
    clientId: 9,
  });
  expect(actionProblem(action)).toBeUndefined();
});

test('orders are cancelled by their id, by the id their owner gave, or all of a market', () => {
  expect(btcPerp.cancel({ order: 12 })).toEqual({ kind: 'cancelOrder', order: 12, clientId: 0 });
  expect(btcPerp.cancel({ clientId: 4 })).toEqual({ kind: 'cancelOrder', order: 0, clientId: 4 });
  expect(btcPerp.cancelAll()).toEqual({ kind: 'cancelAll', instrument: 3 });
});

test('amounts of an asset go both ways without a loss', () => {
  expect(usdc.amount('12.5')).toBe(12_500_000n);
  expect(usdc.format(12_500_000n)).toBe('12.5');
  const address = `0x${'ab'.repeat(20)}` as const;
  for (const action of [
    usdc.withdraw('1', { chain: 1, address }),
    usdc.transfer('1', 2),
    usdc.supply('1'),
    usdc.redeem(),
    usdc.borrow('1'),
    usdc.repay(),
  ]) {
    expect(actionProblem(action)).toBeUndefined();
  }
  expect(usdc.repay()).toEqual({ kind: 'repay', asset: 1, amount: 0n });
});
