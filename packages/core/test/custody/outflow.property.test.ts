import { expect, test } from 'vitest';
import { type Bucket, fullBucket, planOutflow, refill } from '../../src/custody/index.ts';
import { sumOf } from '../../src/ledger/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

const dayMs = 86_400_000n;

test('outflow in any window is at most C × (1 + window ÷ day), whoever asks when', () => {
  const draw = seeded(71);
  const faults: string[] = [];
  let paidInPart = 0;
  for (let k = 0; k < 400; k++) {
    const capacity = 1n + amountBelow(draw, 9);
    let bucket: Bucket = fullBucket(capacity);
    let open: bigint[] = [];
    let timeMs = 0;
    const outflows: { timeMs: number; amount: bigint }[] = [];
    for (let step = 0; step < 50; step++) {
      const dtMs = draw(draw(4) === 0 ? 40_000_000 : 60_000);
      timeMs += dtMs;
      bucket = refill(bucket, capacity, dtMs);
      if (draw(2) === 0) open.push(amountBelow(draw, 9));
      const isSmall = open.map((amount) => amount * 1_000n <= capacity);
      const { paid, level, lane } = planOutflow(bucket, open, isSmall);
      const total = sumOf(paid);
      if (bucket.level - level !== total) faults.push('level');
      if (lane < 0n || lane > level || level > capacity) faults.push('range');
      if (paid.some((slice, i) => slice < 0n || slice > open[i]!)) faults.push('slice');
      // Who is not small waits for everyone before it.
      const waiting = open.findIndex((amount, i) => !isSmall[i] && paid[i]! < amount);
      if (waiting >= 0 && open.some((_, i) => i > waiting && !isSmall[i] && paid[i]! > 0n)) {
        faults.push('out of turn');
      }
      if (waiting >= 0 && paid[waiting]! > 0n) paidInPart++;
      open = open.map((amount, i) => amount - paid[i]!).filter((amount) => amount > 0n);
      bucket = { ...bucket, level, lane };
      outflows.push({ timeMs, amount: total });
    }
    for (let from = 0; from < outflows.length; from++) {
      let sum = 0n;
      for (let to = from; to < outflows.length; to++) {
        sum += outflows[to]!.amount;
        const window = BigInt(outflows[to]!.timeMs - outflows[from]!.timeMs);
        if (sum * dayMs > capacity * (dayMs + window)) faults.push('window');
      }
    }
  }
  expect([...new Set(faults)]).toEqual([]);
  expect(paidInPart).toBeGreaterThan(500);
});

test('short steps refill as much as one long step, to the last unit and its fraction', () => {
  const draw = seeded(72);
  for (let k = 0; k < 5_000; k++) {
    const capacity = 1_000n + amountBelow(draw, 12);
    const start: Bucket = { level: 0n, lane: 0n, carry: draw(86_400_000), laneCarry: draw(5) };
    const steps = Array.from({ length: 1 + draw(6) }, () => draw(5_000_000));
    const whole = refill(
      start,
      capacity,
      steps.reduce((sum, dtMs) => sum + dtMs, 0),
    );
    const pieces = steps.reduce((bucket, dtMs) => refill(bucket, capacity, dtMs), start);
    if (whole.level < capacity) expect(pieces).toEqual(whole);
  }
});

test('a lane of a fifth fills by a fifth: small requests get through a bucket that is drained', () => {
  const capacity = 86_400_000n;
  let bucket: Bucket = { level: 0n, lane: 0n, carry: 0, laneCarry: 0 };
  let small = 0n;
  for (let minute = 0; minute < 600; minute++) {
    bucket = refill(bucket, capacity, 60_000);
    const plan = planOutflow(bucket, [10n ** 12n, 86_400n], [false, true]);
    small += plan.paid[1]!;
    bucket = { ...bucket, level: plan.level, lane: plan.lane };
  }
  expect(small).toBe(600n * 12_000n);
});
