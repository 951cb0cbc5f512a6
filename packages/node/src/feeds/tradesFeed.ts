import type { EventOf } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { FeedMessage } from '../parts.ts';
import { type MarketUnits, marketUnits } from '../units/index.ts';
import type { Topics } from './topics.ts';

/** Trades of an instrument in a snapshot. */
export const SNAPSHOT_TRADES = 100;

/** A fill and where it stands. */
export interface StampedFill {
  readonly height: number;
  readonly timeMs: number;
  readonly index: number;
  readonly event: EventOf<'filled'>;
}

/** Trades: those of a block, and the latest of each instrument. Spec: stream 4.2. */
export class TradesFeed {
  readonly #topics: Topics;
  readonly #state: State;
  /** Per instrument the latest as JSON text, oldest first. */
  readonly #latest = new Map<number, string[]>();

  constructor(topics: Topics, state: State) {
    this.#topics = topics;
    this.#state = state;
  }

  /** Trades of before, oldest first. */
  remember(instrument: number, fills: readonly StampedFill[]): void {
    const units = marketUnits(this.#state, instrument);
    this.#keep(
      instrument,
      fills.map((fill) => tradeJson(fill, units)),
    );
  }

  updates(fills: ReadonlyMap<number, readonly StampedFill[]>): FeedMessage[] {
    const messages: FeedMessage[] = [];
    for (const [instrument, stamped] of fills) {
      const units = marketUnits(this.#state, instrument);
      const texts = stamped.map((fill) => tradeJson(fill, units));
      this.#keep(instrument, texts);
      messages.push(this.#topics.update('trades', units.name, `"trades":[${texts.join(',')}]`));
    }
    return messages;
  }

  snapshot(instrument: number): FeedMessage {
    const { name } = marketUnits(this.#state, instrument);
    const texts = this.#latest.get(instrument) ?? [];
    return this.#topics.snapshot('trades', name, `"trades":[${texts.join(',')}]`);
  }

  #keep(instrument: number, texts: readonly string[]): void {
    const before = this.#latest.get(instrument) ?? [];
    this.#latest.set(instrument, [...before, ...texts].slice(-SNAPSHOT_TRADES));
  }
}

function tradeJson({ height, index, timeMs, event }: StampedFill, units: MarketUnits): string {
  const place = `"height":${height},"index":${index},"timeMs":${timeMs}`;
  const figures = `"price":"${units.price(event.price)}","size":"${units.size(event.size)}"`;
  const side = `"lots":${event.size},"takerSide":"${event.takerSide}"`;
  return `{${place},${figures},${side},"isLiquidation":${event.isLiquidation}}`;
}
