// Prices of nobody, of yesterday, of tomorrow, and of others.
import type { UnsignedObservation } from '@plimsoll/core/schema';
import { cast, type Keyed, PRICE } from '../cast.ts';
import { throughPriceDoors } from '../doors.ts';
import type { SealedPrices } from '../lawful.ts';
import type { Attack, Stage } from '../stage.ts';

function price(change: Partial<UnsignedObservation> = {}): UnsignedObservation {
  const of = { underlying: 1, source: 0, price: BigInt(PRICE), confidence: 0n };
  return { ...of, timeMs: Date.now(), ...change };
}

function attack(
  name: string,
  what: string,
  {
    answers,
    make,
  }: {
    readonly answers: readonly string[];
    readonly make: (stage: Stage, i: number) => SealedPrices;
  },
): Attack {
  return {
    name,
    what,
    expects: answers,
    run: (stage, tally) => {
      const count = stage.times(120);
      const prices = Array.from({ length: count }, (_, i) => make(stage, i));
      return throughPriceDoors(stage, tally, prices);
    },
  };
}

/** Half of what it costs: whoever is long would be liquidated. */
const crash = (): UnsignedObservation => price({ price: BigInt(PRICE / 2) });

const forgers: readonly Keyed[] = [cast.stranger, cast.mallory, cast.admin, cast.custodian];

export const priceAttacks: readonly Attack[] = [
  attack('forged prices', 'half the price, signed by strangers and by authorities', {
    answers: ['publisherUnknown'],
    make: (stage, i) => stage.seals.forgePrices(forgers[i % 4] ?? cast.stranger, [crash()]),
  }),
  attack(
    'prices changed on the way',
    "the publisher's signature over another price, for another network",
    {
      answers: ['publisherUnknown'],
      make: (stage, i) => {
        if (i % 2 === 0) return stage.seals.forgePrices(cast.publisher, [crash()], { chainId: 1 });
        const { signature } = stage.seals.forgePrices(cast.publisher, [price()]);
        return { prices: [crash()], signature };
      },
    },
  ),
  attack(
    "prices for others' slots",
    'the publisher for sources and underlyings that are not its own',
    {
      answers: ['publisherUnknown', 'underlyingUnknown'],
      make: (stage, i) => {
        const change = [{ source: 1 }, { source: 255 }, { underlying: 2 }, { underlying: 99 }][
          i % 4
        ];
        return stage.seals.forgePrices(cast.publisher, [{ ...crash(), ...change }]);
      },
    },
  ),
  attack('old prices', 'an hour and a day old, with the right key', {
    answers: ['observationOld'],
    make: (stage, i) => {
      const timeMs = Date.now() - (i % 2 === 0 ? 3_600_000 : 86_400_000);
      return stage.seals.forgePrices(cast.publisher, [{ ...crash(), timeMs }]);
    },
  }),
  attack('future prices', 'a minute and a year ahead, with the right key', {
    answers: ['observationFuture'],
    make: (stage, i) => {
      const timeMs = Date.now() + (i % 2 === 0 ? 60_000 : 31_536_000_000);
      return stage.seals.forgePrices(cast.publisher, [{ ...crash(), timeMs }]);
    },
  }),
  attack('prices that are none', 'zero, below zero, with a confidence below zero', {
    answers: ['observationPrice', 'observationConfidence'],
    make: (stage, i) => {
      const changes = [{ price: 0n }, { price: -1n }, { confidence: -1n }];
      return stage.seals.forgePrices(cast.publisher, [price(changes[i % 3] ?? {})]);
    },
  }),
  {
    name: 'replayed prices',
    what: 'one lawful price again and again: taken once',
    expects: ['published', 'observationOrder'],
    run: async (stage, tally) => {
      let sealed = stage.seals.lawfulPrices(cast.publisher, [price()]);
      await throughPriceDoors(stage, tally, [sealed]);
      // The honest publisher may have said a newer one before it arrived.
      for (let i = 0; i < 100 && tally.answers.published === undefined; i++) {
        sealed = stage.seals.lawfulPrices(cast.publisher, [price()]);
        await throughPriceDoors(stage, tally, [sealed]);
      }
      const again = Array.from({ length: stage.times(150) }, () => sealed);
      await throughPriceDoors(stage, tally, again);
    },
  },
];
