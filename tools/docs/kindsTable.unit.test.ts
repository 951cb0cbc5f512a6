import { expect, test } from 'vitest';
import { kindsTable } from './kindsTable.ts';

test('a kind is a row with the offset of every field up to the first of open length', () => {
  const text = kindsTable({
    later: { id: 9, doc: 'Later.', fields: {} },
    first: {
      id: 2,
      doc: 'Either | or.',
      fields: {
        owner: 'address',
        side: { enum: ['buy', 'sell'] },
        amount: 'amount',
        name: 'text',
        tiers: { list: { bound: 'u53' }, max: 8 },
      },
    },
  });
  expect(text.split('\n').slice(2)).toEqual([
    '| 2 | `first` | 0 owner address; 20 side (0 buy, 1 sell); 21 amount amount; 29 name text; ' +
      '… tiers list of at most 8 [bound u53] | Either \\| or. |',
    '| 9 | `later` | none | Later. |',
  ]);
});
