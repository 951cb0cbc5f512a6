import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  F64Column,
  I32Column,
  I64Column,
  rowBlock,
  U8Column,
  U32Column,
  UndoLog,
} from '../../src/store/index.ts';

const ROWS = 5;
const WIDTHS = { flag: 1, lots: 4, amount: 8, word: 4, price: 8, side: 1 };

/** The same six columns, side by side in a block or each in memory of its own. */
function columnsOf(isBlock: boolean) {
  const log = new UndoLog();
  const places = isBlock ? rowBlock(ROWS, WIDTHS) : {};
  const site = (name: string) => {
    const place = places[name];
    return { name, rows: ROWS, ...(place === undefined ? {} : { place }) };
  };
  const columns = {
    flag: new U8Column(log, site('flag')),
    lots: new I32Column(log, site('lots')),
    amount: new I64Column(log, site('amount')),
    word: new U32Column(log, site('word')),
    price: new F64Column(log, site('price')),
    side: new U8Column(log, site('side')),
  };
  return { log, columns };
}

type Columns = ReturnType<typeof columnsOf>['columns'];

const row = fc.nat(ROWS - 1);
const write = fc.oneof(
  fc.tuple(fc.constantFrom('flag' as const, 'side' as const), row, fc.nat(255)),
  fc.tuple(fc.constant('lots' as const), row, fc.integer()),
  fc.tuple(fc.constant('word' as const), row, fc.nat(0xffffffff)),
  fc.tuple(fc.constant('price' as const), row, fc.double({ noNaN: true, noDefaultInfinity: true })),
  fc.tuple(
    fc.constant('amount' as const),
    row,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  ),
);

function apply(columns: Columns, [name, cell, value]: readonly [keyof Columns, number, unknown]) {
  (columns[name] as { set(cell: number, value: unknown): void }).set(cell, value);
}

function cellsOf(columns: Columns): unknown[] {
  const cells: unknown[] = Object.values(columns).map((column) =>
    Array.from({ length: ROWS }, (_, k) => column.get(k)),
  );
  return [...cells, Array.from({ length: ROWS }, (_, k) => columns.amount.double(k))];
}

describe('columns side by side in a row block', () => {
  test('hold what columns of their own hold, before and after a rollback', () => {
    fc.assert(
      fc.property(fc.array(write), fc.array(write), (first, second) => {
        const block = columnsOf(true);
        const plain = columnsOf(false);
        for (const one of first) for (const { columns } of [block, plain]) apply(columns, one);
        const held = cellsOf(block.columns);
        expect(held).toEqual(cellsOf(plain.columns));
        const mark = block.log.mark();
        for (const one of second) for (const { columns } of [block, plain]) apply(columns, one);
        expect(cellsOf(block.columns)).toEqual(cellsOf(plain.columns));
        expect(block.log.count).toBe(plain.log.count);
        block.log.rollback(mark);
        expect(cellsOf(block.columns)).toEqual(held);
      }),
    );
  });

  test('refuse a row beyond the last one', () => {
    const { columns } = columnsOf(true);
    for (const [name, column] of Object.entries(columns)) {
      const value = name === 'amount' ? 1n : 1;
      for (const cell of [-1, ROWS, ROWS + 1]) {
        expect(() => apply(columns, [name as keyof Columns, cell, value])).toThrow('a cell lies');
        expect(column.rows).toBe(ROWS);
      }
    }
  });
});
