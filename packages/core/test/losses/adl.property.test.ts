import { expect, test } from 'vitest';
import { least } from '../../src/ledger/index.ts';
import { type AdlInput, adlCap, autoDeleverage } from '../../src/losses/index.ts';
import { amountBelow, type Draw, seeded } from '../fixtures/seeded.ts';

test('ADL closes exactly the lots and charges exactly the deficit, from gains within equity only', () => {
  const draw = seeded(31);
  const seen = { cases: 0, firstPass: 0, secondPass: 0, atMark: 0, capped: 0, unpaid: 0 };
  const faults: string[] = [];
  for (let k = 0; k < 40_000; k++) {
    const input = anyAdl(draw);
    const { closed, closedAtMark, charges, unpaid } = autoDeleverage(input);
    let [lots, paid] = [0, 0n];
    let [isFirstSpent, isOtherUsed] = [true, false];
    for (let i = 0; i < closed.length; i++) {
      const [size, gain, equity] = [input.sizes[i]!, input.gains[i]!, input.equities[i]!];
      const cap = Number(adlCap({ size, gain, equity, ...input }));
      const given = closed[i]! + closedAtMark[i]!;
      lots += given;
      paid += charges[i]!;
      if (closed[i]! < 0 || closedAtMark[i]! < 0) faults.push('a negative size');
      if (closed[i]! > cap) faults.push('above the cap');
      if (given > size) faults.push('more than the position');
      if (charges[i]! < 0n) faults.push('a negative charge');
      if (charges[i]! > 0n && charges[i]! > least(gain, equity)) faults.push('above the means');
      if (closed[i] === 0 && charges[i] !== 0n) faults.push('a charge without lots');
      if (input.goesFirst[i] === 1 && closed[i]! < cap) isFirstSpent = false;
      if (input.goesFirst[i] === 0 && closed[i]! > 0) isOtherUsed = true;
      if (closed[i] === cap && cap > 0) seen.capped++;
      if (closed[i]! > 0) seen[input.goesFirst[i] === 1 ? 'firstPass' : 'secondPass']++;
      if (closedAtMark[i]! > 0) seen.atMark++;
    }
    if (lots !== input.residualSize) faults.push('lots do not add up');
    if (paid + unpaid !== input.deficit || unpaid < 0n) faults.push('money does not add up');
    if (isOtherUsed && !isFirstSpent) faults.push('a hedge before its turn');
    if (unpaid > 0n) seen.unpaid++;
    seen.cases++;
  }
  expect([...new Set(faults)]).toEqual([]);
  for (const [what, count] of Object.entries(seen)) {
    expect(count, what).toBeGreaterThan(1_000);
  }
});

function anyAdl(draw: Draw): AdlInput {
  const count = 1 + draw(7);
  const digits = 1 + draw(9);
  const sizes = Array.from({ length: count }, () => 1 + draw(draw(2) === 0 ? 20 : 1_000_000));
  const total = sizes.reduce((all, size) => all + size, 0);
  return {
    residualSize: 1 + draw(total),
    deficit: draw(8) === 0 ? 0n : amountBelow(draw, digits),
    sizes,
    gains: sizes.map(() => (draw(5) === 0 ? 0n : amountBelow(draw, digits))),
    equities: sizes.map(() => amountBelow(draw, digits + 1) - (draw(6) === 0 ? 1_000n : 0n)),
    goesFirst: sizes.map(() => draw(2)),
  };
}
