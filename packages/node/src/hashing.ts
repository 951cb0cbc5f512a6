import { hashInto } from '@chainsafe/hashtree';
import type { HashPairs } from '@plimsoll/core/machine';

/** SHA-256 of pairs by the native library: the same bytes as the portable one, ten times faster. */
export const hashPairsNative: HashPairs = (input, output, count) => {
  hashInto(input.subarray(0, count * 64), output.subarray(0, count * 32));
};
