import { expect, test } from 'vitest';
import { least, sumOf } from '../../src/ledger/index.ts';
import { payDeficits } from '../../src/losses/index.ts';
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
