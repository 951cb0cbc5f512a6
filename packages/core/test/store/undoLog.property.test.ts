import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type UndoLog, WriteAbortedError } from '../../src/store/index.ts';
import { bytesOf, type Memory, memory } from './memory.ts';

const rows = 5;
const stride = 2;
const cell = fc.nat(rows * stride - 1);
const columnName = fc.constantFrom('f64', 'i32', 'u32', 'u8', 'i64');

type Step = readonly [column: 'f64' | 'i32' | 'u32' | 'u8' | 'i64', ...rest: readonly unknown[]];

const valuesOf = {
  f64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  i32: fc.integer(),
  u32: fc.integer({ min: 0, max: 4_294_967_295 }),
  u8: fc.integer({ min: 0, max: 255 }),
  i64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
} as const;

const write: fc.Arbitrary<Step> = columnName.chain((name) =>
  fc.tuple(fc.constant(name), fc.constant('set'), cell, valuesOf[name] as fc.Arbitrary<unknown>),
);
const move: fc.Arbitrary<Step> = fc.tuple(columnName, fc.constant('copy'), cell, cell);
const clear: fc.Arbitrary<Step> = fc.tuple(columnName, fc.constant('clear'), cell);
const writing = fc.oneof(write, write, write, move, clear);

function run(store: Memory, step: Step): void {
  const [name, verb, a, b] = step;
  const column = store[name] as { set(cell: number, value: unknown): void } & Memory['f64'];
  if (verb === 'set') column.set(a as number, b as number);
  else if (verb === 'copy') column.copyCell(a as number, b as number);
  else column.clearCell(a as number);
}

/** Every cell's last logged value is what it holds: the log can be read instead of the columns. */
function expectLogAgrees(log: UndoLog): void {
  const last = new Map<string, number>();
  for (let entry = 0; entry < log.count; entry++) {
    last.set(`${log.columnAt(entry).id}.${log.cells[entry]}`, entry);
  }
  for (const entry of last.values()) {
    const column = log.columnAt(entry);
    const held = column.data[log.cells[entry] as number];
    expect(held).toBe(typeof held === 'bigint' ? log.newBits[entry] : log.newDoubles[entry]);
  }
}

describe('the undo log', () => {
  test('a rollback restores the bytes of all columns at its mark, however marks nest', () => {
    const mark = fc.constant('mark' as const);
    const back = fc.constant('back' as const);
    const steps = fc.array(fc.oneof({ weight: 8, arbitrary: writing }, mark, back), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (all) => {
        const store = memory(rows, stride);
        const { log } = store;
        const marks = [{ mark: log.mark(), bytes: bytesOf(log) }];
        for (const step of all) {
          if (step === 'mark') marks.push({ mark: log.mark(), bytes: bytesOf(log) });
          else if (step === 'back') {
            const point = marks.length > 1 ? marks.pop() : marks[0];
            log.rollback(point?.mark as number);
            expect(bytesOf(log)).toBe(point?.bytes);
            expect(log.count).toBe(point?.mark);
          } else run(store, step);
          expectLogAgrees(log);
        }
        log.rollback(0);
        expect(bytesOf(log)).toBe(marks[0]?.bytes);
      }),
      { numRuns: 150 },
    );
  });

  test('an outer rollback undoes what inner marks kept', () => {
    const store = memory(rows);
    const before = bytesOf(store.log);
    const outer = store.log.mark();
    store.f64.set(0, 1);
    const inner = store.log.mark();
    store.i64.set(0, 2n);
    store.log.rollback(inner);
    store.u8.set(3, 4);
    expect([store.f64.get(0), store.i64.get(0), store.u8.get(3)]).toEqual([1, 0n, 4]);
    store.log.rollback(outer);
    expect(bytesOf(store.log)).toBe(before);
  });

  test('an abort at the k-th write, for every k, rolls back to the bytes before', () => {
    fc.assert(
      fc.property(fc.array(writing, { maxLength: 15 }), fc.array(writing), (all, earlier) => {
        const store = memory(rows, stride);
        for (const step of earlier) run(store, step);
        const { log } = store;
        const start = log.mark();
        const before = bytesOf(log);
        for (const step of all) run(store, step);
        const writes = log.count - start;
        const after = bytesOf(log);
        log.rollback(start);
        for (let k = 0; k <= writes; k++) {
          log.abortAtWrite(k);
          const attempt = (): void => {
            for (const step of all) run(store, step);
          };
          if (k < writes) expect(attempt).toThrow(WriteAbortedError);
          else attempt();
          expect(log.count).toBe(start + k);
          if (k === writes) expect(bytesOf(log)).toBe(after);
          log.abortAtWrite(-1);
          log.rollback(start);
          expect(bytesOf(log)).toBe(before);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the log grows over its first capacity and still rolls back and aborts', () => {
    const store = memory(rows);
    const { log, f64, i64 } = store;
    const before = bytesOf(log);
    const writes = 200_000;
    for (let i = 1; i <= writes / 2; i++) {
      f64.set(i % rows, i);
      i64.set(i % rows, BigInt(-i));
    }
    expect(log.count).toBe(writes);
    expect(log.newBits[writes - 1]).toBe(BigInt(-writes / 2));
    log.rollback(0);
    expect(bytesOf(log)).toBe(before);
    log.abortAtWrite(150_000);
    expect(() => {
      for (let i = 1; i <= writes; i++) f64.set(i % rows, i);
    }).toThrow(WriteAbortedError);
    expect(log.count).toBe(150_000);
    log.abortAtWrite(-1);
    log.rollback(0);
    expect(bytesOf(log)).toBe(before);
  });

  test('what is cleared is final', () => {
    const { log, f64 } = memory(rows);
    f64.set(0, 1);
    log.clear();
    f64.set(0, 2);
    log.rollback(0);
    expect(f64.get(0)).toBe(1);
    expect(() => log.rollback(1)).toThrow('a rollback goes to a mark in the log');
    expect(() => log.rollback(-1)).toThrow('a rollback goes to a mark in the log');
  });
});
