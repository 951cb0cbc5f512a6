import { expect, test } from 'vitest';
import { split, splitCapped } from '../../src/ledger/index.ts';
import { amountBelow, seeded } from '../fixtures/seeded.ts';

/** The rule as it stands: fix whoever reaches its cap, subtract, repeat; cut the rest. */
function splitCappedByRounds(total: bigint, weights: bigint[], caps: bigint[]): bigint[] {
  const parts = weights.map(() => 0n);
  let open = weights.map((_, i) => i).filter((i) => weights[i]! > 0n);
  const capSum = open.reduce((sum, i) => sum + caps[i]!, 0n);
  let left = total < capSum ? total : capSum;
  for (;;) {
    const weightSum = open.reduce((sum, i) => sum + weights[i]!, 0n);
    const fixed = open.filter((i) => left * weights[i]! >= caps[i]! * weightSum);
    if (fixed.length === 0) break;
    for (const i of fixed) {
      parts[i] = caps[i]!;
      left -= caps[i]!;
    }
    open = open.filter((i) => !fixed.includes(i));
  }
  const cut = split(
    left,
    open.map((i) => weights[i]!),
  );
  open.forEach((i, k) => {
    parts[i] = cut[k]!;
  });
  return parts;
}

test('one sweep by cap ÷ weight equals the repeated rule, part for part', () => {
  const draw = seeded(4);
  const rounds = 20_000;
  let differ = 0;
  for (let k = 0; k < rounds; k++) {
    // Few digits make equal ratios common, many make double keys tie that are not equal.
    const digits = k % 3 === 0 ? 2 : 18;
    const count = 1 + draw(7);
    const weights = Array.from({ length: count }, () => amountBelow(draw, digits));
    const caps = Array.from({ length: count }, (_, i) =>
      k % 5 === 0 ? weights[i]! * 3n + BigInt(draw(2)) : amountBelow(draw, digits),
    );
    const total = amountBelow(draw, digits);
    const fast = splitCapped(total, weights, caps);
    const plain = splitCappedByRounds(total, weights, caps);
    if (fast.some((part, i) => part !== plain[i])) differ++;
  }
  expect(differ).toBe(0);
});
