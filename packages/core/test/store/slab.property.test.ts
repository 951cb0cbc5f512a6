import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  F64Column,
  I32Column,
  I64Column,
  SLAB_CLASSES,
  SLAB_HEADER,
  SlabTable,
  slabRows,
  U8Column,
  U32Column,
  UndoLog,
} from '../../src/store/index.ts';
import { bytesOf } from './memory.ts';

const accounts = 6;
const keys = 12;

interface Slabs {
  readonly log: UndoLog;
  readonly table: SlabTable;
  readonly key: I32Column;
  readonly account: I32Column;
  readonly money: I64Column;
  readonly words: U32Column;
  readonly rate: F64Column;
  readonly base: I32Column;
  readonly count: U8Column;
  readonly sizeClass: U8Column;
  readonly next: I32Column;
  readonly free: I32Column;
}

function slabs(rowsMax: number, accountRows = accounts): Slabs {
  const log = new UndoLog();
  const rows = slabRows(rowsMax);
  const key = new I32Column(log, { name: 'key', rows });
  const account = new I32Column(log, { name: 'account', rows });
  const money = new I64Column(log, { name: 'money', rows, moneySign: 1 });
  const words = new U32Column(log, { name: 'words', rows, stride: 3 });
  const rate = new F64Column(log, { name: 'rate', rows });
  const base = new I32Column(log, { name: 'base', rows: accountRows });
  const count = new U8Column(log, { name: 'count', rows: accountRows });
  const sizeClass = new U8Column(log, { name: 'sizeClass', rows: accountRows });
  const next = new I32Column(log, { name: 'next', rows });
  const free = new I32Column(log, { name: 'free', rows: 1, stride: SLAB_HEADER });
  const moving = [key, account, money, words, rate];
  const table = new SlabTable({
    ...{ key, account, moving, base, count, sizeClass, next, free },
    rowsMax,
  });
  return { log, table, key, account, money, words, rate, base, count, sizeClass, next, free };
}

interface Content {
  readonly money: bigint;
  readonly words: readonly number[];
  readonly rate: number;
}

/** The obvious twin: per account, content by key. */
type Twin = readonly Map<number, Content>[];

function write(store: Slabs, row: number, content: Content): void {
  store.money.set(row, content.money);
  store.rate.set(row, content.rate);
  for (let k = 0; k < 3; k++) store.words.set(row * 3 + k, content.words[k] as number);
}

function read(store: Slabs, row: number): Content {
  const words = [0, 1, 2].map((k) => store.words.get(row * 3 + k));
  return { money: store.money.get(row), words, rate: store.rate.get(row) };
}

function expectEqualsTwin(store: Slabs, twin: Twin): void {
  twin.forEach((rows, account) => {
    const sorted = [...rows.keys()].sort((a, b) => a - b);
    expect(store.count.get(account)).toBe(sorted.length);
    sorted.forEach((key, i) => {
      const row = store.base.get(account) + i;
      expect(store.key.get(row)).toBe(key);
      expect(store.account.get(row)).toBe(account);
      expect(store.table.find(account, key)).toBe(row);
      expect(read(store, row)).toEqual(rows.get(key));
    });
    for (let key = 1; key <= keys; key++) {
      if (!rows.has(key)) expect(store.table.find(account, key)).toBe(-1);
    }
  });
}

/** Every row ever used is in one account's slab or in one free slab: none is lost, none twice. */
function expectRowsAccountedFor(store: Slabs): void {
  const seen: number[] = [];
  const add = (first: number, rows: number): void => {
    for (let row = first; row < first + rows; row++) seen.push(row);
  };
  for (let account = 0; account < accounts; account++) {
    const held = store.sizeClass.get(account);
    if (held > 0) add(store.base.get(account), 1 << (held - 1));
  }
  for (let size = 0; size < SLAB_CLASSES; size++) {
    let slab = store.free.get(size);
    for (; slab !== 0; slab = store.next.get(slab - 1)) add(slab - 1, 1 << size);
  }
  const used = Array.from({ length: store.free.get(SLAB_CLASSES) }, (_, row) => row);
  expect(seen.sort((a, b) => a - b)).toEqual(used);
}

/** Σ new − old of money over entries that are no moves: what conservation reads from the log. */
function moneyOfLog(store: Slabs): bigint {
  const { log, money } = store;
  let sum = 0n;
  for (let entry = 0; entry < log.count; entry++) {
    if (log.columnIds[entry] !== money.id) continue;
    sum += (log.newBits[entry] as bigint) - (log.oldBits[entry] as bigint);
  }
  return sum;
}

const content: fc.Arbitrary<Content> = fc.record({
  money: fc.bigInt({ min: -(1n << 40n), max: 1n << 40n }),
  words: fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
  rate: fc.integer(),
});
const place = { account: fc.nat(accounts - 1), key: fc.integer({ min: 1, max: keys }) };
const touch = fc.record({ verb: fc.constant('touch' as const), ...place, content });
const remove = fc.record({ verb: fc.constant('remove' as const), ...place });
const steps = fc.array(
  fc.oneof({ weight: 3, arbitrary: touch }, { weight: 2, arbitrary: remove }),
  { maxLength: 80, size: 'max' },
);

function apply(
  store: Slabs,
  twin: Twin,
  step: { verb: 'touch' | 'remove'; account: number; key: number; content?: Content },
): void {
  const { table } = store;
  const { account, key } = step;
  const rows = twin[account] as Map<number, Content>;
  const row = table.find(account, key);
  if (step.verb === 'remove') {
    if (row < 0) return;
    // What is removed holds nothing: the ledger's rule, and why a move is no change of content.
    write(store, row, { money: 0n, words: [0, 0, 0], rate: 0 });
    table.remove(account, row);
    rows.delete(key);
    return;
  }
  const isNew = row < 0;
  if (isNew && !table.hasRoom(account)) return;
  const at = isNew ? table.insert(account, key) : row;
  if (isNew) expect(read(store, at)).toEqual({ money: 0n, words: [0, 0, 0], rate: 0 });
  write(store, at, step.content as Content);
  rows.set(key, step.content as Content);
}

test('rows stay sorted with their content through every insert, remove and growth', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const store = slabs(48);
      const twin: Twin = Array.from({ length: accounts }, () => new Map());
      for (const step of all) {
        apply(store, twin, step);
        expectEqualsTwin(store, twin);
      }
      expectRowsAccountedFor(store);
    }),
    { numRuns: 100 },
  );
});

test('moves of rows are flagged: the rest of the log is the change of money, exactly', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const store = slabs(48);
      const twin: Twin = Array.from({ length: accounts }, () => new Map());
      for (const step of all) {
        const before = moneyOf(twin);
        store.log.clear();
        apply(store, twin, step);
        expect(moneyOfLog(store)).toBe(moneyOf(twin) - before);
      }
    }),
    { numRuns: 100 },
  );
});

function moneyOf(twin: Twin): bigint {
  return twin.flatMap((rows) => [...rows.values()]).reduce((sum, each) => sum + each.money, 0n);
}

test('a rollback of inserts, removes and growth restores all bytes and free lists', () => {
  fc.assert(
    fc.property(steps, steps, (earlier, later) => {
      const store = slabs(48);
      const twin: Twin = Array.from({ length: accounts }, () => new Map());
      for (const step of earlier) apply(store, twin, step);
      const before = bytesOf(store.log);
      const mark = store.log.mark();
      const scratch: Twin = twin.map((rows) => new Map(rows));
      for (const step of later) apply(store, scratch, step);
      store.log.rollback(mark);
      expect(bytesOf(store.log)).toBe(before);
      expectEqualsTwin(store, twin);
      expectRowsAccountedFor(store);
    }),
    { numRuns: 100 },
  );
});

test('there is room for 64 rows of an account and no more', () => {
  const store = slabs(1000);
  for (let key = 64; key >= 1; key--) {
    expect(store.table.hasRoom(2)).toBe(true);
    store.table.insert(2, key);
  }
  expect(store.table.hasRoom(2)).toBe(false);
  expect(() => store.table.insert(2, 65)).toThrow('a slab is asked for only where there is room');
  expect(store.table.hasRoom(3)).toBe(true);
});

test('a full table has no room until rows are given back, whoever gave them', () => {
  const store = slabs(4);
  for (let account = 0; account < 4; account++) store.table.insert(account, 1);
  expect([0, 1, 2, 3, 4].map((account) => store.table.hasRoom(account))).toEqual(
    Array.from({ length: 5 }, () => false),
  );
  store.table.remove(1, store.table.find(1, 1));
  expect(store.table.hasRoom(4)).toBe(true);
  expect(store.table.hasRoom(0)).toBe(true);
});

test('whether there is room depends on the counts of the accounts, not on what happened before', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const store = slabs(24);
      const twin: Twin = Array.from({ length: accounts }, () => new Map());
      for (const step of all) {
        apply(store, twin, step);
        const fresh = slabs(24);
        twin.forEach((rows, account) => {
          for (const key of rows.keys()) fresh.table.insert(account, key);
        });
        for (let account = 0; account < accounts; account++) {
          expect(store.table.hasRoom(account)).toBe(fresh.table.hasRoom(account));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('memory suffices when accounts grow and shrink in turn, class after class', () => {
  const store = slabs(64, 200);
  for (let size = 1; size <= 64; size *= 2) {
    for (let account = 0; account < 200; account++) {
      const held: number[] = [];
      for (let key = 1; key <= size && store.table.hasRoom(account); key++) {
        store.table.insert(account, key);
        held.push(key);
      }
      for (const key of held.slice(1)) store.table.remove(account, store.table.find(account, key));
      if (account >= 40)
        for (const key of held.slice(0, 1))
          store.table.remove(account, store.table.find(account, key));
    }
    for (let account = 0; account < 40; account++) {
      const row = store.table.find(account, 1);
      if (row >= 0) store.table.remove(account, row);
    }
  }
  expect(store.free.get(SLAB_CLASSES + 1)).toBe(0);
});

test('a key is in a slab once', () => {
  const store = slabs(8);
  store.table.insert(1, 5);
  expect(() => store.table.insert(1, 5)).toThrow('a key is in a slab once');
});

test('a slab that is filled at once holds what one holds that was filled row by row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: accounts - 1 }),
      (counts) => {
        const filled = slabs(400);
        const inserted = slabs(400);
        counts.forEach((count, account) => {
          const fits = filled.table.hasRoomFor(count);
          const first = fits ? filled.table.fill(account, count) : 0;
          for (let i = 0; i < count; i++) {
            expect(inserted.table.hasRoom(account) || !fits).toBe(true);
            if (!fits) continue;
            filled.key.set(first + i, 10 + i);
            inserted.table.insert(account, 10 + i);
          }
          for (let i = 0; fits && i < count; i++) {
            expect(filled.table.find(account, 10 + i)).toBe(filled.base.get(account) + i);
            expect(filled.account.get(filled.table.find(account, 10 + i))).toBe(account);
          }
        });
        expect(Array.from(filled.count.data)).toEqual(Array.from(inserted.count.data));
        expect(Array.from(filled.sizeClass.data)).toEqual(Array.from(inserted.sizeClass.data));
        // What is left is the same: the account of rows depends on counts alone.
        expect(filled.free.get(SLAB_CLASSES + 1)).toBe(inserted.free.get(SLAB_CLASSES + 1));
      },
    ),
  );
});
