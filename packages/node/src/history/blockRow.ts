import { assert, broken } from '@plimsoll/core/math';
import {
  ByteWriter,
  decodeEvent,
  type Event,
  type EventKind,
  encodeEvent,
  isMalformed,
} from '@plimsoll/core/schema';
import type { HistoryEvent } from './historyReader.ts';
import { kindIdOf } from './topics.ts';

// The events of one block as bytes: time f64, count u32, then for each event where it ends u32, and
// its kind u8 with its command u24 (0: none, else command + 1); then the events. So that one event
// is read without the others.

const HEAD_BYTES = 12;
const ENTRY_BYTES = 8;
const TWO_24 = 16_777_216;

const writer = new ByteWriter(256);
let scratch: Buffer = Buffer.alloc(1 << 16);

/** What a block did, as the machine's outcome tells it. */
export interface BlockEvents {
  readonly timeMs: number;
  readonly events: readonly Event[];
  /** Two per command: where its events begin, and where they end. */
  readonly eventSpans: Int32Array;
}

export function encodeBlockRow(block: BlockEvents): Buffer {
  const { events, eventSpans, timeMs } = block;
  assert(events.length < TWO_24, 'a block has fewer than 2^24 events', { count: events.length });
  const bodyAt = HEAD_BYTES + events.length * ENTRY_BYTES;
  reserve(bodyAt, 0);
  let at = bodyAt;
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as Event;
    const bytes = encodeEvent(event, writer);
    reserve(at + bytes.length, at);
    scratch.set(bytes, at);
    at += bytes.length;
    const entry = HEAD_BYTES + i * ENTRY_BYTES;
    scratch.writeUInt32LE(at - bodyAt, entry);
    scratch.writeUInt32LE(kindIdOf(event.kind) * TWO_24, entry + 4);
  }
  scratch.writeDoubleLE(timeMs, 0);
  scratch.writeUInt32LE(events.length, 8);
  for (let span = 0; span < eventSpans.length; span += 2) {
    const end = eventSpans[span + 1] as number;
    for (let i = eventSpans[span] as number; i < end; i++) {
      const entry = HEAD_BYTES + i * ENTRY_BYTES + 4;
      scratch.writeUInt32LE(scratch.readUInt32LE(entry) + span / 2 + 1, entry);
    }
  }
  return Buffer.from(scratch.subarray(0, at));
}

export function timeOfRow(row: Buffer): number {
  return row.readDoubleLE(0);
}

export function countOfRow(row: Buffer): number {
  return row.readUInt32LE(8);
}

export function kindIdInRow(row: Buffer, index: number): number {
  return row[HEAD_BYTES + index * ENTRY_BYTES + 7] as number;
}

/** The caller knows the kinds that stand there. */
export function eventInRow<K extends EventKind>(
  row: Buffer,
  height: number,
  index: number,
): HistoryEvent<K> {
  const entry = HEAD_BYTES + index * ENTRY_BYTES;
  const bodyAt = HEAD_BYTES + countOfRow(row) * ENTRY_BYTES;
  const start = index === 0 ? 0 : row.readUInt32LE(entry - ENTRY_BYTES);
  const event = decodeEvent(row.subarray(bodyAt + start, bodyAt + row.readUInt32LE(entry)));
  if (isMalformed(event)) broken('what the history wrote, it can read', { height, index });
  const command = (row.readUInt32LE(entry + 4) % TWO_24) - 1;
  const known = event as HistoryEvent<K>['event'];
  return { height, timeMs: timeOfRow(row), index, command, event: known };
}

function reserve(bytes: number, used: number): void {
  if (bytes <= scratch.length) return;
  const grown = Buffer.alloc(Math.max(bytes, scratch.length * 2));
  grown.set(scratch.subarray(0, used));
  scratch = grown;
}
