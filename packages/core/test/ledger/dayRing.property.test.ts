import { expect, test } from 'vitest';
import {
  BUCKET_MS,
  bucketStart,
  least,
  positive,
  ringCell,
  ringLeast,
  ringSum,
  rollRing,
  sumOf,
} from '../../src/ledger/index.ts';
import { DAY_RING } from '../../src/schema/index.ts';
import { I64Column, UndoLog } from '../../src/store/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

const dayMs = 86_400_000;

function ringOfTwoRows(): I64Column {
  return new I64Column(new UndoLog(), { name: 'drawn', rows: 2, stride: DAY_RING });
}

test('the buckets behind the running one cover a day, with a few milliseconds to spare', () => {
  expect(BUCKET_MS * (DAY_RING - 1)).toBeGreaterThanOrEqual(dayMs);
  expect((BUCKET_MS - 1) * (DAY_RING - 1)).toBeLessThan(dayMs);
});

test('no 24 hours see more draws than the cap, whatever is asked when', () => {
  const draw = seeded(62);
  let refused = 0;
  for (let k = 0; k < 200; k++) {
    const cap = 1_000n;
    const ring = ringOfTwoRows();
    ring.set(5, 77n); // Row 0 is another's.
    const paid: { timeMs: number; amount: bigint }[] = [];
    let timeMs = draw(dayMs);
    let fromMs = bucketStart(timeMs);
    for (let step = 0; step < 60; step++) {
      timeMs += draw(draw(3) === 0 ? dayMs : 3_000_000);
      const toMs = bucketStart(timeMs);
      rollRing(ring, 1, { fromMs, toMs, value: 0n });
      fromMs = toMs;
      const wanted = amountBelow(draw, 3);
      const amount = least(wanted, positive(cap - ringSum(ring, 1)));
      if (amount < wanted) refused++;
      ring.add(ringCell(1, toMs), amount);
      paid.push({ timeMs, amount });
    }
    for (const { timeMs: end } of paid) {
      const inWindow = paid.filter((one) => one.timeMs > end - dayMs && one.timeMs <= end);
      const total = sumOf(inWindow.map(({ amount }) => amount));
      if (total > cap) expect(total).toBe(cap);
    }
    expect(ringSum(ring, 0)).toBe(77n);
  }
  expect(refused).toBeGreaterThan(500);
});

test('the least of a day is never above what any moment of it saw', () => {
  const draw = seeded(63);
  for (let k = 0; k < 200; k++) {
    const ring = ringOfTwoRows();
    let [timeMs, custody] = [draw(dayMs), amountBelow(draw, 6)];
    let fromMs = bucketStart(timeMs);
    for (let slot = 0; slot < DAY_RING; slot++) ring.set(DAY_RING + slot, custody);
    const seen: { timeMs: number; custody: bigint }[] = [];
    for (let step = 0; step < 60; step++) {
      timeMs += draw(draw(3) === 0 ? dayMs : 3_000_000);
      const toMs = bucketStart(timeMs);
      // What held until now holds in every bucket that went by without a change.
      rollRing(ring, 1, { fromMs, toMs, value: custody });
      fromMs = toMs;
      custody = amountBelow(draw, 6);
      const cell = ringCell(1, toMs);
      ring.set(cell, least(ring.get(cell), custody));
      seen.push({ timeMs, custody });
      const floor = ringLeast(ring, 1);
      const today = seen.filter((one) => one.timeMs > timeMs - dayMs);
      if (today.some((one) => one.custody < floor)) expect(floor).toBe(0n);
    }
  }
});
