import { expect, test } from 'vitest';
import { least, positive, sumOf } from '../../src/ledger/index.ts';
import { socializeLoss } from '../../src/losses/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

test('a socialized loss adds up, gains go before principal, nobody pays above its means', () => {
  const draw = seeded(51);
  const faults: string[] = [];
  const seen = { gainsOnly: 0, principal: 0, badDebt: 0 };
  for (let k = 0; k < 30_000; k++) {
    const accounts = Array.from({ length: 1 + draw(7) }, () => ({
      gain: amountBelow(draw, 6),
      equity: amountBelow(draw, 7) - (draw(5) === 0 ? 50_000n : 0n),
      notional: amountBelow(draw, 8),
      initialMargin: amountBelow(draw, 6),
    }));
    const loss = amountBelow(draw, 8);
    const { fromGains, fromPrincipal, badDebt } = socializeLoss({
      loss,
      gains: accounts.map(({ gain }) => gain),
      equities: accounts.map(({ equity }) => equity),
      notionals: accounts.map(({ notional }) => notional),
      initialMargins: accounts.map(({ initialMargin }) => initialMargin),
    });
    const principal = sumOf(fromPrincipal);
    if (sumOf(fromGains) + principal + badDebt !== loss) faults.push('does not add up');
    accounts.forEach(({ gain, equity, initialMargin }, i) => {
      const base = least(gain, positive(equity));
      if (fromGains[i]! > base || fromGains[i]! < 0n) faults.push('above the gain');
      if (fromPrincipal[i]! > initialMargin) faults.push('above the initial margin');
      if (fromGains[i]! + fromPrincipal[i]! > positive(equity)) faults.push('above the equity');
      if (principal > 0n && fromGains[i]! < base) faults.push('principal before gains');
    });
    if (badDebt > 0n) seen.badDebt++;
    else if (principal > 0n) seen.principal++;
    else seen.gainsOnly++;
  }
  expect([...new Set(faults)]).toEqual([]);
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(500);
});
