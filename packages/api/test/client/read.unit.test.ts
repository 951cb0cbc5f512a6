import type { Client } from '@plimsoll/api/client';
import { routeTable } from '@plimsoll/api/routes';
import { expect, expectTypeOf, test } from 'vitest';
import { type ReadName, requestOf } from '../../src/client/read.ts';

const request = (route: ReadName, question: Record<string, unknown>) =>
  requestOf(routeTable[route], question);

test('a question becomes path, query and body as the row of its route says', () => {
  expect(request('status', {})).toEqual({ method: 'GET', path: '/v1/status' });
  expect(request('market', { instrument: 'BTC/PERP', minHeight: 4 })).toEqual({
    method: 'GET',
    path: '/v1/markets/BTC%2FPERP?minHeight=4',
  });
  expect(request('candles', { instrument: 'BTC-PERP', interval: '1m', toMs: undefined })).toEqual({
    method: 'GET',
    path: '/v1/markets/BTC-PERP/candles?interval=1m',
  });
  expect(request('previewCommand', { account: 7, actions: [], minHeight: 4 })).toEqual({
    method: 'POST',
    path: '/v1/accounts/7/preview?minHeight=4',
    body: '{"actions":[]}',
  });
});

test('every route of the table can be asked by its name', () => {
  for (const [name, row] of Object.entries(routeTable)) {
    const params = 'params' in row ? Object.keys(row.params) : [];
    const question = Object.fromEntries(params.map((each) => [each, '1']));
    expect(request(name as ReadName, question).path).not.toMatch(/:|undefined/);
  }
});

test('questions and answers are typed by the table of routes', () => {
  const asked = async (client: Client) => {
    const { market, height } = await client.read('market', { instrument: 'BTC-PERP' });
    expectTypeOf(market.lotSize).toEqualTypeOf<string>();
    expectTypeOf(market.state).toEqualTypeOf<'proposed' | 'open' | 'reduceOnly'>();
    expectTypeOf(height).toEqualTypeOf<number>();
    await client.read('status');
    await client.read('orders', { account: 7, instrument: 'BTC-PERP' });
    // @ts-expect-error a market has to be named
    await client.read('market');
    // @ts-expect-error there is no such side
    await client.read('maximumOrder', { account: 7, instrument: 'BTC-PERP', side: 'long' });
    // @ts-expect-error commands are for submit
    await client.read('submitCommand', {});
  };
  expect(asked).toBeTypeOf('function');
});
