import { expect, test } from 'vitest';
import { routesTable, shapesTable } from './routesTable.ts';

test('a route is a row with what it takes and what it gives', () => {
  const text = routesTable({
    price: {
      method: 'GET',
      path: '/v1/prices/:name',
      tag: 'prices',
      servedBy: 'replica',
      doc: 'A price | a range.',
      params: { name: 'name' },
      query: { 'depth?': 'integer' },
      response: { price: 'decimal|null', sources: ['Source'] },
    },
    send: {
      method: 'POST',
      path: '/v1/prices',
      tag: 'prices',
      servedBy: 'node',
      doc: 'Sends.',
      body: { anyOf: ['One', { all: ['One'] }] },
      response: { outcome: { enum: ['taken', 'refused'] } },
    },
  });
  expect(text.split('\n').slice(2)).toEqual([
    '| `price` | `GET /v1/prices/:name` | query depth? integer | ' +
      'price decimal\\|null, sources [Source] | A price \\| a range. |',
    '| `send` | `POST /v1/prices` | body One or { all [One] } | ' +
      'outcome (taken, refused) | Sends. |',
  ]);
});

test('a shape is a row with its fields', () => {
  const text = shapesTable({
    Side: { enum: ['buy', 'sell'] },
    Level: { price: 'decimal', 'orders?': ['integer'] },
  });
  expect(text.split('\n').slice(2)).toEqual([
    '| `Side` | buy, sell |',
    '| `Level` | { price decimal, orders? [integer] } |',
  ]);
});
