import { createHash } from 'node:crypto';
import type { Refusal } from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import {
  type Block,
  ByteWriter,
  type CommandResult,
  decodeBlock,
  decodeResults,
  encodeBlock,
  encodeResults,
  isMalformed,
} from '@plimsoll/core/schema';

/** One signature of a publisher and how many observations of the block it is over, in order. */
export interface SignedObservations {
  readonly signature: Uint8Array;
  readonly digest: Uint8Array;
  readonly count: number;
}

/** Everything of a block that is stored: what came in with its signatures, and what came of it. */
export interface BlockRecord {
  readonly block: Block;
  /** 32 bytes per command. */
  readonly digests: Uint8Array;
  /** 65 bytes per command. */
  readonly signatures: Uint8Array;
  readonly prices: readonly SignedObservations[];
  readonly results: readonly CommandResult[];
  readonly observationCodes: readonly number[];
  readonly refusals: readonly Refusal[];
  /** The machine's chained hash after the block, 32 bytes. */
  readonly chainHash: Uint8Array;
  /** The state root, 32 bytes, in blocks in which one was due. */
  readonly root?: Uint8Array | undefined;
}

/** The bytes of a record are not those that were written. */
export class DamagedRecordError extends PlimsollError {}

const MAGIC = 0x504c4252; // 'PLBR'
const FORMAT = 1;
const CHECK_BYTES = 16;
const ROOT_FLAG_AT = 8 + CHECK_BYTES + 32 + 32;
const FIXED_BYTES = 8 + CHECK_BYTES + 32 + 32 + 1 + 7 * 4;
const DIGEST_BYTES = 32;
export const SIGNATURE_BYTES = 65;

const blockWriter = new ByteWriter(1 << 16);
const resultsWriter = new ByteWriter(1 << 12);

/** The value of a block in the store. Spec: nodeStore 2. */
export function encodeRecord(record: BlockRecord): Uint8Array {
  const block = encodeBlock(record.block, blockWriter);
  const results = encodeResults(record.results, resultsWriter);
  const refusals = Buffer.from(refusalsJson(record.refusals));
  const codes = Buffer.alloc(record.observationCodes.length * 2);
  record.observationCodes.forEach((code, i) => {
    codes.writeUInt16LE(code, i * 2);
  });
  const prices = Buffer.alloc(record.prices.length * (SIGNATURE_BYTES + DIGEST_BYTES + 4));
  record.prices.forEach((each, i) => {
    const at = i * (SIGNATURE_BYTES + DIGEST_BYTES + 4);
    prices.set(each.signature, at);
    prices.set(each.digest, at + SIGNATURE_BYTES);
    prices.writeUInt32LE(each.count, at + SIGNATURE_BYTES + DIGEST_BYTES);
  });
  const parts = [block, results, record.digests, record.signatures, prices, codes, refusals];
  const bytes = Buffer.alloc(parts.reduce((sum, part) => sum + part.length, FIXED_BYTES));
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32LE(FORMAT, 4);
  let at = 8 + CHECK_BYTES;
  bytes.set(record.chainHash, at);
  if (record.root !== undefined) bytes.set(record.root, at + 32);
  at = bytes.writeUInt8(record.root === undefined ? 0 : 1, at + 64);
  for (const part of parts) at = bytes.writeUInt32LE(part.length, at);
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(checksum(bytes), 8);
  return bytes;
}

/** Whether a record says that it has a root, before anything of it was compared. */
export function saysRoot(stored: Uint8Array): boolean {
  return stored[ROOT_FLAG_AT] === 1;
}

/**
 * @throws DamagedRecordError when the bytes are not a whole record: cut off, flipped, or of another
 * format.
 */
export function decodeRecord(stored: Uint8Array): BlockRecord {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.length);
  if (bytes.length < FIXED_BYTES) damaged('it is cut off', { bytes: bytes.length });
  if (bytes.readUInt32BE(0) !== MAGIC) damaged('it does not begin like a block', {});
  const format = bytes.readUInt32LE(4);
  if (format !== FORMAT) damaged('it is of another format', { format, known: FORMAT });
  if (!checksum(bytes).equals(bytes.subarray(8, 8 + CHECK_BYTES))) {
    damaged('its bytes do not match their checksum', { bytes: bytes.length });
  }
  let at = 8 + CHECK_BYTES;
  const chainHash = bytes.subarray(at, at + 32);
  const root = bytes[at + 64] === 1 ? bytes.subarray(at + 32, at + 64) : undefined;
  at += 65;
  const lengths = Array.from({ length: 7 }, (_, i) => bytes.readUInt32LE(at + i * 4));
  at += 28;
  const parts = lengths.map((length) => {
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  });
  const [blockBytes, resultBytes, digests, signatures, prices, codes, refusals] = parts as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const block = decodeBlock(blockBytes);
  const results = decodeResults(resultBytes);
  if (isMalformed(block)) damaged('its block does not decode', { at: block.offset });
  if (isMalformed(results)) damaged('its results do not decode', { at: results.offset });
  return {
    block,
    digests,
    signatures,
    prices: pricesOf(prices),
    results,
    observationCodes: Array.from({ length: codes.length / 2 }, (_, i) => codes.readUInt16LE(i * 2)),
    refusals: JSON.parse(refusals.toString()) as Refusal[],
    chainHash,
    root,
  };
}

function pricesOf(bytes: Buffer): SignedObservations[] {
  const each = SIGNATURE_BYTES + DIGEST_BYTES + 4;
  return Array.from({ length: bytes.length / each }, (_, i) => ({
    signature: bytes.subarray(i * each, i * each + SIGNATURE_BYTES),
    digest: bytes.subarray(i * each + SIGNATURE_BYTES, (i + 1) * each - 4),
    count: bytes.readUInt32LE((i + 1) * each - 4),
  }));
}

/** Figures may be bigints: they are read by people, and become text. */
function refusalsJson(refusals: readonly Refusal[]): string {
  return JSON.stringify(refusals, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

function checksum(bytes: Buffer): Buffer {
  const hash = createHash('sha256').update(bytes.subarray(0, 8));
  return hash
    .update(bytes.subarray(8 + CHECK_BYTES))
    .digest()
    .subarray(0, CHECK_BYTES);
}

function damaged(what: string, facts: { readonly [fact: string]: string | number }): never {
  throw new DamagedRecordError({
    code: 'RECORD_DAMAGED',
    message: `a stored block cannot be read: ${what}`,
    facts,
  });
}
