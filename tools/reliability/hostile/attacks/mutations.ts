// Random changes of valid bytes: whatever comes of them, nothing of it is a command.
import type { Action } from '@plimsoll/core/schema';
import { ACCOUNTS, approvals, cancelAll, cast, listing, order, PRICE, theft } from '../cast.ts';
import { throughDoors } from '../doors.ts';
import type { Sealed } from '../lawful.ts';
import type { Attack } from '../stage.ts';

/** xorshift: the same changes in every run. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  },
  (bytes, random) => bytes.fill(random.below(256), random.below(bytes.length), bytes.length),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => Buffer.concat([bytes, Buffer.alloc(1 + random.below(64), random.below(256))]),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.below(bytes.length))]);
  },
  (bytes, random) => {
    // Lengths and counts are what decoders trust.
    const at = random.below(Math.max(1, bytes.length - 4));
    bytes.writeUInt32LE(
      [0xffff_ffff, 0x7fff_ffff, 0x8000_0000, 0x0100_0000][random.below(4)] ?? 0,
      at,
    );
    return bytes;
  },
  (bytes, random) => Buffer.from(Array.from(bytes, () => random.below(256))),
];

/** Commands of all shapes: short, long, with lists and text. */
function bodies(nowMs: number): readonly (readonly Action[])[] {
  return [
    [cancelAll],
    [theft],
    [order('buy', PRICE)],
    approvals(nowMs),
    listing(),
    Array.from({ length: 32 }, () => order('sell', PRICE)),
  ];
}

export const mutationAttacks: readonly Attack[] = [
  {
    name: 'mutated bytes',
    what: 'canonical bytes of valid commands with bits flipped, cut, doubled, filled, lengths made large; signature of the original',
    expects: ['malformed', 'signerUnauthorized'],
    allows: ['accountUnknown', 'actionsCount', 'signatureInvalid (noPoint)'],
    run: async (stage, tally) => {
      const random = new Random(20_260_101);
      const { victim: signer } = cast;
      const originals = bodies(Date.now()).map((actions) =>
        stage.seals.forge({ signer, account: ACCOUNTS.victim, actions }),
      );
      const mutated: Sealed[] = [];
      while (mutated.length < stage.times(6_000)) {
        const original = originals[random.below(originals.length)];
        const mutate = mutations[random.below(mutations.length)];
        if (original === undefined || mutate === undefined) continue;
        const body = mutate(Buffer.from(original.body), random);
        if (!body.equals(original.body)) mutated.push({ body, signature: original.signature });
      }
      await throughDoors(stage, tally, mutated, ['binary']);
    },
  },
];
