import { expect, test } from 'vitest';
import { type Bucket, refill } from '../../src/custody/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

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
    // A large request takes all but the lane, and small ones take the lane.
    small += bucket.lane;
    bucket = { ...bucket, level: 0n, lane: 0n };
  }
  expect(small).toBe(600n * 12_000n);
});
