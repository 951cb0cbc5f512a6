import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Seed } from '../src/seed.ts';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test('an integer lies in its range, both ends included', () =>
  fc.assert(
    fc.property(seeds, fc.integer(), fc.nat(), (seed, from, span) => {
      const value = new Seed(seed).integer(from, from + span);
      return Number.isSafeInteger(value) && value >= from && value <= from + span;
    }),
  ));

test('every integer of a small range occurs', () => {
  const seen = new Set<number>();
  const seed = new Seed(9);
  for (let at = 0; at < 500; at++) seen.add(seed.integer(-2, 3));
  expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
});

test('a uniform lies in [0, 1)', () =>
  fc.assert(
    fc.property(seeds, (seed) => {
      const value = new Seed(seed).uniform();
      return value >= 0 && value < 1;
    }),
  ));

test('a shuffle keeps the items and leaves its input alone', () =>
  fc.assert(
    fc.property(seeds, fc.array(fc.integer()), (seed, items) => {
      const before = [...items];
      const shuffled = new Seed(seed).shuffle(items);
      const byValue = (a: number, b: number): number => a - b;
      expect(items).toEqual(before);
      expect(shuffled.sort(byValue)).toEqual(before.sort(byValue));
    }),
  ));

test('the same seed gives the same numbers', () =>
  fc.assert(
    fc.property(seeds, fc.string(), (seed, name) => {
      const one = new Seed(seed).fork(name);
      const two = new Seed(seed).fork(name);
      return one.word() === two.word() && one.normal() === two.normal();
    }),
  ));
