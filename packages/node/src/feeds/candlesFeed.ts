import { SETTLEMENT_ASSET } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { CANDLE_INTERVALS_MS, type Candle, type CandleInterval } from '../history/index.ts';
import type { FeedMessage } from '../parts.ts';
import { amountText, type MarketUnits, marketUnits } from '../units/index.ts';
import type { Topics } from './topics.ts';
import type { StampedFill } from './tradesFeed.ts';

const INTERVALS = Object.entries(CANDLE_INTERVALS_MS) as [CandleInterval, number][];

type OpenCandle = { -readonly [F in keyof Candle]: Candle[F] };

/** Candles that are open now, whole in every message, of topics that are watched. */
export class CandlesFeed {
  readonly #topics: Topics;
  readonly #state: State;
  /** Per instrument one per interval, in the order of INTERVALS. */
  readonly #open = new Map<number, (OpenCandle | undefined)[]>();
  readonly #watched = new Set<string>();

  constructor(topics: Topics, state: State) {
    this.#topics = topics;
    this.#state = state;
  }

  /** The candle that was open at the start. */
  remember(instrument: number, interval: CandleInterval, candle: Candle): void {
    const at = INTERVALS.findIndex(([name]) => name === interval);
    this.#candles(instrument)[at] = { ...candle };
  }

  watch(key: string, isWatched: boolean): void {
    if (isWatched) this.#watched.add(key);
    else {
      this.#watched.delete(key);
      this.#topics.forget('candles', key);
    }
  }

  updates(fills: ReadonlyMap<number, readonly StampedFill[]>): FeedMessage[] {
    const messages: FeedMessage[] = [];
    for (const [instrument, stamped] of fills) {
      const v = BigInt(this.#state.instruments.multiplier.get(instrument));
      const candles = this.#candles(instrument);
      INTERVALS.forEach(([, intervalMs], at) => {
        for (const fill of stamped) candles[at] = grown(candles[at], fill, { intervalMs, v });
      });
      messages.push(...this.#messages(instrument));
    }
    return messages;
  }

  /** @param interval one of CANDLE_INTERVALS_MS. */
  snapshot(instrument: number, interval: CandleInterval): FeedMessage {
    const units = marketUnits(this.#state, instrument);
    const at = INTERVALS.findIndex(([name]) => name === interval);
    const body = this.#body(this.#candles(instrument)[at], at, units);
    return this.#topics.snapshot('candles', `${units.name}/${interval}`, body);
  }

  #messages(instrument: number): FeedMessage[] {
    const messages: FeedMessage[] = [];
    if (this.#watched.size === 0) return messages;
    const units = marketUnits(this.#state, instrument);
    const candles = this.#candles(instrument);
    INTERVALS.forEach(([interval], at) => {
      const key = `${units.name}/${interval}`;
      if (!this.#watched.has(key)) return;
      messages.push(this.#topics.update('candles', key, this.#body(candles[at], at, units)));
    });
    return messages;
  }

  #candles(instrument: number): (OpenCandle | undefined)[] {
    const known = this.#open.get(instrument);
    if (known !== undefined) return known;
    const candles: (OpenCandle | undefined)[] = INTERVALS.map(() => undefined);
    this.#open.set(instrument, candles);
    return candles;
  }

  #body(candle: OpenCandle | undefined, at: number, units: MarketUnits): string {
    const intervalMs = INTERVALS[at]?.[1] ?? 0;
    const list = candle === undefined ? '' : this.#candleJson(candle, units);
    return `"intervalMs":${intervalMs},"candles":[${list}]`;
  }

  #candleJson(candle: OpenCandle, units: MarketUnits): string {
    const { startMs, open, high, low, close, volume, trades } = candle;
    const prices =
      `"open":"${units.price(open)}","high":"${units.price(high)}",` +
      `"low":"${units.price(low)}","close":"${units.price(close)}"`;
    const quote = amountText(this.#state, SETTLEMENT_ASSET, candle.quote);
    const volumes = `"size":"${units.size(volume)}","lots":${volume},"quote":${quote}`;
    return `{"openMs":${startMs},${prices},${volumes},"trades":${trades}}`;
  }
}

function grown(
  candle: OpenCandle | undefined,
  { timeMs, event }: StampedFill,
  rule: { readonly intervalMs: number; readonly v: bigint },
): OpenCandle {
  const startMs = Math.floor(timeMs / rule.intervalMs) * rule.intervalMs;
  const { price, size } = event;
  const quote = BigInt(price) * BigInt(size) * rule.v;
  if (candle === undefined || candle.startMs !== startMs) {
    const prices = { open: price, high: price, low: price, close: price };
    return { startMs, ...prices, volume: size, quote, trades: 1 };
  }
  candle.high = Math.max(candle.high, price);
  candle.low = Math.min(candle.low, price);
  candle.close = price;
  candle.volume += size;
  candle.quote += quote;
  candle.trades += 1;
  return candle;
}
