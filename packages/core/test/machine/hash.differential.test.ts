import { digest64 } from '@chainsafe/as-sha256';
import { hashInto } from '@chainsafe/hashtree';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashPairsPortable } from '../../src/machine/roots/hash.ts';

test('the native, the WASM and the portable hash agree on every batch of blocks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat(255)), (count, bytes) => {
      const input = new Uint8Array(count * 64);
      for (let i = 0; i < input.length; i++) input[i] = bytes.next().value as number;
      const portable = new Uint8Array(count * 32);
      hashPairsPortable(input, portable, count);
      const native = new Uint8Array(count * 32);
      hashInto(input, native);
      expect(native).toEqual(portable);
      for (let i = 0; i < count; i++) {
        const wasm = digest64(input.subarray(i * 64, i * 64 + 64));
        expect(wasm).toEqual(portable.slice(i * 32, i * 32 + 32));
      }
    }),
    { numRuns: 30 },
  );
});
