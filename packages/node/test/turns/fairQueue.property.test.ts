import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from '../../src/turns/fairQueue.ts';

type Step = { readonly push: string | undefined } | { readonly take: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ push: fc.constantFrom('a', 'b', 'c', undefined) }) },
  { weight: 1, arbitrary: fc.record({ take: fc.nat({ max: 6 }) }) },
);

test('nothing is lost or doubled, each source keeps its order, and none waits for a flood', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const queue = new FairQueue<{ source: string | undefined; number: number }>();
      const waiting = new Map<string | undefined, number[]>();
      let number = 0;
      for (const each of steps) {
        if ('push' in each) {
          queue.push(each.push, { source: each.push, number });
          waiting.set(each.push, [...(waiting.get(each.push) ?? []), number++]);
          continue;
        }
        const before = new Map([...waiting].map(([source, mine]) => [source, mine.length]));
        const sources = [...waiting.values()].filter((mine) => mine.length > 0).length;
        const size = queue.size;
        const taken = queue.take(each.take);
        expect(taken.length).toBe(Math.min(size, each.take));
        for (const item of taken) expect(waiting.get(item.source)?.shift()).toBe(item.number);
        // Who waits gets at least an equal share of what was taken, or all that it had.
        for (const [source, had] of before) {
          const got = had - (waiting.get(source)?.length ?? 0);
          const share = Math.floor(each.take / Math.max(1, sources));
          expect(got).toBeGreaterThanOrEqual(Math.min(had, share));
        }
      }
      const left = [...waiting.values()].flat();
      expect(queue.size).toBe(left.length);
      expect(
        queue
          .take(left.length)
          .map((item) => item.number)
          .sort((a, b) => a - b),
      ).toEqual(left.sort((a, b) => a - b));
      expect(queue.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('turns pass on: of more sources than places, the next batch begins with who was left out', () => {
  const queue = new FairQueue<string>();
  for (const source of ['a', 'b', 'c']) for (let i = 0; i < 3; i++) queue.push(source, source);
  expect([queue.take(2), queue.take(2), queue.take(2), queue.take(9)]).toEqual([
    ['a', 'b'],
    ['c', 'a'],
    ['b', 'c'],
    ['a', 'b', 'c'],
  ]);
  expect(queue.waiting('a')).toBe(0);
});
