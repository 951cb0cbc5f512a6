import type { EventPlace } from './cursor.ts';
import type { HistoryTables } from './historyTables.ts';
import { type PendingBatch, placeKey } from './pendingBatch.ts';

const TWO_24 = 16_777_216;
const PLACE_BYTES = 8;
/** Beyond any place. */
export const LAST_PLACE: EventPlace = { height: 4_294_967_295, index: 4_294_967_295 };
export const FIRST_PLACE: EventPlace = { height: 0, index: 0 };

/** Where an event stands, and of what kind it is. */
export interface KindPlace extends EventPlace {
  readonly kindId: number;
}

/** What is read: the tables up to a height, then batches that are being written or filled. */
export interface PlaceSources {
  readonly tables: HistoryTables;
  /** Up to here the tables are read. */
  readonly storedHeight: number;
  /** Oldest first. */
  readonly batches: readonly PendingBatch[];
}

export type PageOrder = 'newestFirst' | 'oldestFirst';

/** Both bounds included. */
export interface PlaceRange {
  readonly from: EventPlace;
  readonly to: EventPlace;
}

export function isBefore(a: EventPlace, b: EventPlace): boolean {
  return a.height < b.height || (a.height === b.height && a.index < b.index);
}

/** Places of several topics in one order; a place that stands under two of them comes once. */
export function* placesOf(
  sources: PlaceSources,
  keys: readonly number[],
  what: { readonly order: PageOrder; readonly range: PlaceRange },
): Generator<KindPlace> {
  const isNewest = what.order === 'newestFirst';
  const heads = keys.map((key) => {
    const places = isNewest
      ? newestFirst(sources, key, what.range)
      : oldestFirst(sources, key, what.range);
    return { places, next: places.next() };
  });
  let last: KindPlace | undefined;
  for (;;) {
    let best: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done === true) continue;
      if (best === undefined || best.next.done === true) best = head;
      else {
        const [a, b] = isNewest
          ? [best.next.value, head.next.value]
          : [head.next.value, best.next.value];
        if (isBefore(a, b)) best = head;
      }
    }
    if (best === undefined || best.next.done === true) return;
    const place = best.next.value;
    if (last?.height !== place.height || last.index !== place.index) yield place;
    last = place;
    best.next = best.places.next();
  }
}

function* oldestFirst(
  { tables, storedHeight, batches }: PlaceSources,
  key: number,
  { from, to }: PlaceRange,
): Generator<KindPlace> {
  // The group that holds `from` begins at or before it.
  const [before] = [
    ...tables.topics.getKeys({
      start: placeKey(key, from.height, from.index),
      end: placeKey(key, 0, 0),
      reverse: true,
      limit: 1,
    }),
  ];
  const start = before ?? placeKey(key, 0, 0);
  const end = placeKey(key + 1, 0, 0);
  for (const { value } of tables.topics.getRange({ start, end })) {
    for (let at = 0; at < value.length; at += PLACE_BYTES) {
      const place = placeAt(value, at);
      if (place.height > storedHeight || isBefore(to, place)) break;
      if (!isBefore(place, from)) yield place;
    }
    if (isBefore(to, placeAt(value, value.length - PLACE_BYTES))) return;
  }
  for (const batch of batches) {
    const places = batch.placesOf(key);
    for (let i = 0; i < places.length; i += 2) {
      const place = placeIn(places, i);
      if (isBefore(to, place)) return;
      if (!isBefore(place, from)) yield place;
    }
  }
}

function* newestFirst(
  { tables, storedHeight, batches }: PlaceSources,
  key: number,
  { from, to }: PlaceRange,
): Generator<KindPlace> {
  for (const batch of [...batches].reverse()) {
    const places = batch.placesOf(key);
    for (let i = places.length - 2; i >= 0; i -= 2) {
      const place = placeIn(places, i);
      if (isBefore(place, from)) return;
      if (!isBefore(to, place)) yield place;
    }
  }
  const start = placeKey(key, to.height, to.index);
  const end = placeKey(key, 0, 0);
  for (const { value } of tables.topics.getRange({ start, end, reverse: true })) {
    for (let at = value.length - PLACE_BYTES; at >= 0; at -= PLACE_BYTES) {
      const place = placeAt(value, at);
      if (isBefore(place, from)) return;
      if (place.height <= storedHeight && !isBefore(to, place)) yield place;
    }
  }
}

function placeAt(value: Buffer, at: number): KindPlace {
  return placeFrom(value.readUInt32LE(at), value.readUInt32LE(at + 4));
}

function placeIn(places: readonly number[], i: number): KindPlace {
  return placeFrom(places[i] as number, places[i + 1] as number);
}

function placeFrom(height: number, packed: number): KindPlace {
  return { height, index: packed % TWO_24, kindId: Math.floor(packed / TWO_24) };
}
