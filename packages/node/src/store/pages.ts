import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// LMDB trusts its file: a page number that was changed on disk makes it read memory that is not
// there, and the process dies without a word. So the tree is walked once before LMDB sees it. Pages
// of the values themselves are not read: records carry checksums. Format: LMDB data version 2.

/** What is wrong with a database file, in words. */
export interface PageProblem {
  readonly message: string;
}

const PAGE_HEADER_BYTES = 24;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const P_BRANCH = 1;
const P_LEAF = 2;
const P_META = 8;
const F_BIGDATA = 1;
const F_SUBDATA = 2;
const NODE_HEADER_BYTES = 8;
/** First page, transaction, and number of pages of a value that has pages of its own. */
const LONG_VALUE_BYTES = 24;
const TREE_BYTES = 48;
const DEPTH_MAX = 32;
/** Where the parts of a meta page stand. */
const META = { magic: 24, version: 28, pageBytes: 48, free: 48, main: 96, lastPage: 144, txn: 152 };
const META_BYTES = 160;
const ATTEMPTS = 5;

class Broken extends Error {}

interface Tree {
  readonly depth: number;
  readonly entries: number;
  readonly root: bigint;
}

interface Meta {
  readonly pageBytes: number;
  readonly transaction: bigint;
  readonly trees: readonly [free: Tree, main: Tree];
}

/**
 * Walks every tree of a database file. A process beside us may write meanwhile and use pages again:
 * what is found is believed only if nothing was committed during the walk.
 */
export function pageProblem(path: string): PageProblem | undefined {
  const file = openSync(path, 'r');
  try {
    for (let attempt = 1; ; attempt++) {
      if (fstatSync(file).size === 0) return undefined;
      const before = attemptOf(() => readMeta(file));
      if (before instanceof Broken) return before;
      const found = attemptOf(() => new Walk(file, before).run());
      if (found === undefined) return undefined;
      const after = attemptOf(() => readMeta(file));
      const isSame = !(after instanceof Broken) && after.transaction === before.transaction;
      if (isSame) return found;
      if (attempt === ATTEMPTS) return undefined;
    }
  } finally {
    closeSync(file);
  }
}

function attemptOf<T>(run: () => T): T | Broken {
  try {
    return run();
  } catch (error) {
    if (error instanceof Broken) return error;
    throw error;
  }
}

function readMeta(file: number): Meta {
  const first = metaAt(file, 0);
  const second = metaAt(file, first.pageBytes);
  return second.transaction > first.transaction ? second : first;
}

function metaAt(file: number, at: number): Meta {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(file, bytes, 0, META_BYTES, at) < META_BYTES) throw new Broken('it is cut off');
  const isMeta = bytes.readUInt16LE(18) === P_META && bytes.readUInt32LE(META.magic) === MAGIC;
  if (!isMeta) throw new Broken('it does not begin like a database');
  const version = bytes.readUInt32LE(META.version);
  if (version !== DATA_VERSION) throw new Broken(`it has data version ${version}, not 2`);
  const pageBytes = bytes.readUInt32LE(META.pageBytes);
  const isPower = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  if (!isPower) throw new Broken(`its pages have ${pageBytes} bytes`);
  return {
    pageBytes,
    transaction: bytes.readBigUInt64LE(META.txn),
    trees: [treeAt(bytes, META.free), treeAt(bytes, META.main)],
  };
}

function treeAt(bytes: Buffer, at: number): Tree {
  return {
    depth: bytes.readUInt16LE(at + 6),
    entries: Number(bytes.readBigUInt64LE(at + 32)),
    root: bytes.readBigUInt64LE(at + 40),
  };
}

class Walk {
  readonly #file: number;
  readonly #meta: Meta;
  readonly #pages: number;
  /** A page per level: a child is read while its parent is. */
  readonly #buffers: Buffer[] = [];
  #seen = 0;

  constructor(file: number, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
    this.#pages = Math.floor(fstatSync(file).size / meta.pageBytes);
  }

  run(): undefined {
    for (const tree of this.#meta.trees) this.#tree(tree, 0);
  }

  #tree(tree: Tree, level: number): void {
    if (tree.depth === 0) return;
    if (tree.depth > DEPTH_MAX) throw new Broken(`a tree has ${tree.depth} levels`);
    const entries = this.#page(tree.root, level, tree.depth - 1);
    if (entries !== tree.entries) {
      throw new Broken(`a tree has ${entries} entries and should have ${tree.entries}`);
    }
  }

  /** Entries below a page that is so many levels above the leaves. */
  #page(number: bigint, level: number, above: number): number {
    const page = this.#read(number, level);
    const { pageBytes } = this.#meta;
    const flags = page.readUInt16LE(18) & (P_BRANCH | P_LEAF);
    if (flags !== (above === 0 ? P_LEAF : P_BRANCH)) {
      throw new Broken(`page ${number} is not of its level`);
    }
    // Offsets in a page are counted from the end of its header.
    const lower = page.readUInt16LE(20);
    const room = pageBytes - PAGE_HEADER_BYTES;
    if (lower % 2 !== 0 || lower > room) throw new Broken(`page ${number} has a broken header`);
    let entries = 0;
    for (let at = 0; at < lower; at += 2) {
      const offset = page.readUInt16LE(PAGE_HEADER_BYTES + at);
      if (offset < lower || offset + NODE_HEADER_BYTES > room) {
        throw new Broken(`page ${number} has an entry outside of it`);
      }
      const node = PAGE_HEADER_BYTES + offset;
      if (above === 0) {
        this.#leafNode(page, node, level);
        entries += 1;
      } else entries += this.#page(childOf(page, node), level + 1, above - 1);
    }
    return entries;
  }

  #leafNode(page: Buffer, node: number, level: number): void {
    const { pageBytes } = this.#meta;
    const bytes = page.readUInt32LE(node);
    const flags = page.readUInt16LE(node + 4);
    const data = node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6);
    const inPage = (flags & F_BIGDATA) !== 0 ? LONG_VALUE_BYTES : bytes;
    if (data + inPage > pageBytes) throw new Broken('an entry runs over the end of its page');
    if ((flags & F_BIGDATA) !== 0) {
      const first = page.readBigUInt64LE(data);
      const count = page.readBigUInt64LE(data + 16);
      const isLong = count >= BigInt(Math.ceil((bytes + PAGE_HEADER_BYTES) / pageBytes));
      if (!isLong || first < 2n || first + count > BigInt(this.#pages)) {
        throw new Broken(`a value lies at page ${first}, outside of the file`);
      }
    } else if ((flags & F_SUBDATA) !== 0) {
      if (bytes !== TREE_BYTES) throw new Broken('a table has a broken description');
      this.#tree(treeAt(page, data), level + 1);
    }
  }

  #read(number: bigint, level: number): Buffer {
    const { pageBytes, transaction } = this.#meta;
    if (number < 2n || number >= BigInt(this.#pages)) {
      throw new Broken(`page ${number} lies outside of the file`);
    }
    // Trees cannot have more pages than the file: one that does goes in a circle.
    this.#seen += 1;
    if (this.#seen > this.#pages) throw new Broken('its trees run in a circle');
    const page = this.#buffers[level] ?? Buffer.alloc(pageBytes);
    this.#buffers[level] = page;
    readSync(this.#file, page, 0, pageBytes, Number(number) * pageBytes);
    const isItself = page.readBigUInt64LE(0) === number && page.readBigUInt64LE(8) <= transaction;
    if (!isItself) throw new Broken(`page ${number} is another page`);
    return page;
  }
}

function childOf(page: Buffer, node: number): bigint {
  const low = page.readUInt32LE(node);
  return BigInt(low) + (BigInt(page.readUInt16LE(node + 4)) << 32n);
}
