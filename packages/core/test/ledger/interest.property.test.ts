import { expect, test } from 'vitest';
import { accrueInterest } from '../../src/ledger/interest.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

const partsPerUnit = 31_536_000_000_000_000n;

test('over any cut of time interest is the exact sum of rate × total, up, by less than one unit', () => {
  const draw = seeded(5);
  let bad = 0;
  for (let k = 0; k < 2_000; k++) {
    let borrowed = amountBelow(draw, 15);
    let [prepaid, charged, exact] = [0n, 0n, 0n];
    for (let step = draw(20); step >= 0; step--) {
      const ratePpm = draw(2_000_000);
      const dtMs = draw(step % 2 === 0 ? 100 : 100_000_000);
      exact += borrowed * BigInt(ratePpm) * BigInt(dtMs);
      const accrual = accrueInterest({ borrowed, ratePpm, dtMs, prepaid, reservePpm: draw(1e6) });
      if (accrual.interest < 0n || accrual.toSuppliers < 0n) bad++;
      if (accrual.toSuppliers + accrual.toFees !== accrual.interest) bad++;
      prepaid = accrual.prepaid;
      charged += accrual.interest;
      borrowed += accrual.interest;
      if (charged * partsPerUnit - exact !== prepaid) bad++;
      if (prepaid < 0n || prepaid >= partsPerUnit) bad++;
    }
  }
  expect(bad).toBe(0);
});
