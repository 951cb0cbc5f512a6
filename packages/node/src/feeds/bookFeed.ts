import { bookChecksum, CHECKSUM_LEVELS, type Level } from '@plimsoll/api/wire';
import { SIDE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import { bestLevel, findLevel } from '@plimsoll/core/venue';
import type { FeedMessage } from '../parts.ts';
import { type MarketUnits, marketUnits } from '../units/index.ts';
import type { Topics } from './topics.ts';
import type { Touched } from './touched.ts';

/** Levels of a side in a snapshot: whatever is placed, it has a size. Spec: stream 6.1. */
const SNAPSHOT_LEVELS = 5_000;

/** Books: snapshots of their levels, and the levels that a block changed. Spec: stream 6. */
export function bookUpdates(topics: Topics, state: State, touched: Touched): FeedMessage[] {
  const messages: FeedMessage[] = [];
  for (const [instrument, keys] of touched.levels) {
    const units = marketUnits(state, instrument);
    const bids: Level[] = [];
    const asks: Level[] = [];
    for (const key of keys) {
      const side = key % 2;
      const price = (key - side) / 2;
      const row = findLevel(state, { instrument, side, price });
      const lots = row < 0 ? 0 : state.levels.lots.get(row);
      (side === SIDE.buy ? bids : asks).push([units.price(price), units.size(lots)]);
    }
    const checksum = checksumOf(state, instrument, units);
    messages.push(topics.update('book', units.name, bookBody(bids, asks, checksum)));
  }
  return messages;
}

export function bookSnapshot(topics: Topics, state: State, instrument: number): FeedMessage {
  const units = marketUnits(state, instrument);
  const bids = bestLevels(state, { instrument, side: SIDE.buy, count: SNAPSHOT_LEVELS }, units);
  const asks = bestLevels(state, { instrument, side: SIDE.sell, count: SNAPSHOT_LEVELS }, units);
  return topics.snapshot('book', units.name, bookBody(bids, asks, bookChecksum(bids, asks)));
}

function checksumOf(state: State, instrument: number, units: MarketUnits): number {
  const count = CHECKSUM_LEVELS;
  const bids = bestLevels(state, { instrument, side: SIDE.buy, count }, units);
  return bookChecksum(bids, bestLevels(state, { instrument, side: SIDE.sell, count }, units));
}

function bestLevels(
  state: State,
  query: { readonly instrument: number; readonly side: number; readonly count: number },
  units: MarketUnits,
): Level[] {
  const { price, lots, worse } = state.levels;
  const found: Level[] = [];
  let row = bestLevel(state, query.instrument, query.side);
  while (row >= 0 && found.length < query.count) {
    found.push([units.price(price.get(row)), units.size(lots.get(row))]);
    row = worse.get(row) - 1;
  }
  return found;
}

function bookBody(bids: readonly Level[], asks: readonly Level[], checksum: number): string {
  return `"bids":${levelsJson(bids)},"asks":${levelsJson(asks)},"checksum":${checksum}`;
}

/** Decimals need no escapes. */
function levelsJson(levels: readonly Level[]): string {
  return `[${levels.map(([price, size]) => `["${price}","${size}"]`).join(',')}]`;
}
