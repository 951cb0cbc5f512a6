import { createHash } from 'node:crypto';
import type { ArrivedCommand } from '../parts.ts';

/** A deposit as it lies in the journal. */
export interface StoredDeposit {
  readonly id: number;
  readonly command: ArrivedCommand;
}

/** What a journal holds, and what is wrong with it. */
export interface ReadJournal {
  /** In the order in which they were put. */
  readonly deposits: ReadonlyMap<number, ArrivedCommand>;
  /** Absent: every byte is as it was written. */
  readonly fault?: JournalFault;
}

export interface JournalFault {
  readonly reason: string;
  readonly atByte: number;
  /** As a process leaves it that dies while it writes: what it lacks was not acknowledged. */
  readonly isTorn: boolean;
}

const MAGIC = 0x504c4450;
const FORMAT = 1;
export const HEADER_BYTES = 8;
/** Length of the payload and its checksum, before it. */
const FRAME_BYTES = 20;
const CHECKSUM_BYTES = 16;
const ID_BYTES = 8;
const SIGNATURE_BYTES = 65;
const PUT = 1;
const REMOVE = 2;
/** Bytes of the longest body that is kept. */
export const BODY_BYTES_MAX = 2_048;
const PAYLOAD_BYTES_MIN = 1 + ID_BYTES;
const PAYLOAD_BYTES_MAX = PAYLOAD_BYTES_MIN + SIGNATURE_BYTES + BODY_BYTES_MAX;

export function encodeHeader(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32BE(MAGIC);
  bytes.writeUInt32LE(FORMAT, 4);
  return bytes;
}

/** It lies there from now on, in the place of the one with its id. */
export function encodePut({ id, command }: StoredDeposit): Buffer {
  return framed(PUT, id, [command.signature, command.body]);
}

/** It lies there no more. */
export function encodeRemove(id: number): Buffer {
  return framed(REMOVE, id, []);
}

function framed(kind: number, id: number, parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(PAYLOAD_BYTES_MIN);
  head[0] = kind;
  head.writeBigUInt64LE(BigInt(id), 1);
  const payload = Buffer.concat([head, ...parts]);
  const frame = Buffer.alloc(FRAME_BYTES);
  frame.writeUInt32LE(payload.length);
  checksumOf(payload).copy(frame, 4);
  return Buffer.concat([frame, payload]);
}

function checksumOf(payload: Uint8Array): Buffer {
  return createHash('sha256').update(payload).digest().subarray(0, CHECKSUM_BYTES);
}

/** Reads a journal to its end, or to the first byte that is not as it was written. */
export function readJournal(bytes: Buffer): ReadJournal {
  const deposits = new Map<number, ArrivedCommand>();
  const isJournal =
    bytes.length >= HEADER_BYTES &&
    bytes.readUInt32BE(0) === MAGIC &&
    bytes.readUInt32LE(4) === FORMAT;
  if (!isJournal) {
    const reason = 'it does not begin like a journal';
    return { deposits, fault: { reason, atByte: 0, isTorn: false } };
  }
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const payload = payloadAt(bytes, at);
    if ('reason' in payload) return { deposits, fault: payload };
    take(deposits, payload);
    at += FRAME_BYTES + payload.length;
  }
  return { deposits };
}

function payloadAt(bytes: Buffer, at: number): Buffer | JournalFault {
  const cut = { reason: 'its last record is cut off', atByte: at, isTorn: true };
  if (at + FRAME_BYTES > bytes.length) return cut;
  const length = bytes.readUInt32LE(at);
  const begin = at + FRAME_BYTES;
  if (length < PAYLOAD_BYTES_MIN || length > PAYLOAD_BYTES_MAX) {
    const isTorn = bytes.subarray(at).every((byte) => byte === 0);
    return { reason: `a record is said to have ${length} bytes`, atByte: at, isTorn };
  }
  if (begin + length > bytes.length) return cut;
  const payload = bytes.subarray(begin, begin + length);
  if (checksumOf(payload).equals(bytes.subarray(at + 4, begin))) return payload;
  return { reason: 'a record has another checksum', atByte: at, isTorn: false };
}

function take(deposits: Map<number, ArrivedCommand>, payload: Buffer): void {
  const id = Number(payload.readBigUInt64LE(1));
  const isPut = payload[0] === PUT;
  deposits.delete(id);
  if (!isPut || payload.length <= PAYLOAD_BYTES_MIN + SIGNATURE_BYTES) return;
  const body = PAYLOAD_BYTES_MIN + SIGNATURE_BYTES;
  deposits.set(id, {
    signature: Uint8Array.from(payload.subarray(PAYLOAD_BYTES_MIN, body)),
    body: Uint8Array.from(payload.subarray(body)),
    withEvents: false,
  });
}
