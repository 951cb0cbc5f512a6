import { expect, test } from 'vitest';
import { least, positive, sumOf } from '../../src/ledger/index.ts';
import {
  capLeft,
  drawHour,
  drawnInWindow,
  drawSlot,
  drawSlots,
  payDeficits,
} from '../../src/losses/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

test('deficits are paid exactly, within every cap, and the fund is used while a cap allows it', () => {
  const draw = seeded(61);
  const faults: string[] = [];
  for (let k = 0; k < 30_000; k++) {
    const markets = 1 + draw(6);
    const amounts = () => Array.from({ length: markets }, () => amountBelow(draw, 7));
    const [deficits, poolAmounts, poolCapsLeft, fundCapsLeft] = [
      amounts(),
      amounts(),
      amounts(),
      amounts(),
    ] as const;
    const [fundAmount, fundCapLeft] = [amountBelow(draw, 8), amountBelow(draw, 8)];
    const { fromPool, fromFund, unpaid } = payDeficits({
      deficits,
      poolAmounts,
      poolCapsLeft,
      fundCapsLeft,
      fundAmount,
      fundCapLeft,
    });
    let askable = 0n;
    deficits.forEach((deficit, m) => {
      const [pool, fund, open] = [fromPool[m]!, fromFund[m]!, unpaid[m]!];
      if (pool + fund + open !== deficit || open < 0n) faults.push('does not add up');
      if (pool !== least(deficit, least(poolAmounts[m]!, poolCapsLeft[m]!))) faults.push('pool');
      if (fund > fundCapsLeft[m]!) faults.push('above the cap of the market');
      askable += least(deficit - pool, fundCapsLeft[m]!);
    });
    if (sumOf(fromFund) !== least(askable, least(fundAmount, fundCapLeft))) faults.push('fund');
  }
  expect([...new Set(faults)]).toEqual([]);
});

test('no 24 hours see more draws than the cap, whatever is asked when', () => {
  const draw = seeded(62);
  const dayMs = 86_400_000;
  for (let k = 0; k < 300; k++) {
    const cap = 1_000n;
    const hours = new Array<number>(drawSlots).fill(-drawSlots);
    const draws = new Array<bigint>(drawSlots).fill(0n);
    const paid: { timeMs: number; amount: bigint }[] = [];
    let timeMs = draw(dayMs);
    for (let step = 0; step < 60; step++) {
      timeMs += draw(draw(3) === 0 ? dayMs : 3_000_000);
      const hour = drawHour(timeMs);
      const amount = least(amountBelow(draw, 3), capLeft(cap, drawnInWindow(hour, hours, draws)));
      const slot = drawSlot(hour);
      draws[slot] = (hours[slot] === hour ? draws[slot]! : 0n) + amount;
      hours[slot] = hour;
      paid.push({ timeMs, amount });
    }
    for (const { timeMs: end } of paid) {
      const inWindow = paid.filter((one) => one.timeMs > end - dayMs && one.timeMs <= end);
      const total = sumOf(inWindow.map(({ amount }) => amount));
      expect(positive(total - cap)).toBe(0n);
    }
  }
});
