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

/** The tree over 64-byte chunks of bytes, the last one zero-padded, with the length beside it. */
export function digest(hashPairs: HashPairs, bytes: Uint8Array): Uint8Array {
  let count = Math.max(1, Math.ceil(bytes.length / 64));
  // Whole chunks are hashed where they lie, and levels from one buffer to the other and back: a
  // snapshot is hundreds of megabytes. One node more, so that an odd one is paired with zeros.
  let nodes = new Uint8Array((count + 1) * 32);
  let above = new Uint8Array(((count + 1) >> 1) * 32 + 32);
  const whole = Math.floor(bytes.length / 64);
  if (whole > 0) hashPairs(bytes, nodes, whole);
  if (whole < count) {
    const last = new Uint8Array(64);
    last.set(bytes.subarray(whole * 64));
    hashPairs(last, nodes.subarray(whole * 32), 1);
  }
  while (count > 1) {
    nodes.fill(0, count * 32, (count + 1) * 32);
    count = (count + 1) >> 1;
    hashPairs(nodes, above, count);
    [nodes, above] = [above, nodes];
  }
  const length = new Uint8Array(32);
  new DataView(length.buffer).setFloat64(0, bytes.length, true);
  return hashTwo(hashPairs, nodes.subarray(0, 32), length);
}
