import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedMessage } from '../../src/parts.ts';
import { MessageRing } from '../../src/ws/messageRing.ts';

const START = 100;

function message(height: number, previous: number, length = 10): FeedMessage {
  return { channel: 'book', key: '', height, previous, text: 'x'.repeat(length) };
}

const steps = fc.array(
  fc.record({
    topic: fc.constantFrom('a', 'b', 'c'),
    after: fc.integer({ min: 1, max: 4 }),
    length: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 20, maxLength: 120 },
);

test('what a ring says follows a height is all that followed, or it says nothing', () => {
  let answers = 0;
  let refusals = 0;
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 30 }), (pushed, perTopicMax) => {
      const ring = new MessageRing({ perTopicMax, charactersMax: 2_000 });
      const all = new Map<string, FeedMessage[]>();
      let height = START;
      for (const { topic, after, length } of pushed) {
        height += after;
        const before = all.get(topic) ?? [];
        const pushing = message(height, before.at(-1)?.height ?? START, length);
        all.set(topic, [...before, pushing]);
        ring.push(topic, pushing, START);
        expect(ring.characters).toBeLessThanOrEqual(2_000);
      }
      for (const [topic, messages] of all) {
        for (let from = START; from <= height; from++) {
          const told = ring.after(topic, from);
          if (told === undefined) refusals++;
          else {
            answers++;
            expect(told).toEqual(messages.filter((each) => each.height > from));
          }
        }
        expect(ring.after(topic, height)).toEqual([]);
      }
    }),
  );
  expect(answers).toBeGreaterThan(1_000);
  expect(refusals).toBeGreaterThan(100);
});

test('of a topic that was not built for a while nothing from before is told', () => {
  const ring = new MessageRing({ perTopicMax: 10, charactersMax: 1_000 });
  ring.begin('a', 100);
  ring.push('a', message(103, 0), 102);
  expect(ring.after('a', 100)).toHaveLength(1);
  ring.push('a', message(110, 0), 109);
  expect(ring.after('a', 103)).toBeUndefined();
  expect(ring.after('a', 109)).toHaveLength(1);
});

test('a topic that is forgotten holds nothing and takes no room', () => {
  const ring = new MessageRing({ perTopicMax: 10, charactersMax: 1_000 });
  ring.push('a', message(101, 0), 100);
  ring.forget('a');
  expect(ring.characters).toBe(0);
  expect(ring.after('a', 101)).toBeUndefined();
});
