import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNonceFree, markNonce, NONCE_WINDOW, startNonces } from '../../src/accounts/nonces.ts';
import { freshState } from '../fixtures/state.ts';

test('the sliding window accepts exactly what a set of used nonces and its highest accept', () => {
  const steps = fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 1000 }), (offsets, start) => {
      const state = freshState();
      const columns = state.accounts;
      startNonces(columns, 1, start);
      const used = new Set<number>();
      for (let nonce = start; nonce > start - NONCE_WINDOW; nonce--) used.add(nonce);
      let high = start;
      for (const offset of offsets) {
        const nonce = high + offset;
        const isFree = nonce > high || (nonce > high - NONCE_WINDOW && !used.has(nonce));
        expect(isNonceFree(columns, 1, nonce)).toBe(isFree);
        if (!isFree) continue;
        markNonce(columns, 1, nonce);
        used.add(nonce);
        high = Math.max(high, nonce);
        expect(columns.nonceHigh.get(1)).toBe(high);
      }
    }),
    { numRuns: 300 },
  );
});
