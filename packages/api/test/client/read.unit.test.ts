import { routeTable } from '@plimsoll/api/routes';
import { expect, test } from 'vitest';
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
