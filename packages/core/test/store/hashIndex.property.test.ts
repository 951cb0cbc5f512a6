import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { F64Column, HashIndex, I32Column, RowPool, UndoLog } from '../../src/store/index.ts';
import { bytesOf } from './memory.ts';

const rows = 8;

interface Indexed {
  readonly log: UndoLog;
  readonly index: HashIndex;
  readonly pool: RowPool;
  readonly ids: F64Column;
  readonly scopes: I32Column;
  readonly next: I32Column;
}

function indexed(slots: number): Indexed {
  const log = new UndoLog();
  const slot = new I32Column(log, { name: 'slot', rows: slots });
  const ids = new F64Column(log, { name: 'id', rows });
  const scopes = new I32Column(log, { name: 'scope', rows });
  const next = new I32Column(log, { name: 'next', rows });
  const header = new I32Column(log, { name: 'header', rows: 1, stride: 3 });
  const index = new HashIndex(slot, ids, scopes);
  return { log, index, pool: new RowPool({ next, header }), ids, scopes, next };
}

// Few ids in few scopes, some of more than 32 bits, so that clusters form, wrap and shift.
const id = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(2 ** 32 + 1, 2 ** 53 - 1));
const scope = fc.integer({ min: 0, max: 2 });
const steps = fc.array(
  fc.record({
    verb: fc.constantFrom('add' as const, 'add' as const, 'remove' as const),
    id,
    scope,
  }),
  { maxLength: 80, size: 'max' },
);

type Twin = Map<string, number>;

function apply(
  store: Indexed,
  twin: Twin,
  step: { verb: string; id: number; scope: number },
): void {
  const { index, pool, ids, scopes } = store;
  const name = `${step.scope}.${step.id}`;
  const row = twin.get(name);
  if (step.verb === 'remove' && row !== undefined) {
    index.remove(row);
    ids.set(row, 0);
    scopes.set(row, 0);
    pool.release(row);
    twin.delete(name);
  }
  if (step.verb === 'add' && row === undefined && pool.hasRoom()) {
    const taken = pool.allocate();
    expect([...twin.values()]).not.toContain(taken);
    ids.set(taken, step.id);
    scopes.set(taken, step.scope);
    index.insert(taken);
    twin.set(name, taken);
  }
}

function expectEqualsTwin({ index, pool, next }: Indexed, twin: Twin): void {
  for (const row of twin.values()) expect(next.get(row), 'a row in use is in no list').toBe(0);
  expect(pool.used).toBe(twin.size);
  expect(pool.hasRoom()).toBe(twin.size < rows);
  for (const each of [1, 2, 3, 4, 5, 6, 7, 2 ** 32 + 1, 2 ** 53 - 1]) {
    for (const in_ of [0, 1, 2, 3])
      expect(index.find(each, in_)).toBe(twin.get(`${in_}.${each}`) ?? -1);
  }
}

describe.each([16, 32])('an index of %i slots over 8 rows, with its pool', (slots) => {
  test('finds exactly what was inserted and not removed', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const store = indexed(slots);
        const twin: Twin = new Map();
        for (const step of all) {
          apply(store, twin, step);
          expectEqualsTwin(store, twin);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is as before, byte for byte, after a rollback', () => {
    fc.assert(
      fc.property(steps, steps, (earlier, later) => {
        const store = indexed(slots);
        const twin: Twin = new Map();
        for (const step of earlier) apply(store, twin, step);
        const before = bytesOf(store.log);
        const mark = store.log.mark();
        const scratch = new Map(twin);
        for (const step of later) apply(store, scratch, step);
        store.log.rollback(mark);
        expect(bytesOf(store.log)).toBe(before);
        expectEqualsTwin(store, twin);
      }),
      { numRuns: 150 },
    );
  });
});

test('an index needs a power of two of slots', () => {
  expect(() => indexed(24)).toThrow('a hash index has a power of two of slots');
});

test('removing a row that is not in the index is our error', () => {
  const { index } = indexed(16);
  expect(() => index.remove(3)).toThrow('a removed row is in its index');
});

test('an empty pool gives no row', () => {
  const { pool } = indexed(16);
  for (let row = 0; row < rows; row++) pool.allocate();
  expect(() => pool.allocate()).toThrow('a row is asked for only where there is room');
});

test('without a scope column every id is in scope 0', () => {
  const log = new UndoLog();
  const ids = new F64Column(log, { name: 'id', rows });
  const index = new HashIndex(new I32Column(log, { name: 'slot', rows: 16 }), ids);
  ids.set(4, 77);
  index.insert(4);
  expect([index.find(77), index.find(77, 1), index.find(78)]).toEqual([4, -1, -1]);
});
