import { CHANNELS, eventJson, nodeProblem, ProblemError } from '@plimsoll/api/wire';
import { readName } from '@plimsoll/core/governance';
import type { Machine } from '@plimsoll/core/machine';
import type { Event } from '@plimsoll/core/schema';
import { accountExists, type State, timeMs } from '@plimsoll/core/state';
import { CANDLE_INTERVALS_MS, type CandleInterval } from '../history/index.ts';
import type { FeedMessage } from '../parts.ts';
import { wireUnits } from '../units/index.ts';
import { AccountFeed } from './accountFeed.ts';
import { blockSnapshot, blockUpdate } from './blocksFeed.ts';
import { bookSnapshot, bookUpdates } from './bookFeed.ts';
import { CandlesFeed } from './candlesFeed.ts';
import type { AppliedBlock, FeedBuilder, FeedOptions } from './feedBuilder.ts';
import { LiquidationsFeed } from './liquidationsFeed.ts';
import { PricesFeed } from './pricesFeed.ts';
import { Topics } from './topics.ts';
import { touchedOf } from './touched.ts';
import { SNAPSHOT_TRADES, type StampedFill, TradesFeed } from './tradesFeed.ts';

/** Instruments that a refusal names at most. */
const NAMES_MAX = 10;
const NO_CHANNEL = `There is no such channel: there are ${Object.keys(CHANNELS).join(', ')}.`;
const ACCOUNT_KEY = 'the number of an account that exists';
const CANDLES_KEY = `an instrument, a slash and one of ${Object.keys(CANDLE_INTERVALS_MS).join(', ')}`;

interface Feeds {
  readonly machine: Machine;
  readonly topics: Topics;
  readonly trades: TradesFeed;
  readonly prices: PricesFeed;
  readonly candles: CandlesFeed;
  readonly account: AccountFeed;
  readonly liquidations: LiquidationsFeed;
}

/** Feeds of a machine, from the block after its present height on. Spec: stream 4. */
export function createFeeds(machine: Machine, options: FeedOptions = {}): FeedBuilder {
  const { state } = machine;
  const topics = new Topics(machine);
  const feeds: Feeds = {
    machine,
    topics,
    trades: new TradesFeed(topics, state),
    prices: new PricesFeed(topics, state),
    candles: new CandlesFeed(topics, state),
    account: new AccountFeed(topics, state),
    liquidations: new LiquidationsFeed(topics, state),
  };
  if (options.history !== undefined) remember(feeds, options.history);
  return {
    onBlock: (applied) => onBlock(feeds, applied),
    snapshotOf: (channel, key) => snapshotOf(feeds, channel, key),
    watch: (channel, key, isWatched) => {
      if (channel === 'candles') feeds.candles.watch(key, isWatched);
      if (channel === 'account') {
        const account = accountOf(state, key);
        if (account !== undefined) feeds.account.watch(account, isWatched);
      }
    },
  };
}

function onBlock(feeds: Feeds, applied: AppliedBlock): FeedMessage[] {
  const { machine, topics } = feeds;
  const { state } = machine;
  const { events } = applied.outcome;
  const touched = touchedOf(state);
  const stamped = stamper(state, events);
  const fills = fillsOf(state, events);
  return [
    ...bookUpdates(topics, state, touched),
    ...feeds.trades.updates(fills),
    ...feeds.prices.updates(),
    ...feeds.candles.updates(fills),
    ...feeds.account.updates(events, stamped),
    ...feeds.liquidations.updates(touched, events, stamped),
    blockUpdate(topics, machine, applied),
  ];
}

function snapshotOf(feeds: Feeds, channel: string, key: string): FeedMessage {
  const { machine, topics } = feeds;
  const { state } = machine;
  switch (channel) {
    case 'book':
      return bookSnapshot(topics, state, instrumentOf(state, key));
    case 'trades':
      return feeds.trades.snapshot(instrumentOf(state, key));
    case 'prices':
      return feeds.prices.snapshot(instrumentOf(state, key));
    case 'candles': {
      const slash = key.lastIndexOf('/');
      const interval = key.slice(slash + 1);
      if (slash < 0 || !isInterval(interval)) unknown(channel, key, CANDLES_KEY);
      return feeds.candles.snapshot(instrumentOf(state, key.slice(0, slash)), interval);
    }
    case 'account':
      return feeds.account.snapshot(accountOf(state, key) ?? unknown(channel, key, ACCOUNT_KEY));
    case 'liquidations':
      if (key !== '') unknown(channel, key, 'empty');
      return feeds.liquidations.snapshot();
    case 'blocks':
      if (key !== '') unknown(channel, key, 'empty');
      return blockSnapshot(topics, machine);
    default:
      throw new ProblemError(nodeProblem('unknown', NO_CHANNEL, { channel: channel.slice(0, 64) }));
  }
}

/** What was before the first block: open candles and the latest trades. */
function remember(feeds: Feeds, history: NonNullable<FeedOptions['history']>): void {
  const { state } = feeds.machine;
  const now = timeMs(state);
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    const { rows } = history.trades(instrument, { order: 'newestFirst', limit: SNAPSHOT_TRADES });
    feeds.trades.remember(instrument, [...rows].reverse());
    for (const interval of Object.keys(CANDLE_INTERVALS_MS).filter(isInterval)) {
      const intervalMs = CANDLE_INTERVALS_MS[interval];
      const fromMs = Math.floor(now / intervalMs) * intervalMs;
      const range = { interval, fromMs, toMs: fromMs + intervalMs, limit: 1 };
      const candle = history.candles(instrument, range)[0];
      if (candle !== undefined) feeds.candles.remember(instrument, interval, candle);
    }
  }
}

/** The trades of a block by instrument, in order. */
function fillsOf(state: State, events: readonly Event[]): Map<number, StampedFill[]> {
  const height = state.machine.height.get(0);
  const fills = new Map<number, StampedFill[]>();
  events.forEach((event, index) => {
    if (event.kind !== 'filled') return;
    const fill = { height, timeMs: timeMs(state), index, event };
    const list = fills.get(event.instrument);
    if (list === undefined) fills.set(event.instrument, [fill]);
    else list.push(fill);
  });
  return fills;
}

/** An event of the block as JSON text with its place; made once for all who tell of it. */
function stamper(state: State, events: readonly Event[]): (index: number) => string {
  const texts = new Map<number, string>();
  const units = wireUnits(state);
  const head = `{"height":${state.machine.height.get(0)},"timeMs":${timeMs(state)}`;
  return (index) => {
    const known = texts.get(index);
    if (known !== undefined) return known;
    const event = JSON.stringify(eventJson(events[index] as Event, units));
    const text = `${head},"index":${index},"event":${event}}`;
    texts.set(index, text);
    return text;
  };
}

function instrumentOf(state: State, name: string): number {
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    if (readName(state.instruments.name, instrument) === name) return instrument;
  }
  const names = Array.from({ length: Math.min(count, NAMES_MAX) }, (_, at) =>
    readName(state.instruments.name, at + 1),
  );
  const more = count > NAMES_MAX ? `, … (${count} at /v1/markets)` : '';
  const there = count === 0 ? 'none is listed yet' : `there are ${names.join(', ')}${more}`;
  throw new ProblemError(
    nodeProblem('unknown', `There is no instrument of that name: ${there}.`, {
      key: name.slice(0, 64),
    }),
  );
}

function accountOf(state: State, key: string): number | undefined {
  if (!/^[1-9][0-9]{0,9}$/.test(key)) return undefined;
  return accountExists(state, Number(key)) ? Number(key) : undefined;
}

function isInterval(text: string): text is CandleInterval {
  return Object.hasOwn(CANDLE_INTERVALS_MS, text);
}

function unknown(channel: string, key: string, wanted: string): never {
  const figures = { channel, key: key.slice(0, 64) };
  throw new ProblemError(
    nodeProblem('unknown', `The key of ${channel} must be ${wanted}.`, figures),
  );
}
