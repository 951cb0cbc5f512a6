import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import {
  applyBlock,
  type BlockOutcome,
  chainHashOf,
  createMachine,
  type Genesis,
  type HashPairs,
  hex,
  type Machine,
  rootNow,
} from '@plimsoll/core/machine';
import { PlimsollError } from '@plimsoll/core/math';
import {
  type Block,
  ByteWriter,
  decodeBlock,
  encodeBlock,
  isMalformed,
} from '@plimsoll/core/schema';

// A run written down so that anybody can play it again: the genesis, then every block in canonical
// bytes with the chained hash after it, and the state root where one was due. Spec: scenario 11.

const MAGIC = 'PLMR';
const FORMAT = 1;
const HAS_ROOT = 1;
const END = 255;
const HASH_BYTES = 32;
/** Magic, format, length of the header, its SHA-256. */
const HEADER_AT = 12 + HASH_BYTES;

/** What stands in front of the blocks. */
export interface ReplayHeader {
  readonly name: string;
  readonly seed: number;
  readonly genesisRoot: string;
  readonly genesis: Genesis;
}

/** The bytes of a replay file are not what a run writes, or what it did is not what they say. */
export class ReplayError extends PlimsollError {
  constructor(what: string, at: { readonly block?: number; readonly offset: number }) {
    const place = at.block === undefined ? '' : `block ${at.block}, `;
    super({ code: 'REPLAY_FAILED', message: `${place}at byte ${at.offset}: ${what}` });
  }
}

/** Writes a run down, block by block. */
export class ReplayWriter {
  readonly #file: number;
  readonly #writer: ByteWriter = new ByteWriter(1 << 16);
  #count = 0;
  #chain: Uint8Array = new Uint8Array(HASH_BYTES);

  constructor(path: string, header: ReplayHeader) {
    const json = new TextEncoder().encode(JSON.stringify(header));
    const front = new Uint8Array(HEADER_AT);
    front.set(new TextEncoder().encode(MAGIC));
    front.set(digestOf(json), 12);
    const view = new DataView(front.buffer);
    view.setUint32(4, FORMAT, true);
    view.setUint32(8, json.length, true);
    this.#file = openSync(path, 'w');
    writeSync(this.#file, front);
    writeSync(this.#file, json);
  }

  /** Appends a block that was applied just now. */
  add(block: Block, outcome: BlockOutcome, machine: Machine): void {
    const bytes = encodeBlock(block, this.#writer);
    const root = outcome.root?.root;
    const record = new Uint8Array(5 + bytes.length + HASH_BYTES + (root?.length ?? 0));
    new DataView(record.buffer).setUint32(0, bytes.length, true);
    record[4] = root === undefined ? 0 : HAS_ROOT;
    record.set(bytes, 5);
    this.#chain = chainHashOf(machine);
    record.set(this.#chain, 5 + bytes.length);
    if (root !== undefined) record.set(root, 5 + bytes.length + HASH_BYTES);
    writeSync(this.#file, record);
    this.#count += 1;
  }

  close(): void {
    const record = new Uint8Array(13 + HASH_BYTES);
    record[4] = END;
    new DataView(record.buffer).setFloat64(5, this.#count, true);
    record.set(this.#chain, 13);
    writeSync(this.#file, record);
    closeSync(this.#file);
  }
}

/** What a replay found; it throws when anything does not agree. */
export interface ReplayReport {
  readonly header: ReplayHeader;
  readonly blockCount: number;
  readonly rootCount: number;
  readonly commandCount: number;
  readonly chain: string;
  /** The root of the state after the last block. */
  readonly finalRoot: string;
}

export interface ReplayOptions {
  readonly hashPairs?: HashPairs;
  /** Blocks done of all; 0 when the file does not say how many there are. */
  readonly onProgress?: (blocksDone: number, blockCount: number) => void;
}

/**
 * Plays a replay file from its genesis and compares every chained hash and every root.
 *
 * @throws ReplayError where the file is damaged or the first block that does not agree.
 */
export function replayFile(path: string, options: ReplayOptions = {}): ReplayReport {
  const bytes = readFileSync(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(bytes, view);
  const machine = createMachine(
    header.value.genesis,
    options.hashPairs === undefined ? {} : { hashPairs: options.hashPairs },
  );
  const genesisRoot = hex(rootNow(machine).root);
  if (genesisRoot !== header.value.genesisRoot) {
    throw new ReplayError(
      `the genesis has root ${genesisRoot}, the file says ${header.value.genesisRoot}`,
      { offset: HEADER_AT },
    );
  }
  const counts = { blocks: 0, roots: 0, commands: 0 };
  const blockCount = statedCount(view);
  let at = header.end;
  for (;;) {
    if (at + 5 > bytes.length) damaged('the file ends before its end mark', at);
    const length = view.getUint32(at, true);
    const flags = view.getUint8(at + 4);
    if (flags === END) break;
    if (flags > HAS_ROOT) damaged(`a record has unknown flags ${flags}`, at);
    const end = at + 5 + length + HASH_BYTES * (flags === HAS_ROOT ? 2 : 1);
    if (end > bytes.length) damaged('the file ends within a block', at);
    const record = { at, bytes: bytes.subarray(at + 5, end), length, hasRoot: flags === HAS_ROOT };
    counts.commands += replayBlock(machine, record, counts.blocks + 1);
    counts.blocks += 1;
    if (record.hasRoot) counts.roots += 1;
    at = end;
    options.onProgress?.(counts.blocks, blockCount);
  }
  checkEnd(bytes, view, { at, blocks: counts.blocks, chain: chainHashOf(machine) });
  return {
    header: header.value,
    blockCount: counts.blocks,
    rootCount: counts.roots,
    commandCount: counts.commands,
    chain: hex(chainHashOf(machine)),
    finalRoot: hex(rootNow(machine).root),
  };
}

/** How many blocks the end mark says there are, before it is known to be one. */
function statedCount(view: DataView): number {
  const count = view.getFloat64(view.byteLength - HASH_BYTES - 8, true);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function damaged(what: string, offset: number): never {
  throw new ReplayError(`not a whole replay file: ${what}`, { offset });
}

function readHeader(
  bytes: Uint8Array,
  view: DataView,
): { readonly value: ReplayHeader; readonly end: number } {
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  if (bytes.length < HEADER_AT || magic !== MAGIC) damaged('it does not begin like one', 0);
  const format = view.getUint32(4, true);
  if (format !== FORMAT) damaged(`it has format ${format}, this program reads ${FORMAT}`, 4);
  const end = HEADER_AT + view.getUint32(8, true);
  if (end > bytes.length) damaged('its header is cut off', 8);
  const json = bytes.subarray(HEADER_AT, end);
  const isWhole = hex(digestOf(json)) === hex(bytes.subarray(12, HEADER_AT));
  if (!isWhole) damaged('its header does not match its digest', HEADER_AT);
  return { value: JSON.parse(new TextDecoder().decode(json)) as ReplayHeader, end };
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

interface BlockRecord {
  readonly at: number;
  /** The block, the chained hash, and the root if there is one. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly hasRoot: boolean;
}

/** Applies one block and compares; returns how many commands it had. */
function replayBlock(machine: Machine, record: BlockRecord, number: number): number {
  const { length } = record;
  const place = { block: number, offset: record.at };
  const block = decodeBlock(record.bytes.slice(0, length));
  if (isMalformed(block)) {
    throw new ReplayError(`the file is damaged: ${block.malformed}`, {
      block: number,
      offset: record.at + 5 + block.offset,
    });
  }
  const outcome = applyBlock(machine, block);
  if (outcome.code !== 0) throw new ReplayError(`the block is refused with ${outcome.code}`, place);
  const chain = hex(chainHashOf(machine));
  const wanted = hex(record.bytes.subarray(length, length + HASH_BYTES));
  if (chain !== wanted) {
    throw new ReplayError(`the chained hash is ${chain}, the file says ${wanted}`, place);
  }
  if (record.hasRoot !== (outcome.root !== undefined)) {
    throw new ReplayError(`a root is ${record.hasRoot ? 'not ' : ''}due here`, place);
  }
  if (outcome.root === undefined) return block.commands.length;
  const root = hex(outcome.root.root);
  const wantedRoot = hex(record.bytes.subarray(length + HASH_BYTES));
  if (root !== wantedRoot) {
    throw new ReplayError(`the root is ${root}, the file says ${wantedRoot}`, place);
  }
  return block.commands.length;
}

function checkEnd(
  bytes: Uint8Array,
  view: DataView,
  run: { readonly at: number; readonly blocks: number; readonly chain: Uint8Array },
): void {
  const { at, blocks, chain } = run;
  if (bytes.length !== at + 13 + HASH_BYTES) damaged('its end mark is not the end', at);
  const count = view.getFloat64(at + 5, true);
  if (count !== blocks) damaged(`it has ${blocks} blocks, its end mark says ${count}`, at);
  if (hex(bytes.subarray(at + 13)) !== hex(chain)) damaged('its end mark has another hash', at);
}
