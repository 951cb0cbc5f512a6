import { broken } from '@plimsoll/core/math';
import type { BlockEvents } from './blockRow.ts';
import { encodeBlockRow } from './blockRow.ts';
import type { CommandPlace } from './historyReader.ts';
import { type HistoryMark, type HistoryTables, heightKey, putMark } from './historyTables.ts';
import { kindIdOf, topicsOf } from './topics.ts';

/** Places of a group: a group is read whole, and a page is 1,000 rows at most. */
const GROUP_MAX = 256;
const PLACE_BYTES = 8;
const KEY_BYTES = 13;
const DIGEST_BYTES = 32;
const DIGEST_KEY_BYTES = 16;
const TWO_24 = 16_777_216;
const TWO_32 = 4_294_967_296;

/** One block for the history. */
export interface HistoryBlock extends BlockEvents {
  readonly height: number;
  /** 32 bytes per command. */
  readonly digests: Uint8Array;
  /** 32 bytes. */
  readonly chainHash: Uint8Array;
}

/**
 * Blocks that are written together: places are gathered by topic, so that an account with fifty
 * events in a batch costs one write.
 */
export class PendingBatch {
  readonly first: number;
  readonly rows: Buffer[] = [];
  readonly #digests: Uint8Array[] = [];
  /** By topic key: height and (kind << 24 | index) of each event, in order. */
  readonly #places: Map<number, number[]> = new Map();
  #last: HistoryBlock | undefined;

  constructor(first: number) {
    this.first = first;
  }

  append(block: HistoryBlock): void {
    const { height, events } = block;
    this.rows.push(encodeBlockRow(block));
    this.#digests.push(block.digests);
    this.#last = block;
    let packed = 0;
    const add = (key: number): void => {
      const list = this.#places.get(key);
      if (list === undefined) this.#places.set(key, [height, packed]);
      else list.push(height, packed);
    };
    for (let index = 0; index < events.length; index++) {
      const event = events[index] as (typeof events)[number];
      packed = kindIdOf(event.kind) * TWO_24 + index;
      topicsOf(event, add);
    }
  }

  row(height: number): Buffer | undefined {
    return this.rows[height - this.first];
  }

  /** Heights and packed places of a topic, in turn. */
  placesOf(key: number): readonly number[] {
    return this.#places.get(key) ?? [];
  }

  find(digest: Uint8Array): CommandPlace | undefined {
    for (let i = 0; i < this.#digests.length; i++) {
      const digests = this.#digests[i] as Uint8Array;
      for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
        if (equalsAt(digests, at, digest)) {
          return { height: this.first + i, index: at / DIGEST_BYTES };
        }
      }
    }
    return undefined;
  }

  /** Puts everything, inside a batch of the environment, and tells how far it goes. */
  write(tables: HistoryTables, genesis: Pick<HistoryMark, 'format' | 'genesisHash'>): HistoryMark {
    this.rows.forEach((row, i) => {
      tables.blocks.put(heightKey(this.first + i), row);
    });
    for (const [key, places] of this.#places) putPlaces(tables, key, places);
    this.#digests.forEach((digests, i) => {
      putDigests(tables, digests, this.first + i);
    });
    const last = this.#last;
    if (last === undefined) broken('a batch that is written has a block', { first: this.first });
    const chainHash = Buffer.from(last.chainHash).toString('hex');
    const mark = { ...genesis, height: last.height, timeMs: last.timeMs, chainHash };
    putMark(tables, mark);
    return mark;
  }
}

function putPlaces(tables: HistoryTables, key: number, places: readonly number[]): void {
  for (let from = 0; from < places.length; from += GROUP_MAX * 2) {
    const count = Math.min(GROUP_MAX, (places.length - from) / 2);
    const value = Buffer.allocUnsafeSlow(count * PLACE_BYTES);
    for (let i = 0; i < count * 2; i++) {
      value.writeUInt32LE(places[from + i] as number, i * 4);
    }
    const height = places[from] as number;
    const index = (places[from + 1] as number) % TWO_24;
    tables.topics.put(placeKey(key, height, index), value);
  }
}

/** One buffer for the places of a block, since a view costs less than memory of its own. */
function putDigests(tables: HistoryTables, digests: Uint8Array, height: number): void {
  const count = digests.length / DIGEST_BYTES;
  const values = Buffer.allocUnsafeSlow(count * PLACE_BYTES);
  for (let i = 0; i < count; i++) {
    values.writeUInt32LE(height, i * PLACE_BYTES);
    values.writeUInt32LE(i, i * PLACE_BYTES + 4);
    tables.digests.put(
      digestKey(digests, i * DIGEST_BYTES),
      values.subarray(i * PLACE_BYTES, (i + 1) * PLACE_BYTES),
    );
  }
}

export function digestKey(digests: Uint8Array, at = 0): Buffer {
  return Buffer.from(digests.buffer, digests.byteOffset + at, DIGEST_KEY_BYTES);
}

/** Where the group begins whose first place is this one. */
export function placeKey(key: number, height: number, index: number): Buffer {
  const bytes = Buffer.allocUnsafe(KEY_BYTES);
  bytes[0] = Math.floor(key / TWO_32);
  bytes.writeUInt32BE(key % TWO_32, 1);
  bytes.writeUInt32BE(height, 5);
  bytes.writeUInt32BE(index, 9);
  return bytes;
}

function equalsAt(bytes: Uint8Array, at: number, other: Uint8Array): boolean {
  for (let i = 0; i < DIGEST_BYTES; i++) if (bytes[at + i] !== other[i]) return false;
  return true;
}
