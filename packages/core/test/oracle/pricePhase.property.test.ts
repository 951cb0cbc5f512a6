import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyObservations, oracleViolations, updateIndexes } from '../../src/oracle/index.ts';
import { INDEX_STATUS } from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { WriteAbortedError } from '../../src/store/index.ts';
import {
  observation,
  priceBlock,
  setUnderlyingParameter,
  stateWithSources,
  type Word,
} from '../fixtures/oracle.ts';
import { advance } from '../fixtures/state.ts';

const SOURCES = 5;

const word = fc.record({
  source: fc.integer({ min: 0, max: SOURCES - 1 }),
  price: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 9_900, max: 10_100 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 2_147_483_648 }) },
  ),
  confidence: fc.integer({ min: -1, max: 60 }),
});
const block = fc.record({
  dtMs: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 4_000_000 })),
  words: fc.array(word, { maxLength: 8 }),
});
const blocks = fc.array(block, { minLength: 1, maxLength: 40 });

/** Every byte of every column. */
function bytesOf(state: State): string[] {
  return state.log.columns.map(({ name, data }) => {
    const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return `${name} ${Buffer.from(view).toString('latin1')}`;
  });
}

function fresh(): State {
  const state = stateWithSources([1, 1, 1, 1, 1]);
  setUnderlyingParameter(state, 'pendingCount', 2);
  state.log.clear();
  return state;
}

function apply(state: State, step: { dtMs: number; words: readonly Word[] }): void {
  advance(state, step.dtMs);
  applyObservations(
    state,
    step.words.map((said) => observation(state, said)),
  );
  updateIndexes(state);
}

test('after any blocks every claim on prices holds', () => {
  fc.assert(
    fc.property(blocks, (steps) => {
      const state = fresh();
      for (const { dtMs, words } of steps) {
        priceBlock(state, dtMs, words);
        expect(oracleViolations(state)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test('a block that is undone leaves every byte and event as before', () => {
  fc.assert(
    fc.property(blocks, block, (steps, last) => {
      const state = fresh();
      for (const { dtMs, words } of steps) priceBlock(state, dtMs, words);
      const before = bytesOf(state);
      const events = state.events.length;
      const point = savepoint(state);
      apply(state, last);
      rollbackTo(state, point);
      expect(bytesOf(state)).toEqual(before);
      expect(state.events.length).toBe(events);
    }),
    { numRuns: 60 },
  );
});

test('an abort at any write of a price phase leaves every byte as before', () => {
  const state = fresh();
  const all = (price: number) => [0, 1, 2, 3, 4].map((source) => ({ source, price }));
  for (let n = 0; n < 3; n++) priceBlock(state, 1000, all(10_000));
  const before = bytesOf(state);
  const last = { dtMs: 400_000, words: all(10_300) };
  const point = savepoint(state);
  apply(state, last);
  const writes = state.log.count;
  expect(writes).toBeGreaterThan(30);
  rollbackTo(state, point);
  for (let k = 0; k < writes; k++) {
    state.log.abortAtWrite(k);
    expect(() => apply(state, last)).toThrow(WriteAbortedError);
    state.log.abortAtWrite(-1);
    rollbackTo(state, point);
    expect(bytesOf(state)).toEqual(before);
  }
});

test('the order of observations of different sources does not matter', () => {
  const oneEach = fc.uniqueArray(word, { selector: ({ source }) => source, maxLength: SOURCES });
  fc.assert(
    fc.property(blocks, oneEach, (steps, words) => {
      const [one, other] = [fresh(), fresh()];
      for (const state of [one, other]) {
        for (const step of steps) priceBlock(state, step.dtMs, step.words);
      }
      apply(one, { dtMs: 1000, words });
      apply(other, { dtMs: 1000, words: [...words].reverse() });
      expect(bytesOf(one)).toEqual(bytesOf(other));
    }),
    { numRuns: 60 },
  );
});

test('a third of the sources, whatever they say, never moves the index past the honest ones', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          honest: fc.array(fc.integer({ min: 9_950, max: 10_050 }), { minLength: 4, maxLength: 4 }),
          lies: fc.array(fc.integer({ min: 1, max: 2_147_483_647 }), {
            minLength: 2,
            maxLength: 2,
          }),
        }),
        { minLength: 3, maxLength: 20 },
      ),
      (steps) => {
        const state = stateWithSources([1, 1, 1, 1, 1, 1]);
        for (const { honest, lies } of steps) {
          const words = [...honest, ...lies].map((price, source) => ({ source, price }));
          priceBlock(state, 1000, words);
          const index = state.underlyings.index.get(1);
          if (index === 0) continue;
          expect(index).toBeGreaterThanOrEqual(9_950);
          expect(index).toBeLessThanOrEqual(10_050);
        }
        expect(state.underlyings.status.get(1)).toBe(INDEX_STATUS.ok);
      },
    ),
    { numRuns: 200 },
  );
});

test('silence of all sources never changes the index, only its status, upward', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50_000 }), { maxLength: 30 }), (gaps) => {
      const state = fresh();
      const words = [0, 1, 2, 3, 4].map((source) => ({ source, price: 10_000 }));
      priceBlock(state, 1000, words);
      priceBlock(state, 1000, words);
      let status = state.underlyings.status.get(1);
      expect(status).toBe(INDEX_STATUS.ok);
      for (const dtMs of gaps) {
        priceBlock(state, dtMs, []);
        expect(state.underlyings.index.get(1)).toBe(10_000);
        expect(state.underlyings.status.get(1)).toBeGreaterThanOrEqual(status);
        status = state.underlyings.status.get(1);
      }
    }),
    { numRuns: 100 },
  );
});
