import { underlyingParameters } from '@plimsoll/core/schema';
import { underlyingParameter } from '@plimsoll/core/state';
import type { Seed } from '../seed.ts';
import type { PlannedUnderlying } from './plan.ts';
import { keyOf, publisherKey, type World } from './world.ts';

const PRICE_MAX = 2_000_000_000;

interface Feed {
  price: number;
  /** Relative move per √second of the calm. */
  readonly volatility: number;
  /** A crash or a rally: relative move per block, while `stormBlocks` last. */
  stormMove: number;
  stormBlocks: number;
  silentBlocks: number;
  /** The source that lies, and for how long. */
  liar: number;
  lieBlocks: number;
}

/**
 * The outside world of prices: a walk with jumps, crashes and rallies per underlying, seen by
 * sources of which some lie, some are silent and some send what must be refused.
 */
export class PriceFeed {
  readonly #random: Seed;
  readonly #plans: readonly PlannedUnderlying[];
  readonly #feeds: readonly Feed[];
  /** Probability per block that a crash or rally begins. */
  readonly #wildness: number;

  constructor(random: Seed, plans: readonly PlannedUnderlying[]) {
    this.#random = random;
    this.#plans = plans;
    this.#wildness = random.pick([0.005, 0.02, 0.05]);
    this.#feeds = plans.map(({ startPrice }) => ({
      price: startPrice,
      volatility: random.pick([0.0002, 0.001, 0.003]),
      stormMove: 0,
      stormBlocks: 0,
      silentBlocks: 0,
      liar: -1,
      lieBlocks: 0,
    }));
  }

  /** Sends the observations of the next block, `elapsedMs` after the last one. */
  publish(world: World, elapsedMs: number): void {
    const seconds = elapsedMs / 1000;
    this.#feeds.forEach((feed, i) => {
      this.#move(feed, seconds);
      if (feed.silentBlocks > 0) {
        feed.silentBlocks -= 1;
        return;
      }
      if (this.#random.chance(0.002)) feed.silentBlocks = this.#random.integer(5, 40);
      this.#observe(world, { underlying: i + 1, feed, elapsedMs });
    });
  }

  #move(feed: Feed, seconds: number): void {
    const random = this.#random;
    let move = random.normal() * feed.volatility * Math.sqrt(Math.min(seconds, 3_600));
    if (feed.stormBlocks > 0) {
      feed.stormBlocks -= 1;
      move += feed.stormMove;
    } else if (random.chance(this.#wildness)) {
      const direction = random.chance(0.6) ? -1 : 1;
      feed.stormBlocks = random.integer(1, 20);
      feed.stormMove = (direction * random.between(0.05, 0.7)) / feed.stormBlocks;
    }
    const factor = Math.max(0.3, 1 + move);
    feed.price = Math.max(2, Math.min(PRICE_MAX, feed.price * factor));
  }

  #observe(
    world: World,
    seen: { readonly underlying: number; readonly feed: Feed; readonly elapsedMs: number },
  ): void {
    const random = this.#random;
    const { underlying, feed, elapsedMs } = seen;
    const sources = this.#plans[underlying - 1]?.sources ?? [];
    const ageMaxMs = ageOf(world, underlying);
    if (feed.lieBlocks > 0) feed.lieBlocks -= 1;
    else if (random.chance(0.01)) {
      feed.liar = random.integer(0, sources.length - 1);
      feed.lieBlocks = random.integer(1, 10);
    }
    for (const { source } of sources) {
      if (random.chance(0.05)) continue;
      const isLie = feed.lieBlocks > 0 && feed.liar === source;
      const noise = 1 + random.normal() * 0.0003 + (isLie ? random.between(-0.4, 0.6) : 0);
      const price = Math.max(1, Math.floor(feed.price * noise));
      const lagMs = Math.min(random.integer(0, 400), Math.floor(elapsedMs / 2));
      const atMs = world.timeMs + elapsedMs - lagMs;
      world.observe({ underlying, source, price, confidence: random.integer(0, 3) % price, atMs });
      if (random.chance(0.01)) this.#spoil(world, { underlying, source, price, atMs, ageMaxMs });
    }
  }

  /** An observation that must be refused. */
  #spoil(
    world: World,
    lawful: { underlying: number; source: number; price: number; atMs: number; ageMaxMs: number },
  ): void {
    const { underlying, source, atMs, ageMaxMs } = lawful;
    const publisher = publisherKey(underlying, source);
    const price = BigInt(lawful.price);
    const base = { underlying, source, publisher, price, confidence: 0n, timeMs: atMs + 1 };
    const spoiled = [
      { ...base, underlying: 99 },
      { ...base, publisher: keyOf('ee', 1) },
      { ...base, price: 0n },
      { ...base, price: 2n ** 40n },
      { ...base, confidence: price + 1n },
      { ...base, confidence: -1n },
      { ...base, timeMs: Math.max(1, atMs - ageMaxMs - 5_000) },
      { ...base, timeMs: atMs + 600_000 },
      { ...base, timeMs: atMs },
      { ...base, source: 200 },
      { ...base, source: -1 },
    ];
    world.observeRaw(this.#random.pick(spoiled));
  }
}

function ageOf(world: World, underlying: number): number {
  const { observationAgeMaxMs } = underlyingParameters;
  return underlyingParameter(world.machine.state, underlying, observationAgeMaxMs);
}
