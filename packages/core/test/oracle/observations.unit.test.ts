import { describe, expect, test } from 'vitest';
import { applyObservations, updateIndexes } from '../../src/oracle/index.ts';
import { type Observation, rejections } from '../../src/schema/index.ts';
import { timeMs } from '../../src/state/index.ts';
import { observation, priceBlock, said, stateWithSources } from '../fixtures/oracle.ts';
import { address } from '../fixtures/state.ts';

const agesMs = { tooOld: 10_001, oldest: 10_000 };

function judge(change: (sound: Observation, now: number) => Partial<Observation>): number {
  const state = stateWithSources([1, 1, 1, 0]);
  const now = timeMs(state);
  const sound = observation(state, { source: 1, price: 100 });
  const mark = state.log.mark();
  const [code] = applyObservations(state, [{ ...sound, ...change(sound, now) }]);
  if (code !== 0) expect(state.log.mark()).toBe(mark);
  return code as number;
}

describe('an observation is refused and changes nothing', () => {
  test.each<[string, number, (sound: Observation, now: number) => Partial<Observation>]>([
    ['underlying 0 is nobody', 300, () => ({ underlying: 0 })],
    ['the underlying is not listed', 300, () => ({ underlying: 2 })],
    ['the key is that of another source', 301, () => ({ source: 0 })],
    ['the key is unknown', 301, () => ({ publisher: address(7) })],
    ['the slot is beyond the last', 301, () => ({ source: 16 })],
    ['the slot has no weight, whatever the key', 301, () => ({ source: 3, publisher: address(0) })],
    ['a slot nobody filled has no key', 301, () => ({ source: 9, publisher: address(0) })],
    ['the price is 0', 302, () => ({ price: 0n })],
    ['the price is negative', 302, () => ({ price: -1n })],
    ['the price is 2^31', 302, () => ({ price: 2_147_483_648n })],
    ['the confidence is negative', 303, () => ({ confidence: -1n })],
    ['the confidence exceeds the price', 303, () => ({ confidence: 101n })],
    ['it is too old', 304, (_, now) => ({ timeMs: now - agesMs.tooOld })],
    ['it lies in the future', 305, (_, now) => ({ timeMs: now + 1 })],
    ['its time is no integer', 100, (_, now) => ({ timeMs: now - 0.5 })],
    ['its time is no number', 100, () => ({ timeMs: Number.NaN })],
    ['its price is no bigint', 100, () => ({ price: 100 as unknown as bigint })],
    ['its source is negative', 100, () => ({ source: -1 })],
  ])('when %s', (_, code, change) => {
    expect(judge(change)).toBe(code);
  });

  test('when its source holds one of the same or a later time', () => {
    const state = stateWithSources([1, 1, 1]);
    const now = timeMs(state);
    const words = [now - 5, now - 5, now - 6, now - 4].map((ms) =>
      observation(state, { source: 1, price: 100, timeMs: ms }),
    );
    const order = rejections.observationOrder.code;
    expect(applyObservations(state, words)).toEqual([0, order, order, 0]);
  });
});

test('the ends of the ranges are taken', () => {
  expect(judge(() => ({}))).toBe(0);
  expect(judge(() => ({ price: 1n, confidence: 1n }))).toBe(0);
  expect(judge(() => ({ price: 2_147_483_647n, confidence: 0n }))).toBe(0);
  expect(judge((_, now) => ({ timeMs: now - agesMs.oldest }))).toBe(0);
});

test('what is refused does not stop what follows', () => {
  const state = stateWithSources([1, 1, 1]);
  const words = said(100, 0, 102);
  expect(priceBlock(state, 1000, words).codes).toEqual([0, 302, 0]);
});

test('an observation is held until its source says another, and marks its underlying once', () => {
  const state = stateWithSources([1, 1, 1]);
  applyObservations(state, [observation(state, { source: 2, price: 123, confidence: 4 })]);
  const row = 16 + 2;
  expect(state.sources.price.get(row)).toBe(123);
  expect(state.sources.confidence.get(row)).toBe(4);
  expect(state.sources.timeMs.get(row)).toBe(timeMs(state));
  expect(state.underlyings.isObserved.get(1)).toBe(1);
  updateIndexes(state);
  expect(state.underlyings.isObserved.get(1)).toBe(0);
});
