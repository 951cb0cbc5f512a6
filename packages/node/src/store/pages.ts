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
/** Where the parts of a meta page stand; `free` and `main` are trees. */
const META = { magic: 24, version: 28, address: 32, free: 48, main: 96, lastPage: 144, txn: 152 };
const META_BYTES = 160;
/** Pages at the end that are free and were never written: the file may be so much shorter. */
const UNWRITTEN_MAX = 1_024n;
const ATTEMPTS = 5;

/** What a database was made with, and what its reader needs of it. */
export interface PageRules {
  /** Flags of its environment, as its first pages hold them. */
  readonly flags: number;
  /** An earlier commit must not pass for the last: every commit is synced before the next. */
  readonly isLastNeeded: boolean;
}

class Broken extends Error {}

interface Tree {
  readonly depth: number;
  readonly entries: number;
  readonly root: bigint;
}

/** One of the two first pages: commits write them in turn, and the newer one counts. */
interface Meta {
  readonly pageBytes: number;
  readonly transaction: bigint;
  readonly lastPage: bigint;
  readonly trees: readonly [free: Tree, main: Tree];
}

interface LastCommit extends Meta {
  readonly before: Meta;
  /** None came after the file was copied: its pages have the numbers of the one it is from. */
  readonly isCopy: boolean;
}

/**
 * Walks every tree of a database file. A process beside us may write meanwhile and use pages again:
 * what is found is believed only if nothing was committed during the walk.
 */
export function pageProblem(path: string, rules: PageRules): PageProblem | undefined {
  const file = openSync(path, 'r');
  try {
    for (let attempt = 1; ; attempt++) {
      if (fstatSync(file).size === 0) return undefined;
      const before = metaBytes(file);
      const found = attemptOf(() => new Walk(file, readMeta(before, rules), rules).run());
      if (found === undefined) return undefined;
      if (before.equals(metaBytes(file))) return found;
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

/** Both meta pages, one after the other: the second begins where the first says that pages end. */
function metaBytes(file: number): Buffer {
  const bytes = Buffer.alloc(2 * META_BYTES);
  const read = readSync(file, bytes, 0, META_BYTES, 0);
  const pageBytes = bytes.readUInt32LE(META.free);
  return bytes.subarray(0, read + readSync(file, bytes, META_BYTES, META_BYTES, pageBytes));
}

/**
 * The newer of the two. Nothing but their relation guards the number of the transaction: with one
 * that was changed LMDB would take the older page, and the last commit would be gone in silence.
 */
function readMeta(bytes: Buffer, { flags, isLastNeeded }: PageRules): LastCommit {
  const metas = [0, 1].map((number) => metaAt(bytes, number, flags));
  const [first, second] = metas as [Meta, Meta];
  const [older, newer] = second.transaction > first.transaction ? [first, second] : [second, first];
  if (first.pageBytes !== second.pageBytes) throw new Broken('its first pages disagree');
  // A copy begins with a page that never had a commit, whatever the number of the other one.
  const isCopy = older.transaction === 0n && older.lastPage === 1n;
  const isNext = newer.transaction - older.transaction === 1n;
  if (isLastNeeded && !isNext && !isCopy) {
    const [one, other] = [older.transaction, newer.transaction];
    throw new Broken(`its last commits are ${one} and ${other}, which do not follow each other`);
  }
  if (newer.lastPage < older.lastPage) throw new Broken('its last commit took pages away');
  if (newer.transaction > 0n && newer.trees[1].depth === 0) throw new Broken('it has no tables');
  return { ...newer, before: older, isCopy };
}

function metaAt(both: Buffer, number: number, flags: number): Meta {
  const bytes = both.subarray(number * META_BYTES);
  if (bytes.length < META_BYTES) throw new Broken('it is cut off');
  const isMeta = bytes.readUInt16LE(18) === P_META && bytes.readUInt32LE(META.magic) === MAGIC;
  if (!isMeta || bytes.readBigUInt64LE(0) !== BigInt(number)) {
    throw new Broken('it does not begin like a database');
  }
  const version = bytes.readUInt32LE(META.version);
  if (version !== DATA_VERSION) throw new Broken(`it has data version ${version}, not 2`);
  const pageBytes = bytes.readUInt32LE(META.free);
  const isPower = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  if (!isPower) throw new Broken(`its pages have ${pageBytes} bytes`);
  const isPlain =
    bytes.readUInt16LE(META.free + 4) === flags &&
    bytes.readUInt32LE(META.main) === 0 &&
    bytes.readUInt16LE(META.main + 4) === 0 &&
    bytes.readBigUInt64LE(META.address) === 0n;
  if (!isPlain) throw new Broken('it says that it is another kind of database');
  const transaction = bytes.readBigUInt64LE(META.txn);
  if (transaction !== 0n && Number(transaction & 1n) !== number) {
    throw new Broken(`commit ${transaction} is not in its place`);
  }
  const lastPage = bytes.readBigUInt64LE(META.lastPage);
  return {
    pageBytes,
    transaction,
    lastPage,
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
  readonly #meta: LastCommit;
  readonly #rules: PageRules;
  readonly #pages: number;
  /** A page per level: a child is read while its parent is. */
  readonly #buffers: Buffer[] = [];
  #seen = 0;
  #highest = 0n;

  constructor(file: number, meta: LastCommit, rules: PageRules) {
    this.#file = file;
    this.#meta = meta;
    this.#rules = rules;
    this.#pages = Math.floor(fstatSync(file).size / meta.pageBytes);
  }

  run(): undefined {
    const { trees, lastPage } = this.#meta;
    for (const tree of trees) this.#tree(tree, 0);
    if (this.#rules.isLastNeeded) this.#checkTables();
    // New values go behind the last page: over living ones, or far outside, if that is wrong.
    if (lastPage < this.#highest || lastPage >= BigInt(this.#pages) + UNWRITTEN_MAX) {
      throw new Broken(`its last page is said to be ${lastPage}`);
    }
  }

  /**
   * A commit changes a table, and so the page that the tables begin with, and leaves what the
   * commit before it had alone: each such page has the number of its commit, or is of before.
   */
  #checkTables(): void {
    const { before, isCopy, transaction } = this.#meta;
    const [root] = this.#buffers;
    const isOld = root !== undefined && root.readBigUInt64LE(8) !== transaction;
    if (isOld && !isCopy) throw new Broken('its tables are those of an earlier commit');
    if (before.trees[1].depth === 0) return;
    const rootBefore = this.#read(before.trees[1].root, 0);
    if (rootBefore.readBigUInt64LE(8) > before.transaction) {
      throw new Broken('the commit before the last has tables of a later one');
    }
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
      this.#reach(first + count - 1n);
    } else if ((flags & F_SUBDATA) !== 0) {
      if (bytes !== TREE_BYTES) throw new Broken('a table has a broken description');
      this.#tree(treeAt(page, data), level + 1);
    }
  }

  #reach(number: bigint): void {
    if (number > this.#highest) this.#highest = number;
  }

  #read(number: bigint, level: number): Buffer {
    const { pageBytes, transaction } = this.#meta;
    if (number < 2n || number >= BigInt(this.#pages)) {
      throw new Broken(`page ${number} lies outside of the file`);
    }
    this.#reach(number);
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
