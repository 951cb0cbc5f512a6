import { expect, test } from 'vitest';
import {
  dayBucketMs,
  dayBucketStart,
  daySlot,
  daySlots,
  lapsedSlots,
  least,
  positive,
  sumOf,
  sumOfDay,
} from '../../src/ledger/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

const dayMs = 86_400_000;

test('the buckets behind the running one cover a day, with a few milliseconds to spare', () => {
  expect(dayBucketMs * (daySlots - 1)).toBeGreaterThanOrEqual(dayMs);
  expect((dayBucketMs - 1) * (daySlots - 1)).toBeLessThan(dayMs);
  expect(dayBucketStart(3 * dayBucketMs + 5)).toBe(3 * dayBucketMs);
});

test('rows start again when their bucket is no longer theirs', () => {
  expect(lapsedSlots(5, 9)).toEqual([]);
  expect(lapsedSlots(5, dayBucketMs)).toEqual([1]);
  expect(lapsedSlots(22 * dayBucketMs, 25 * dayBucketMs)).toEqual([23, 0, 1]);
  expect(lapsedSlots(5, 1_000 * dayMs)).toHaveLength(daySlots);
});

test('no 24 hours see more draws than the cap, whatever is asked when', () => {
  const draw = seeded(62);
  let refused = 0;
  for (let k = 0; k < 300; k++) {
    const cap = 1_000n;
    const slots = new Array<bigint>(daySlots).fill(0n);
    const paid: { timeMs: number; amount: bigint }[] = [];
    let timeMs = draw(dayMs);
    let lastMs = timeMs;
    for (let step = 0; step < 60; step++) {
      timeMs += draw(draw(3) === 0 ? dayMs : 3_000_000);
      const wanted = amountBelow(draw, 3);
      const amount = least(wanted, positive(cap - sumOfDay(slots, lastMs, timeMs)));
      if (amount < wanted) refused++;
      for (const slot of lapsedSlots(lastMs, timeMs)) slots[slot] = 0n;
      slots[daySlot(timeMs)]! += amount;
      lastMs = timeMs;
      paid.push({ timeMs, amount });
    }
    for (const { timeMs: end } of paid) {
      const inWindow = paid.filter((one) => one.timeMs > end - dayMs && one.timeMs <= end);
      expect(positive(sumOf(inWindow.map(({ amount }) => amount)) - cap)).toBe(0n);
    }
  }
  expect(refused).toBeGreaterThan(1_000);
});
