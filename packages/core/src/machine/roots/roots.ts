import {
  SOURCES_PER_UNDERLYING,
  stateSchema,
  type TableName,
  type TableSchema,
} from '../../schema/index.ts';
import type { State } from '../../state/index.ts';
import type { F64Column, I32Column } from '../../store/index.ts';
import { DenseTree } from './denseTree.ts';
import { DirtyRows } from './dirtyRows.ts';
import { type HashPairs, hashTwo } from './hash.ts';
import { LeafBatch } from './leafBatch.ts';
import { type RowCodecs, rowCodecs } from './rowCodec.ts';

/** The global tables in the order of the second tree. Rows of the last two lie anywhere: by id. */
export const GLOBAL_TABLES = [
  'machine',
  'authorities',
  'assets',
  'underlyings',
  'sources',
  'instruments',
  'withdrawals',
  'proposals',
] as const;
export type GlobalTable = (typeof GLOBAL_TABLES)[number];
const DENSE_TABLES = 6;
/** Accounts whose leaves are hashed in one batch. */
const BATCH = 2048;

export interface RootParts {
  readonly root: Uint8Array;
  readonly meta: Uint8Array;
  readonly accountsRoot: Uint8Array;
  readonly globalRoot: Uint8Array;
}

/** What the root says besides its two trees, in 64 bytes. Spec: roots 5. */
export function metaBytes(facts: {
  readonly version: number;
  readonly height: number;
  readonly timeMs: number;
  readonly count: number;
}): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, facts.version, true);
  view.setFloat64(8, facts.height, true);
  view.setFloat64(16, facts.timeMs, true);
  view.setFloat64(24, facts.count, true);
  return bytes;
}

const SKIP = 0;
const ACCOUNT_ROW = 1;
const ACCOUNT_COLUMN = 2;
const GLOBAL_ROW = 3;

/**
 * The two trees under the state root, kept up to date from the undo log: which rows changed since
 * the last root is all they ask. A cache: it can be rebuilt from the columns at any time.
 */
export class Roots {
  readonly #state: State;
  readonly #hashPairs: HashPairs;
  readonly #codecs: RowCodecs;
  readonly #kinds: Uint8Array;
  readonly #tables: Uint8Array;
  readonly #strides: Uint8Array;
  readonly #accountColumns: (I32Column | undefined)[] = [];
  readonly #accounts: DenseTree;
  readonly #dirtyAccounts: DirtyRows;
  /** Whose leaf is hashed and the nodes above it are not. */
  readonly #newLeaves: DirtyRows;
  readonly #trees: DenseTree[] = [];
  readonly #dirtyRows: DirtyRows[] = [];
  readonly #batch = new LeafBatch();

  constructor(state: State, hashPairs: HashPairs) {
    this.#state = state;
    this.#hashPairs = hashPairs;
    this.#codecs = rowCodecs(state);
    this.#accounts = new DenseTree(state.limits.accountsMax, hashPairs);
    this.#dirtyAccounts = new DirtyRows(state.limits.accountsMax);
    this.#newLeaves = new DirtyRows(state.limits.accountsMax);
    for (const table of GLOBAL_TABLES) {
      const rows = tableRows(state, table);
      this.#trees.push(new DenseTree(rows, hashPairs));
      this.#dirtyRows.push(new DirtyRows(rows));
    }
    this.#kinds = new Uint8Array(state.log.columns.length);
    this.#tables = new Uint8Array(state.log.columns.length);
    this.#strides = Uint8Array.from(state.log.columns, (column) => column.stride);
    this.#classify();
  }

  /**
   * Marks what the log says was written since `fromEntry`. The entries of a row come in runs: its
   * owner is looked up once a run, since at the end of a block the row is cold (half of this scan).
   */
  note(fromEntry = 0): void {
    const { log } = this.#state;
    const { columnIds, cells, count } = log;
    const kinds = this.#kinds;
    const strides = this.#strides;
    const accountColumns = this.#accountColumns;
    const dirtyAccounts = this.#dirtyAccounts;
    let account = -1;
    let owners: I32Column | undefined;
    let owned = -1;
    for (let entry = fromEntry; entry < count; entry++) {
      const id = columnIds[entry] as number;
      const column = id < 0 ? ~id : id;
      const kind = kinds[column];
      if (kind === SKIP) continue;
      const stride = strides[column] as number;
      const cell = cells[entry] as number;
      const row = stride === 1 ? cell : (cell / stride) | 0;
      if (kind === ACCOUNT_ROW) {
        if (row !== account) dirtyAccounts.add(row);
        account = row;
      } else if (kind === ACCOUNT_COLUMN) {
        const of = accountColumns[column] as I32Column;
        if (of.id === column) this.#noteMove(entry);
        if (row === owned && of === owners) continue;
        owned = row;
        owners = of;
        dirtyAccounts.add(of.get(row));
      } else (this.#dirtyRows[this.#tables[column] as number] as DirtyRows).add(row);
    }
  }

  /** Marks everything, after a restore. */
  noteAll(): void {
    const count = this.#state.machine.accountCount.get(0);
    for (let account = 0; account <= count; account++) this.#dirtyAccounts.add(account);
    GLOBAL_TABLES.forEach((table, t) => {
      const used = usedRows(this.#state, table);
      for (let row = 0; row < used; row++) (this.#dirtyRows[t] as DirtyRows).add(row);
    });
  }

  /**
   * Hashes leaves of accounts that changed first, until no more than `dirtyMax` are left for the
   * next root. Between two blocks only: what a block that is undone wrote is marked anew.
   */
  hashAhead(dirtyMax: number): void {
    const count = this.#dirtyAccounts.count - dirtyMax;
    if (count > 0) this.#hashLeaves(this.#dirtyAccounts.takeFirst(count));
  }

  /** Hashes what is dirty and returns the root and what it is made of. */
  compute(): RootParts {
    const { machine } = this.#state;
    this.#hashAccounts();
    const globalRoot = this.#hashGlobals();
    const accountsRoot = this.#accounts.root().slice();
    const meta = metaBytes({
      version: machine.version.get(0),
      height: machine.height.get(0),
      timeMs: machine.timeMs.get(0),
      count: machine.accountCount.get(0),
    });
    const metaHash = new Uint8Array(32);
    this.#hashPairs(meta, metaHash, 1);
    const trees = hashTwo(this.#hashPairs, accountsRoot, globalRoot);
    return { root: hashTwo(this.#hashPairs, metaHash, trees), meta, accountsRoot, globalRoot };
  }

  /** The chunks of an account's leaf and the nodes beside its path, after `compute`. */
  pathOf(account: number): { readonly chunks: Uint8Array; readonly siblings: Uint8Array[] } {
    this.#batch.reset();
    this.#batch.begin();
    this.#writeAccount(account);
    const chunks = this.#batch.chunksOfLast();
    const siblings: Uint8Array[] = [];
    let index = account;
    for (let level = 0; level + 1 < this.#accounts.levels.length; level++) {
      siblings.push(this.#accounts.node(level, index ^ 1).slice());
      index >>= 1;
    }
    return { chunks, siblings };
  }

  #classify(): void {
    const { log, accounts } = this.#state;
    for (const column of log.columns) {
      const [table, name] = column.name.split('.') as [TableName, string];
      const schema: TableSchema = stateSchema[table];
      const isDerived = schema.columns[name]?.derived === true;
      const globalIndex = GLOBAL_TABLES.indexOf(table as GlobalTable);
      this.#tables[column.id] = Math.max(0, globalIndex);
      if (schema.owner === 'row') {
        // The counts of rows stand in an account's leaf; the other derived columns do not.
        const isRead = !isDerived || name.endsWith('Count');
        this.#kinds[column.id] = isRead && column.id !== accounts.armedAt.id ? ACCOUNT_ROW : SKIP;
      } else if (schema.owner === 'column') {
        this.#kinds[column.id] = isDerived ? SKIP : ACCOUNT_COLUMN;
        const owned = this.#state[table as 'balances' | 'positions' | 'agents' | 'orders'];
        this.#accountColumns[column.id] = owned.account;
      } else this.#kinds[column.id] = globalIndex < 0 || isDerived ? SKIP : GLOBAL_ROW;
    }
  }

  /** A row that changes hands changes two accounts. */
  #noteMove(entry: number): void {
    const { log } = this.#state;
    this.#dirtyAccounts.add(log.oldDoubles[entry] as number);
    this.#dirtyAccounts.add(log.newDoubles[entry] as number);
  }

  #hashAccounts(): void {
    this.#hashLeaves(this.#dirtyAccounts.take());
    this.#accounts.count = this.#state.machine.accountCount.get(0) + 1;
    this.#accounts.update(this.#newLeaves.take());
  }

  #hashLeaves(accounts: Int32Array): void {
    const batch = this.#batch;
    for (let from = 0; from < accounts.length; from += BATCH) {
      const slice = accounts.subarray(from, from + BATCH);
      batch.reset();
      for (const account of slice) {
        batch.begin();
        this.#writeAccount(account);
        this.#newLeaves.add(account);
      }
      batch.hash(this.#hashPairs, (item, nodes, at) =>
        this.#accounts.setLeaf(slice[item] as number, nodes, at),
      );
    }
  }

  /** Header with counts, balances, positions, agents, open orders by instrument and id. */
  #writeAccount(account: number): void {
    const { accounts, positions, orders } = this.#state;
    const header = this.#codecs.accounts;
    const batch = this.#batch;
    const at = batch.room(header.bytes + 12);
    header.write(account, batch.view, at);
    const counts = at + header.bytes;
    batch.view.setInt32(counts, account, true);
    batch.view.setUint8(counts + 4, accounts.balanceCount.get(account));
    batch.view.setUint8(counts + 5, accounts.positionCount.get(account));
    batch.view.setUint8(counts + 6, accounts.agentCount.get(account));
    batch.view.setInt32(counts + 8, accounts.orderCount.get(account), true);
    this.#writeRows(
      'balances',
      accounts.balanceBase.get(account),
      accounts.balanceCount.get(account),
    );
    const first = accounts.positionBase.get(account);
    const end = first + accounts.positionCount.get(account);
    this.#writeRows('positions', first, end - first);
    this.#writeRows('agents', accounts.agentBase.get(account), accounts.agentCount.get(account));
    if (accounts.orderCount.get(account) === 0) return;
    for (let row = first; row < end; row++) {
      for (let link = positions.ordersHead.get(row); link !== 0; ) {
        this.#writeRows('orders', link - 1, 1);
        link = orders.accountNext.get(link - 1);
      }
    }
  }

  #writeRows(table: TableName, first: number, count: number): void {
    const codec = this.#codecs[table];
    for (let row = first; row < first + count; row++) {
      const at = this.#batch.room(codec.bytes);
      codec.write(row, this.#batch.view, at);
    }
  }

  #hashGlobals(): Uint8Array {
    let nodes = GLOBAL_TABLES.map((table, t) =>
      t < DENSE_TABLES ? this.#hashTable(table, t) : this.#hashById(table as 'withdrawals', t),
    );
    while (nodes.length > 1) {
      const above: Uint8Array[] = [];
      for (let i = 0; i < nodes.length; i += 2) {
        above.push(hashTwo(this.#hashPairs, nodes[i] as Uint8Array, nodes[i + 1] as Uint8Array));
      }
      nodes = above;
    }
    return nodes[0] as Uint8Array;
  }

  #hashTable(table: GlobalTable, t: number): Uint8Array {
    const tree = this.#trees[t] as DenseTree;
    const used = usedRows(this.#state, table);
    // A row that came into use has a leaf even if nothing was written to it.
    for (let row = tree.count; row < used; row++) (this.#dirtyRows[t] as DirtyRows).add(row);
    const dirty = (this.#dirtyRows[t] as DirtyRows).take();
    tree.count = used;
    this.#batch.reset();
    for (const row of dirty) {
      this.#batch.begin();
      this.#writeRows(table, row, 1);
    }
    this.#batch.hash(this.#hashPairs, (item, nodes, at) =>
      tree.setLeaf(dirty[item] as number, nodes, at),
    );
    tree.update(dirty);
    return tree.root();
  }

  /** Rows in order of id; placement is unobservable. */
  #hashById(table: 'withdrawals' | 'proposals', t: number): Uint8Array {
    const tree = this.#trees[t] as DenseTree;
    if ((this.#dirtyRows[t] as DirtyRows).take().length === 0) return tree.root();
    const rows = rowsById(this.#state[table].id);
    tree.count = rows.length;
    this.#batch.reset();
    for (const row of rows) {
      this.#batch.begin();
      this.#writeRows(table, row, 1);
    }
    this.#batch.hash(this.#hashPairs, (item, nodes, at) => tree.setLeaf(item, nodes, at));
    tree.update(Int32Array.from(rows, (_, i) => i));
    return tree.root();
  }
}

/** The rows of a pool that are in use, by id. */
export function rowsById(ids: F64Column): number[] {
  const rows: number[] = [];
  for (let row = 0; row < ids.rows; row++) if (ids.get(row) !== 0) rows.push(row);
  return rows.sort((a, b) => ids.get(a) - ids.get(b));
}

function tableRows(state: State, table: GlobalTable): number {
  const { rows } = stateSchema[table] as TableSchema;
  return typeof rows === 'number' ? rows : state.limits[rows];
}

/** How many rows of a dense table are in use, the unused row 0 included. */
export function usedRows(state: State, table: GlobalTable): number {
  const { machine } = state;
  switch (table) {
    case 'assets':
      return machine.assetCount.get(0) + 1;
    case 'underlyings':
      return machine.underlyingCount.get(0) + 1;
    case 'sources':
      return (machine.underlyingCount.get(0) + 1) * SOURCES_PER_UNDERLYING;
    case 'instruments':
      return machine.instrumentCount.get(0) + 1;
    default:
      return tableRows(state, table);
  }
}
