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
/** Of a page's flags, those that say what it is. */
const P_KIND = 0x0fff;
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
  /** Its tables by name, with the flags of each; all of them, or not made yet. */
  readonly tables: Readonly<Record<string, number>>;
  /** An earlier commit must not pass for the last: every commit is synced before the next. */
  readonly isLastNeeded: boolean;
}

class Broken extends Error {}

interface Tree {
  readonly depth: number;
  readonly size: TreeSize;
  readonly root: bigint;
}

/** As a tree says of itself, and as the walk counts. */
interface TreeSize {
  branches: number;
  leaves: number;
  /** Pages of values that have pages of their own. */
  long: number;
  entries: number;
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
  const [branches, leaves, long, entries] = [8, 16, 24, 32].map((offset) =>
    Number(bytes.readBigUInt64LE(at + offset)),
  ) as [number, number, number, number];
  return {
    depth: bytes.readUInt16LE(at + 6),
    size: { branches, leaves, long, entries },
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
    const [free, main] = trees;
    this.#tree(free, 0, false);
    this.#tree(main, 0, true);
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

  /** `isMain`: the tree whose values are the tables. */
  #tree(tree: Tree, level: number, isMain: boolean): void {
    const { depth, size, root } = tree;
    if (depth > DEPTH_MAX) throw new Broken(`a tree has ${depth} levels`);
    const counted: TreeSize = { branches: 0, leaves: 0, long: 0, entries: 0 };
    if (depth > 0) this.#page({ number: root, level, above: depth - 1 }, counted, isMain);
    for (const what of ['branches', 'leaves', 'long', 'entries'] as const) {
      if (counted[what] === size[what]) continue;
      throw new Broken(`a tree has ${counted[what]} ${what} and should have ${size[what]}`);
    }
  }

  /** A page that is so many levels above the leaves of its tree, and all below it. */
  #page(place: PagePlace, counted: TreeSize, isMain: boolean): void {
    const { number, level, above } = place;
    const page = this.#read(number, level);
    const isLeaf = above === 0;
    const kind = page.readUInt16LE(18) & P_KIND;
    if (kind !== (isLeaf ? P_LEAF : P_BRANCH)) {
      throw new Broken(`page ${number} is not of its level`);
    }
    counted[isLeaf ? 'leaves' : 'branches'] += 1;
    for (const node of nodesOf(page, isLeaf, number)) {
      if (isLeaf) {
        counted.entries += 1;
        if (isMain) this.#table(page, node, level);
        else this.#value(page, node, counted);
      } else {
        const below = { number: childOf(page, node), level: level + 1, above: above - 1 };
        this.#page(below, counted, isMain);
      }
    }
  }

  #value(page: Buffer, node: number, counted: TreeSize): void {
    const flags = page.readUInt16LE(node + 4);
    if (flags === 0) return;
    if (flags !== F_BIGDATA) throw new Broken('a value is of another kind');
    const bytes = page.readUInt32LE(node);
    const data = node + NODE_HEADER_BYTES + page.readUInt16LE(node + 6);
    const first = page.readBigUInt64LE(data);
    const count = page.readBigUInt64LE(data + 16);
    const isLong = count >= BigInt(Math.ceil((bytes + PAGE_HEADER_BYTES) / this.#meta.pageBytes));
    if (!isLong || first < 2n || first + count > BigInt(this.#pages)) {
      throw new Broken(`a value lies at page ${first}, outside of the file`);
    }
    counted.long += Number(count);
    this.#reach(first + count - 1n);
  }

  /** A table whose name was changed would be made anew, empty. */
  #table(page: Buffer, node: number, level: number): void {
    const key = node + NODE_HEADER_BYTES;
    const data = key + page.readUInt16LE(node + 6);
    const isTable = page.readUInt16LE(node + 4) === F_SUBDATA;
    if (!isTable || page.readUInt32LE(node) !== TREE_BYTES) {
      throw new Broken('a table has a broken description');
    }
    const name = page.toString('latin1', key, data).replace(/\0$/, '');
    const flags = this.#rules.tables[name];
    if (flags === undefined) throw new Broken(`it has a table ${JSON.stringify(name)}`);
    if (page.readUInt32LE(data) !== 0 || page.readUInt16LE(data + 4) !== flags) {
      throw new Broken(`its table ${name} is of another kind`);
    }
    this.#tree(treeAt(page, data), level + 1, false);
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

interface PagePlace {
  readonly number: bigint;
  readonly level: number;
  /** Levels below it, down to the leaves. */
  readonly above: number;
}

/**
 * Where the entries of a page are. They fill it from its upper bound to its end, each behind the
 * other: so that no pointer, length or bound can be changed alone.
 */
function nodesOf(page: Buffer, isLeaf: boolean, number: bigint): Uint16Array {
  const broken = (): Broken => new Broken(`the entries of page ${number} do not fill it`);
  const room = page.length - PAGE_HEADER_BYTES;
  const lower = page.readUInt16LE(20);
  if (lower % 2 !== 0 || lower > room) throw broken();
  const nodes = new Uint16Array(lower / 2);
  for (let i = 0; i < nodes.length; i++) {
    // Offsets in a page are counted from the end of its header.
    const offset = page.readUInt16LE(PAGE_HEADER_BYTES + i * 2);
    if (offset < lower || offset + NODE_HEADER_BYTES > room) throw broken();
    nodes[i] = PAGE_HEADER_BYTES + offset;
  }
  let next = PAGE_HEADER_BYTES + page.readUInt16LE(22);
  for (const node of nodes.slice().sort()) {
    if (node !== next) throw broken();
    next += nodeBytes(page, node, isLeaf);
  }
  if (next !== page.length) throw broken();
  return nodes;
}

/** Rounded up to an even number. */
function nodeBytes(page: Buffer, node: number, isLeaf: boolean): number {
  const withKey = NODE_HEADER_BYTES + page.readUInt16LE(node + 6);
  const isLong = isLeaf && (page.readUInt16LE(node + 4) & F_BIGDATA) !== 0;
  const data = isLong ? LONG_VALUE_BYTES : isLeaf ? page.readUInt32LE(node) : 0;
  const bytes = withKey + data;
  return bytes + (bytes % 2);
}

function childOf(page: Buffer, node: number): bigint {
  const low = page.readUInt32LE(node);
  return BigInt(low) + (BigInt(page.readUInt16LE(node + 4)) << 32n);
}
