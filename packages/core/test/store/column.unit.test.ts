import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, memory } from './memory.ts';

const rows = 4;

describe('a value that does not fit its column is our error, and leaves no trace', () => {
  const cases = [
    ['f64', Number.NaN],
    ['f64', Number.POSITIVE_INFINITY],
    ['i32', 2_147_483_648],
    ['i32', 0.5],
    ['i32', Number.NaN],
    ['u32', -1],
    ['u32', 4_294_967_296],
    ['u8', 256],
    ['u8', -1],
    ['i64', 1n << 63n],
    ['i64', -(1n << 63n) - 1n],
  ] as const;

  test.each(cases)('%s %s', (name, value) => {
    const store = memory(rows);
    const before = bytesOf(store.log);
    const column = store[name] as { set(cell: number, value: unknown): void };
    expect(() => column.set(1, value)).toThrow(/a value fits its column|is finite/);
    expect(() => column.set(rows, name === 'i64' ? 1n : 1)).toThrow('a cell lies in its column');
    expect(() => column.set(-1, name === 'i64' ? 1n : 1)).toThrow('a cell lies in its column');
    expect(bytesOf(store.log)).toBe(before);
    expect(store.log.count).toBe(0);
  });
});

test('the extremes of every type are held', () => {
  const { f64, i32, u32, u8, i64 } = memory(rows);
  f64.set(0, -Number.MAX_VALUE);
  i32.set(0, -2_147_483_648);
  u32.set(0, 4_294_967_295);
  u8.set(0, 255);
  i64.set(0, -(1n << 63n));
  i64.set(1, (1n << 63n) - 1n);
  expect([f64.get(0), i32.get(0), u32.get(0), u8.get(0), i64.get(0), i64.get(1)]).toEqual([
    -Number.MAX_VALUE,
    -2_147_483_648,
    4_294_967_295,
    255,
    -(1n << 63n),
    (1n << 63n) - 1n,
  ]);
});

test('writing what is there already is no write', () => {
  const { log, f64, i64 } = memory(rows);
  f64.set(0, 5);
  i64.set(0, 5n);
  const count = log.count;
  f64.set(0, 5);
  f64.add(0, 0);
  i64.set(0, 5n);
  expect(log.count).toBe(count);
});

test('minus zero is never stored', () => {
  const { f64 } = memory(rows);
  f64.set(0, -0);
  expect(Object.is(f64.get(0), 0)).toBe(true);
  f64.set(0, 5);
  f64.set(0, -0);
  expect(Object.is(f64.get(0), 0)).toBe(true);
});

test('money read as a double is the nearest double', () => {
  const { i64 } = memory(1);
  const least = -(1n << 63n);
  const edges = [0n, 1n, -1n, least, -least - 1n, (1n << 53n) + 1n, -(1n << 53n) - 1n, 1n << 32n];
  const any = fc.oneof(
    fc.bigInt({ min: least, max: -least - 1n }),
    fc.constantFrom(...edges),
    // Half-way cases of the rounding: a tie, and one beside it.
    fc
      .tuple(fc.integer({ min: 0, max: 10 }), fc.bigInt({ min: 1n << 52n, max: (1n << 53n) - 1n }))
      .chain(([shift, odd]) =>
        fc.constantFrom(-1n, 0n, 1n).map((beside) => {
          const value = ((odd * 2n + 1n) << BigInt(shift)) / 2n + beside;
          return value < -least ? value : odd;
        }),
      ),
  );
  fc.assert(
    fc.property(any, (value) => {
      i64.set(0, value);
      expect(i64.double(0)).toBe(Number(value));
    }),
    { numRuns: 5000 },
  );
});

test.each(['f64', 'i32', 'u32', 'u8', 'i64'] as const)(
  'a copied or cleared cell of %s is flagged as a move in the log, a set cell is not',
  (name) => {
    const store = memory(rows, 2);
    const { log } = store;
    const column = store[name];
    const [zero, nine] = name === 'i64' ? [0n, 9n] : [0, 9];
    (column as { set(cell: number, value: unknown): void }).set(3, nine);
    column.copyCell(3, 7);
    column.clearCell(3);
    expect([column.get(3), column.get(7)]).toEqual([zero, nine]);
    expect([...log.columnIds.subarray(0, log.count)]).toEqual([column.id, ~column.id, ~column.id]);
    for (let entry = 0; entry < log.count; entry++) expect(log.columnAt(entry)).toBe(column);
    log.rollback(0);
    expect([column.get(3), column.get(7)]).toEqual([zero, zero]);
  },
);
