import {
  type Code,
  type ColumnSchema,
  type Event,
  type FiguresOf,
  type FigureValue,
  type Limits,
  type StateSchema,
  stateSchema,
  type TableName,
  type TableSchema,
} from '../schema/index.ts';
import {
  type CellPlace,
  type Column,
  F64Column,
  HashIndex,
  I32Column,
  I64Column,
  type Ownership,
  RowPool,
  rowBlock,
  SlabTable,
  slabRows,
  U8Column,
  U32Column,
  UndoLog,
} from '../store/index.ts';

type ColumnFor<T> = T extends 'u8'
  ? U8Column
  : T extends 'u32'
    ? U32Column
    : T extends 'i32'
      ? I32Column
      : T extends 'f64'
        ? F64Column
        : I64Column;

/** All tables of the state schema as columns: `tables.positions.size.get(row)`. */
export type Tables = {
  readonly [T in TableName]: {
    readonly [C in keyof StateSchema[T]['columns']]: StateSchema[T]['columns'][C] extends {
      readonly type: infer K;
    }
      ? ColumnFor<K>
      : never;
  };
};

/** Figures of a refusal, by name; what each is in stands in `rejectionFigures`. */
export type Figures = { readonly [figure: string]: FigureValue };

/**
 * Everything a machine holds: the columns, the log of their writes, how rows are placed, and what
 * the present block has said so far (events and the figures of the last refusal; both are output).
 */
export interface State extends Tables {
  readonly limits: Limits;
  readonly log: UndoLog;
  readonly events: Event[];
  readonly slabs: {
    readonly balances: SlabTable;
    readonly positions: SlabTable;
    readonly agents: SlabTable;
  };
  readonly pools: {
    readonly orders: RowPool;
    readonly levels: RowPool;
    readonly withdrawals: RowPool;
    readonly proposals: RowPool;
  };
  readonly indexes: {
    readonly orderById: HashIndex;
    readonly orderByClientId: HashIndex;
    readonly withdrawalById: HashIndex;
  };
  figures: Figures | undefined;
  /** Resting orders that matching has met since the dispatcher last set it to 0. */
  work: number;
  /** Room for the figures of one measurement; holds nothing between two calls. */
  readonly scratch: Float64Array;
}

/** Tables whose rows lie in slabs of accounts. */
const SLAB_TABLES: readonly string[] = ['balances', 'positions', 'agents'];
/** Cells of `scratch`. */
const SCRATCH_CELLS = 32;

/** An empty state with room for `limits`. Memory is committed only as rows are used. */
export function createState(limits: Limits): State {
  const log = new UndoLog();
  const tables = createTables(log, limits);
  return {
    ...tables,
    limits,
    log,
    events: [],
    slabs: createSlabs(tables, limits),
    pools: createPools(tables),
    indexes: {
      orderById: new HashIndex(tables.orderSlots.byId, tables.orders.id),
      orderByClientId: new HashIndex(
        tables.orderSlots.byClientId,
        tables.orders.clientId,
        tables.orders.account,
      ),
      withdrawalById: new HashIndex(tables.withdrawalSlots.slot, tables.withdrawals.id),
    },
    figures: undefined,
    work: 0,
    scratch: new Float64Array(SCRATCH_CELLS),
  };
}

/** Tables whose rows are read whole and at random: their columns lie side by side, row by row. */
const ROW_TABLES: readonly string[] = ['accounts', 'balances', 'positions', 'orders', 'levels'];
/** Columns of those that a block walks from end to end. */
const WALKED: readonly string[] = ['armedAt', 'armedFloor'];
const WIDTH = { u8: 1, u32: 4, i32: 4, f64: 8, i64: 8 } as const;

function createTables(log: UndoLog, limits: Limits): Tables {
  const tables: Record<string, Record<string, unknown>> = {};
  for (const [tableName, table] of Object.entries<TableSchema>(stateSchema)) {
    const rowsMax = typeof table.rows === 'number' ? table.rows : limits[table.rows];
    const rows = SLAB_TABLES.includes(tableName) ? slabRows(rowsMax) : rowsMax;
    const places = ROW_TABLES.includes(tableName) ? placesOf(table, rows) : {};
    const columns: Record<string, unknown> = {};
    for (const [columnName, column] of Object.entries(table.columns)) {
      const name = `${tableName}.${columnName}`;
      const place = places[columnName];
      columns[columnName] = createColumn(log, column, { name, rows, owner: table.owner, place });
    }
    // Built key by key the object is a hash table (45 columns); copied it has a fixed shape, and a
    // read such as state.positions.size costs a load instead of a lookup.
    tables[tableName] = { ...columns };
  }
  return tables as Tables;
}

function placesOf(table: TableSchema, rows: number): { readonly [column: string]: CellPlace } {
  const widths: Record<string, number> = {};
  for (const [name, { type, stride = 1 }] of Object.entries(table.columns)) {
    if (stride === 1 && !WALKED.includes(name)) widths[name] = WIDTH[type];
  }
  return rowBlock(rows, widths);
}

interface ColumnSite {
  readonly name: string;
  readonly rows: number;
  readonly owner: 'row' | 'column' | undefined;
  readonly place: CellPlace | undefined;
}

function createColumn(
  log: UndoLog,
  column: ColumnSchema,
  site: ColumnSite,
): F64Column | I32Column | I64Column | U8Column | U32Column {
  const ownership: Ownership = site.owner ?? 'global';
  const moneySign = column.money === undefined ? 0 : column.money === 'claim' ? 1 : -1;
  const options = {
    name: site.name,
    rows: site.rows,
    stride: column.stride ?? 1,
    ownership,
    moneySign,
    ...(site.place === undefined ? {} : { place: site.place }),
  };
  switch (column.type) {
    case 'u8':
      return new U8Column(log, options);
    case 'u32':
      return new U32Column(log, options);
    case 'i32':
      return new I32Column(log, options);
    case 'f64':
      return new F64Column(log, options);
    case 'i64':
      return new I64Column(log, options);
  }
}

function createSlabs(tables: Tables, limits: Limits): State['slabs'] {
  const { accounts, balances, positions, agents, machine } = tables;
  return {
    balances: new SlabTable({
      key: balances.asset,
      account: balances.account,
      moving: movingColumns(balances),
      base: accounts.balanceBase,
      count: accounts.balanceCount,
      sizeClass: accounts.balanceClass,
      next: balances.next,
      free: machine.balancesFree,
      rowsMax: limits.balanceRowsMax,
    }),
    positions: new SlabTable({
      key: positions.instrument,
      account: positions.account,
      moving: movingColumns(positions),
      base: accounts.positionBase,
      count: accounts.positionCount,
      sizeClass: accounts.positionClass,
      next: positions.next,
      free: machine.positionsFree,
      rowsMax: limits.positionRowsMax,
    }),
    agents: new SlabTable({
      key: agents.slot,
      account: agents.account,
      moving: movingColumns(agents),
      base: accounts.agentBase,
      count: accounts.agentCount,
      sizeClass: accounts.agentClass,
      next: agents.next,
      free: machine.agentsFree,
      rowsMax: limits.agentRowsMax,
    }),
  };
}

/** All columns of a slab's rows but the free-list link, which stays with the place. */
function movingColumns(table: { readonly [column: string]: Column }): Column[] {
  return Object.keys(table)
    .filter((name) => name !== 'next')
    .map((name) => table[name] as Column);
}

function createPools(tables: Tables): State['pools'] {
  const { machine } = tables;
  return {
    orders: new RowPool({ next: tables.orders.next, header: machine.ordersHeader }),
    levels: new RowPool({ next: tables.levels.next, header: machine.levelsHeader }),
    withdrawals: new RowPool({
      next: tables.withdrawals.next,
      header: machine.withdrawalsHeader,
    }),
    proposals: new RowPool({ next: tables.proposals.next, header: machine.proposalsHeader }),
  };
}

/** Where the columns and the events stood. */
export interface Savepoint {
  readonly entries: number;
  readonly events: number;
}

export function savepoint(state: State): Savepoint {
  return { entries: state.log.count, events: state.events.length };
}

/** Undoes every write and event since the savepoint. */
export function rollbackTo(state: State, point: Savepoint): void {
  state.log.rollback(point.entries);
  state.events.length = point.events;
}

/**
 * Refuses: keeps the figures for the sender and returns the code. A figure that has no unit in
 * `rejectionFigures` does not compile.
 */
export function refuse<C extends Code>(
  state: State,
  rejection: { readonly code: C },
  figures?: FiguresOf<C>,
): Code {
  state.figures = figures as Figures | undefined;
  return rejection.code;
}
