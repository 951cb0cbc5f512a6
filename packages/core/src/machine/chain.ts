import {
  type Block,
  ByteWriter,
  type CommandResult,
  encodeBlock,
  encodeResults,
  observationProblem,
  rejections,
} from '../schema/index.ts';
import type { Machine } from './genesis.ts';
import { type HashPairs, hashTwo } from './roots/hash.ts';

/** Buffers that are written anew for every block; they hold nothing between blocks. */
export interface ChainBuffers {
  readonly block: ByteWriter;
  readonly results: ByteWriter;
}

export function createChainBuffers(): ChainBuffers {
  return { block: new ByteWriter(1 << 16), results: new ByteWriter(1 << 12) };
}

/**
 * H(H(previous ‖ block) ‖ results): what was asked and what came of it, chained. What is not in the
 * canonical form has no bytes: it stands for nothing but its refusal. Spec: roots 6.
 */
export function chainBlock(
  machine: Machine,
  block: Block,
  results: readonly CommandResult[],
): void {
  const { state, hashPairs, buffers } = machine;
  const sound = {
    height: block.height,
    timeMs: block.timeMs,
    version: block.version,
    observations: block.observations.filter((each) => observationProblem(each) === undefined),
    commands: block.commands.filter((_, i) => results[i]?.code !== rejections.malformed.code),
  };
  const asked = digest(hashPairs, encodeBlock(sound, buffers.block));
  const came = digest(hashPairs, encodeResults(results, buffers.results));
  const { chainHash } = state.machine;
  const previous = chainHashOf(machine);
  const next = hashTwo(hashPairs, hashTwo(hashPairs, previous, asked), came);
  const words = new DataView(next.buffer);
  for (let word = 0; word < 8; word++) chainHash.set(word, words.getUint32(word * 4));
}

/** The hash chained over all blocks so far, 32 bytes. */
export function chainHashOf(machine: Machine): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  const { chainHash } = machine.state.machine;
  for (let word = 0; word < 8; word++) view.setUint32(word * 4, chainHash.get(word));
  return bytes;
}

/** Leaves of a part that is hashed in one piece; a power of two. */
const PART_LEAVES = 1 << 14;

/**
 * The tree over 64-byte chunks of bytes, the last one zero-padded, with the length beside it.
 * Subtree by subtree, in buffers that stay in the cache: a snapshot is hundreds of megabytes.
 */
export function digest(hashPairs: HashPairs, bytes: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(bytes.length / 64));
  const parts = Math.ceil(count / PART_LEAVES);
  const room = createRoom(Math.min(count, PART_LEAVES));
  const tops = new Uint8Array((parts + 1) * 32);
  for (let part = 0; part < parts; part++) {
    const from = part * PART_LEAVES;
    const end = Math.min(count, from + PART_LEAVES);
    const node = foldPart(hashPairs, room, bytes.subarray(from * 64, end * 64));
    // The last part is shorter: where there are others its tree is as high as theirs.
    const isLifted = parts > 1;
    tops.set(isLifted ? lifted(hashPairs, node, end - from) : node, part * 32);
  }
  const top = fold(hashPairs, { nodes: tops, above: new Uint8Array((parts + 3) * 16) }, parts);
  const length = new Uint8Array(32);
  new DataView(length.buffer).setFloat64(0, bytes.length, true);
  return hashTwo(hashPairs, top, length);
}

interface Room {
  readonly nodes: Uint8Array;
  readonly above: Uint8Array;
}

/** One node more than leaves, so that an odd one is paired with zeros. */
function createRoom(leaves: number): Room {
  return {
    nodes: new Uint8Array((leaves + 1) * 32),
    above: new Uint8Array(((leaves + 1) >> 1) * 32 + 32),
  };
}

/** The root over the chunks of a part. */
function foldPart(hashPairs: HashPairs, room: Room, bytes: Uint8Array): Uint8Array {
  const whole = Math.floor(bytes.length / 64);
  const count = Math.max(1, Math.ceil(bytes.length / 64));
  // Whole chunks are hashed where they lie.
  if (whole > 0) hashPairs(bytes, room.nodes, whole);
  if (whole < count) {
    const last = new Uint8Array(64);
    last.set(bytes.subarray(whole * 64));
    hashPairs(last, room.nodes.subarray(whole * 32), 1);
  }
  return fold(hashPairs, room, count);
}

/** Halves the nodes, from one buffer to the other and back, until one is left. */
function fold(hashPairs: HashPairs, room: Room, leaves: number): Uint8Array {
  let { nodes, above } = room;
  let count = leaves;
  while (count > 1) {
    nodes.fill(0, count * 32, (count + 1) * 32);
    count = (count + 1) >> 1;
    hashPairs(nodes, above, count);
    [nodes, above] = [above, nodes];
  }
  return nodes.slice(0, 32);
}

/** The node above a part of so many leaves on the level of whole parts: paired with zeros. */
function lifted(hashPairs: HashPairs, node: Uint8Array, leaves: number): Uint8Array {
  let width = 1;
  while (width < leaves) width *= 2;
  let found = node;
  for (; width < PART_LEAVES; width *= 2) found = hashTwo(hashPairs, found, new Uint8Array(32));
  return found;
}
