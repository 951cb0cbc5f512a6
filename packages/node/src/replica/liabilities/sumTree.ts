import type { HashPairs } from '@plimsoll/core/machine';
import type { AssetLeaves } from './assetLeaves.ts';

/** Words of a hash, of the sums of a node (claims and debts of 4 words each), and of a chunk. */
const HASH_WORDS = 8;
const SUM_WORDS = 8;
const CHUNK_WORDS = 16;
/** Nodes hashed in one call: a few milliseconds at most between two pauses. */
const BATCH = 4_096;
const TWO_32 = 4_294_967_296;

/** One level: nodes with something under them, ascending by index; all others are empty. */
interface Level {
  readonly count: number;
  readonly indexes: Int32Array;
  readonly hashes: Uint32Array;
  readonly sums: Uint32Array;
}

/** A node as bytes: its hash, and claims and debts of 16 bytes each, little-endian. */
export interface NodeBytes {
  readonly hash: Uint8Array;
  readonly sums: Uint8Array;
}

/** A tree over one asset's leaves by account number. Spec: liabilities 2 and 3. */
export interface SumTree {
  readonly asset: number;
  /** Leaves first. */
  readonly levels: readonly Level[];
}

export interface BuildOptions {
  readonly asset: number;
  /** Levels above the leaves. */
  readonly depth: number;
  readonly hashPairs: HashPairs;
  /** Called between batches: where the builder lets others go on. */
  readonly pause: () => Promise<void>;
}

/** Builds level by level in batches; what is empty costs nothing. */
export async function buildSumTree(leaves: AssetLeaves, options: BuildOptions): Promise<SumTree> {
  const levels: Level[] = [await hashLeaves(leaves, options)];
  for (let level = 0; level < options.depth; level++) {
    levels.push(await hashParents(levels[level] as Level, options));
  }
  return { asset: options.asset, levels };
}

/** The top of the tree; undefined when nobody claims or owes. */
export function topNode(tree: SumTree): NodeBytes | undefined {
  return nodeAt(tree, tree.levels.length - 1, 0);
}

/** The node at an index of a level; undefined: an empty one. */
export function nodeAt(tree: SumTree, level: number, index: number): NodeBytes | undefined {
  const { count, indexes, hashes, sums } = tree.levels[level] as Level;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((indexes[middle] as number) < index) low = middle + 1;
    else high = middle;
  }
  if (low >= count || indexes[low] !== index) return undefined;
  return {
    hash: bytesOf(hashes, low * HASH_WORDS, HASH_WORDS),
    sums: bytesOf(sums, low * SUM_WORDS, SUM_WORDS),
  };
}

async function hashLeaves(leaves: AssetLeaves, options: BuildOptions): Promise<Level> {
  const { count } = leaves;
  const indexes = leaves.accounts.slice(0, count);
  const sums = leaves.sums.slice(0, count * SUM_WORDS);
  const hashes = new Uint32Array(count * HASH_WORDS);
  const input = new Uint32Array(Math.min(BATCH, count) * CHUNK_WORDS);
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    for (let i = 0; i < size; i++) {
      const at = i * CHUNK_WORDS;
      input[at] = indexes[from + i] as number;
      input[at + 1] = options.asset;
      const sum = (from + i) * SUM_WORDS;
      for (let w = 0; w < SUM_WORDS; w++) input[at + 8 + w] = sums[sum + w] as number;
    }
    const into = bytesOf(hashes, from * HASH_WORDS, size * HASH_WORDS);
    options.hashPairs(bytesOf(input, 0, input.length), into, size);
    await options.pause();
  }
  return { count, indexes, hashes, sums };
}

async function hashParents(level: Level, options: BuildOptions): Promise<Level> {
  const { hashPairs, pause } = options;
  const indexes = parentsOf(level);
  const count = indexes.length;
  const hashes = new Uint32Array(count * HASH_WORDS);
  const sums = new Uint32Array(count * SUM_WORDS);
  const pairs = new Uint32Array(Math.min(BATCH, count) * 2 * CHUNK_WORDS);
  const nodes = new Uint32Array(Math.min(BATCH, count) * CHUNK_WORDS);
  let child = 0;
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    pairs.fill(0);
    for (let i = 0; i < size; i++) {
      while (child < level.count && (level.indexes[child] as number) >> 1 === indexes[from + i]) {
        putChild(pairs, i * 2 * CHUNK_WORDS, { level, child });
        child += 1;
      }
      addSums(sums, (from + i) * SUM_WORDS, pairs.subarray(i * 2 * CHUNK_WORDS + CHUNK_WORDS));
    }
    const hashed = bytesOf(nodes, 0, nodes.length);
    hashPairs(bytesOf(pairs, 0, pairs.length), hashed, size * 2);
    hashPairs(hashed, bytesOf(hashes, from * HASH_WORDS, size * HASH_WORDS), size);
    await pause();
  }
  return { count, indexes, hashes, sums };
}

function parentsOf(level: Level): Int32Array {
  const parents = new Int32Array(level.count);
  let count = 0;
  for (let i = 0; i < level.count; i++) {
    const parent = (level.indexes[i] as number) >> 1;
    if (count === 0 || parents[count - 1] !== parent) parents[count++] = parent;
  }
  return parents.slice(0, count);
}

/** Hashes of the two children stand in one chunk, their sums in the next. */
function putChild(
  pairs: Uint32Array,
  at: number,
  from: { readonly level: Level; readonly child: number },
): void {
  const { level, child } = from;
  const to = at + ((level.indexes[child] as number) & 1) * 8;
  for (let w = 0; w < 8; w++) {
    pairs[to + w] = level.hashes[child * HASH_WORDS + w] as number;
    pairs[to + CHUNK_WORDS + w] = level.sums[child * SUM_WORDS + w] as number;
  }
}

/** Two sums of 4 words each side, with carries: no bigint for a million nodes. */
function addSums(sums: Uint32Array, at: number, children: Uint32Array): void {
  for (let part = 0; part < SUM_WORDS; part += 4) {
    let carry = 0;
    for (let w = part; w < part + 4; w++) {
      const word = (children[w] as number) + (children[SUM_WORDS + w] as number) + carry;
      carry = word >= TWO_32 ? 1 : 0;
      sums[at + w] = word;
    }
  }
}

function bytesOf(words: Uint32Array, at: number, count: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + at * 4, count * 4);
}
