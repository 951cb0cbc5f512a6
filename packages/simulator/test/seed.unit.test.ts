import { describe, expect, test } from 'vitest';
import { Seed } from '../src/seed.ts';

const draw = (seed: Seed, count: number): number[] =>
  Array.from({ length: count }, () => seed.word());

describe('the one random source', () => {
  test('gives the published sequence of xoshiro128** from the state 1, 2, 3, 4', () => {
    expect(draw(Seed.fromState([1, 2, 3, 4]), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  test('keeps its numbers from release to release', () => {
    const seed = new Seed(42);
    expect([
      draw(seed, 3),
      seed.uniform(),
      seed.normal(),
      seed.integer(1, 6),
    ]).toMatchInlineSnapshot(`
      [
        [
          660444221,
          3652823732,
          77672526,
        ],
        0.2119302863992052,
        0.5338637889601046,
        4,
      ]
    `);
  });

  test('a fork depends on seed and name, not on what was drawn before', () => {
    const fresh = new Seed(7);
    const used = new Seed(7);
    draw(used, 100);
    expect(draw(fresh.fork('market'), 5)).toEqual(draw(used.fork('market'), 5));
    expect(draw(fresh.fork('market'), 5)).not.toEqual(draw(fresh.fork('agents'), 5));
    expect(draw(fresh.fork('a').fork('b'), 5)).not.toEqual(draw(fresh.fork('b').fork('a'), 5));
  });

  test('seeds that differ only above 32 bits differ', () => {
    expect(draw(new Seed(5), 4)).not.toEqual(draw(new Seed(5 + 4294967296), 4));
  });

  test('a seed that is no integer from 0 to 2^53 - 1 is refused', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => new Seed(seed)).toThrow('a seed is an integer');
    }
  });

  test('the normal deviate has mean 0, variance 1 and nothing beyond 6', () => {
    const seed = new Seed(1);
    let sum = 0;
    let squares = 0;
    const count = 50_000;
    for (let at = 0; at < count; at++) {
      const value = seed.normal();
      expect(Math.abs(value)).toBeLessThanOrEqual(6);
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.02);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.03);
  });

  test('weights decide how often an index is picked, and a weight of 0 never is', () => {
    const seed = new Seed(3);
    const counts = [0, 0, 0];
    for (let at = 0; at < 8_000; at++) {
      const index = seed.pickWeighted([1, 0, 3]);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    expect((counts[2] ?? 0) / (counts[0] ?? 1)).toBeCloseTo(3, 0);
    expect(() => seed.pickWeighted([0, 0])).toThrow('positive sum');
  });
});
