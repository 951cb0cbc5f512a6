import { expect, test } from 'vitest';
import { adlCap, autoDeleverage } from '../../src/losses/index.ts';
import { type Draw, seeded } from '../fixtures/seeded.ts';

/** An exact fraction, denominator positive. */
type Fraction = readonly [bigint, bigint];
const zero: Fraction = [0n, 1n];
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const isBelow = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b;

/** How unfair an allocation is: Σ x²/G. Least where x is proportional to G under the caps. */
function unfairness(parts: readonly Fraction[], gains: readonly bigint[]): Fraction {
  return parts.reduce<Fraction>(
    (sum, [n, d], i) => (n === 0n ? sum : plus(sum, [n * n, d * d * gains[i]!])),
    zero,
  );
}

/** The fairest division into fractions of lots: the best of every choice of who is capped. */
function fairest(total: bigint, caps: readonly bigint[], gains: readonly bigint[]): Fraction[] {
  let best: Fraction[] | undefined;
  for (let capped = 0; capped < 1 << caps.length; capped++) {
    const isCapped = (i: number) => ((capped >> i) & 1) === 1;
    let [left, gainLeft] = [total, 0n];
    caps.forEach((cap, i) => {
      if (isCapped(i)) left -= cap;
      else gainLeft += gains[i]!;
    });
    if (left < 0n || (gainLeft === 0n && left > 0n)) continue;
    const parts = caps.map(
      (cap, i): Fraction =>
        isCapped(i) ? [cap, 1n] : gainLeft === 0n ? zero : [left * gains[i]!, gainLeft],
    );
    if (parts.some((part, i) => isBelow([caps[i]!, 1n], part))) continue;
    if (best === undefined || isBelow(unfairness(parts, gains), unfairness(best, gains))) {
      best = parts;
    }
  }
  return best!;
}

/** Every division of `total` into whole lots within the caps. */
function* divisions(total: number, caps: readonly number[]): Generator<number[]> {
  const [cap, ...others] = caps;
  if (cap === undefined) {
    if (total === 0) yield [];
    return;
  }
  const room = others.reduce((sum, other) => sum + other, 0);
  for (let lots = Math.max(0, total - room); lots <= Math.min(cap, total); lots++) {
    for (const rest of divisions(total - lots, others)) yield [lots, ...rest];
  }
}

/**
 * Of all divisions into whole lots whose running sums never run ahead of the fairest one, the one
 * that lags least, first account first. Counts what it looked at.
 */
function searched(total: number, caps: readonly number[], gains: readonly bigint[]) {
  const fair = fairest(BigInt(total), caps.map(BigInt), gains);
  let best: number[] | undefined;
  let looked = 0;
  let lowest: Fraction | undefined;
  for (const parts of divisions(total, caps)) {
    looked++;
    const value = unfairness(
      parts.map((lots): Fraction => [BigInt(lots), 1n]),
      gains,
    );
    if (lowest === undefined || isBelow(value, lowest)) lowest = value;
    let running: Fraction = zero;
    let sum = 0n;
    const isAhead = parts.some((lots, i) => {
      running = plus(running, fair[i]!);
      sum += BigInt(lots);
      return isBelow(running, [sum, 1n]);
    });
    if (isAhead) continue;
    const first = best === undefined ? -1 : parts.findIndex((lots, i) => lots !== best?.[i]);
    if (best === undefined || (first >= 0 && parts[first]! > best[first]!)) best = parts;
  }
  return { best: best!, fair, looked, lowest: lowest! };
}

test('up to six accounts ADL is what an exhaustive search over all divisions finds', () => {
  const draw = seeded(41);
  let [looked, secondPass, sixes] = [0, 0, 0];
  for (let k = 0; k < 600; k++) {
    const input = smallAdl(draw);
    const { closed } = autoDeleverage(input);
    const caps = input.sizes.map((size, i) => {
      const [gain, equity] = [input.gains[i]!, input.equities[i]!];
      return Number(adlCap({ ...input, size, gain, equity }));
    });
    if (caps.length === 6) sixes++;
    let left = input.residualSize;
    const expected = caps.map(() => 0);
    for (const pass of [1, 0]) {
      const passCaps = caps.map((cap, i) => (input.goesFirst[i] === pass ? cap : 0));
      const total = Math.min(
        left,
        passCaps.reduce((sum, cap) => sum + cap, 0),
      );
      const found = searched(total, passCaps, input.gains);
      looked += found.looked;
      if (pass === 0 && total > 0) secondPass++;
      found.best.forEach((lots, i) => {
        expected[i]! += lots;
        // Within one lot of the fairest division, which no division into whole lots beats.
        const [n, d] = found.fair[i]!;
        const gap = BigInt(lots) * d - n;
        expect(gap > -d && gap < d).toBe(true);
      });
      expect(isBelow(found.lowest, unfairness(found.fair, input.gains))).toBe(false);
      left -= total;
    }
    expect(closed).toEqual(expected);
  }
  expect(looked).toBeGreaterThan(50_000);
  expect(secondPass).toBeGreaterThan(20);
  expect(sixes).toBeGreaterThan(20);
});

function smallAdl(draw: Draw) {
  const count = Math.min(6, 1 + draw(8));
  const sizes = Array.from({ length: count }, () => 1 + draw(9));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return {
    residualSize: 1 + draw(total),
    deficit: draw(6) === 0 ? 0n : BigInt(1 + draw(draw(2) === 0 ? 60 : 1_500)),
    sizes,
    gains: sizes.map(() => BigInt(1 + draw(400))),
    equities: sizes.map(() => BigInt(draw(800))),
    goesFirst: sizes.map(() => (draw(5) === 0 ? 0 : 1)),
  };
}
