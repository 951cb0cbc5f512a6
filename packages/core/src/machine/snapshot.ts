import { PlimsollError } from '../math/index.ts';
import type { Limits, TableName } from '../schema/index.ts';
import { createState, findPosition, type State } from '../state/index.ts';
import type { I32Column, U8Column } from '../store/index.ts';
import { addReserve, linkOrder } from '../venue/index.ts';
import { digest } from './chain.ts';
import { type Machine, type MachineDependencies, machineOf, STATE_VERSION } from './genesis.ts';
import { hex } from './roots/hash.ts';
import { GLOBAL_TABLES, rowsById, usedRows } from './roots/roots.ts';
import { type RowCodec, type RowCodecs, rowCodecs } from './roots/rowCodec.ts';

const MAGIC = 0x504c4d53; // 'PLMS'
const FORMAT = 1;
const HEADER_BYTES = 64;
const SEAL_BYTES = 32;

/** The bytes of a snapshot are not what a snapshot writes. */
export class DamagedSnapshotError extends PlimsollError {}

/**
 * Where things go in memory. A restore may place rows anywhere: `order(n)` says in which order n
 * rows are placed. Nothing may depend on it (I13).
 */
export type Placement = (count: number) => Int32Array;

function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/**
 * The state as canonical bytes: header, global tables, accounts with their rows, orders by id, and
 * the digest of all that. Derived columns are left out. Spec: roots 7.
 */
export function snapshot(machine: Machine): Uint8Array {
  const { state } = machine;
  const codecs = rowCodecs(state);
  const out = new Growing();
  const counts = sectionCounts(state);
  writeHeader(out, state, counts);
  for (const table of GLOBAL_TABLES) {
    const rows = isById(table) ? rowsById(state[table].id) : inOrder(usedRows(state, table));
    for (const row of rows) writeRow(out, codecs[table], row);
  }
  for (let account = 1; account <= counts.accounts; account++) {
    writeRow(out, codecs.accounts, account);
    for (const slab of slabsOf(state)) {
      const used = slab.count.get(account);
      const at = out.room(1);
      out.view.setUint8(at, used);
      const first = slab.base.get(account);
      for (let row = first; row < first + used; row++) writeRow(out, codecs[slab.table], row);
    }
  }
  for (const row of rowsById(state.orders.id)) writeRow(out, codecs.orders, row);
  const seal = digest(machine.hashPairs, out.bytes());
  out.bytesRoom(SEAL_BYTES).set(seal);
  return out.bytes().slice();
}

/** The view is asked for after the room: it is another one when the bytes grew. */
function writeRow(out: Growing, codec: RowCodec, row: number): void {
  const at = out.room(codec.bytes);
  codec.write(row, out.view, at);
}

/**
 * A machine from a snapshot's bytes; its next root is that of the machine that wrote them.
 *
 * @throws DamagedSnapshotError when the bytes are not a whole snapshot of this version, or do not
 * fit
 * the limits.
 */
export function restore(
  bytes: Uint8Array,
  limits: Limits,
  options: MachineDependencies & { readonly placement?: Placement } = {},
): Machine {
  const state = createState(limits);
  const machine = machineOf(state, options);
  const counts = readHeader(machine, bytes);
  const placement = options.placement ?? inOrder;
  const reader = new Reader(bytes);
  const plan: Plan = { counts, codecs: rowCodecs(state), placement };
  readGlobals(state, reader, plan);
  readAccounts(state, reader, plan);
  readOrders(state, reader, plan);
  if (reader.at !== bytes.length - SEAL_BYTES) damaged('its sections do not fill it', {});
  machine.roots.noteAll();
  state.log.clear();
  return machine;
}

interface Counts {
  readonly accounts: number;
  readonly assets: number;
  readonly underlyings: number;
  readonly instruments: number;
  readonly withdrawals: number;
  readonly proposals: number;
  readonly orders: number;
}
const COUNT_NAMES = [
  'accounts',
  'assets',
  'underlyings',
  'instruments',
  'withdrawals',
  'proposals',
  'orders',
] as const;
type CountList = [number, number, number, number, number, number, number];

interface Plan {
  readonly counts: Counts;
  readonly codecs: RowCodecs;
  readonly placement: Placement;
}

function sectionCounts(state: State): Counts {
  const { machine, pools } = state;
  return {
    accounts: machine.accountCount.get(0),
    assets: machine.assetCount.get(0),
    underlyings: machine.underlyingCount.get(0),
    instruments: machine.instrumentCount.get(0),
    withdrawals: pools.withdrawals.used,
    proposals: pools.proposals.used,
    orders: pools.orders.used,
  };
}

function isById(table: TableName): table is 'withdrawals' | 'proposals' {
  return table === 'withdrawals' || table === 'proposals';
}

interface SlabSection {
  readonly table: 'balances' | 'positions' | 'agents';
  readonly base: I32Column;
  readonly count: U8Column;
}

function slabsOf(state: State): readonly SlabSection[] {
  const { accounts } = state;
  return [
    { table: 'balances', base: accounts.balanceBase, count: accounts.balanceCount },
    { table: 'positions', base: accounts.positionBase, count: accounts.positionCount },
    { table: 'agents', base: accounts.agentBase, count: accounts.agentCount },
  ];
}

function writeHeader(out: Growing, state: State, counts: Counts): void {
  const at = out.room(HEADER_BYTES);
  const { view } = out;
  view.setUint32(at, MAGIC, false);
  view.setUint32(at + 4, FORMAT, true);
  view.setUint32(at + 8, state.machine.version.get(0), true);
  view.setFloat64(at + 16, state.machine.height.get(0), true);
  COUNT_NAMES.forEach((name, i) => {
    view.setUint32(at + 24 + i * 4, counts[name], true);
  });
}

function readHeader(machine: Machine, bytes: Uint8Array): Counts {
  if (bytes.length < HEADER_BYTES + SEAL_BYTES) damaged('it is cut off', { bytes: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, false) !== MAGIC) damaged('it does not begin like a snapshot', {});
  const format = view.getUint32(4, true);
  const version = view.getUint32(8, true);
  if (format !== FORMAT || version !== STATE_VERSION) {
    damaged('it is of another version', { format, version });
  }
  const body = bytes.subarray(0, bytes.length - SEAL_BYTES);
  const seal = hex(digest(machine.hashPairs, body));
  const held = hex(bytes.subarray(bytes.length - SEAL_BYTES));
  if (seal !== held) damaged('its bytes do not match its digest', { seal, held });
  const [accounts, assets, underlyings, instruments, withdrawals, proposals, orders] =
    COUNT_NAMES.map((_, i) => view.getUint32(24 + i * 4, true)) as CountList;
  const counts = { accounts, assets, underlyings, instruments, withdrawals, proposals, orders };
  checkRoom(machine.state.limits, counts);
  return counts;
}

function checkRoom(limits: Limits, counts: Counts): void {
  const fits =
    counts.accounts < limits.accountsMax &&
    counts.assets < limits.assetsMax &&
    counts.underlyings < limits.underlyingsMax &&
    counts.instruments < limits.instrumentsMax &&
    counts.withdrawals <= limits.withdrawalsMax &&
    counts.proposals <= limits.proposalsMax &&
    counts.orders <= limits.ordersMax;
  if (!fits) damaged('it does not fit the limits', { ...counts });
}

function readGlobals(state: State, reader: Reader, plan: Plan): void {
  for (const table of GLOBAL_TABLES) {
    const codec = plan.codecs[table];
    if (isById(table)) {
      const rows = placedRows(state.pools[table], plan, plan.counts[table]);
      for (const row of rows) codec.read(row, reader.view, reader.take(codec.bytes));
      if (table === 'withdrawals') relinkWithdrawals(state, rows);
      continue;
    }
    const used = usedRows(state, table);
    for (let row = 0; row < used; row++) codec.read(row, reader.view, reader.take(codec.bytes));
  }
  state.log.clear();
}

/** Rows of a pool for so many entries, in the order that the placement says. */
function placedRows(pool: State['pools']['orders'], plan: Plan, count: number): number[] {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) taken.push(pool.allocate());
  for (const i of plan.placement(count)) pool.release(taken[i] as number);
  return taken.map(() => pool.allocate());
}

/** The queue of an asset holds what waits, by id; the index holds all. */
function relinkWithdrawals(state: State, rows: readonly number[]): void {
  const { withdrawals, assets, indexes } = state;
  for (const row of rows) {
    indexes.withdrawalById.insert(row);
    if (withdrawals.waiting.get(row) === 0n) continue;
    const asset = withdrawals.asset.get(row);
    const tail = assets.withdrawalTail.get(asset);
    if (tail === 0) assets.withdrawalHead.set(asset, row + 1);
    else withdrawals.following.set(tail - 1, row + 1);
    assets.withdrawalTail.set(asset, row + 1);
  }
}

function readAccounts(state: State, reader: Reader, plan: Plan): void {
  const { accounts } = plan.counts;
  const starts: number[] = [];
  for (let account = 1; account <= accounts; account++) {
    starts.push(reader.at);
    skipAccount(state, reader, plan.codecs);
  }
  const end = reader.at;
  for (const i of plan.placement(accounts)) {
    reader.at = starts[i] as number;
    readAccount(state, reader, { account: i + 1, codecs: plan.codecs });
    state.log.clear();
  }
  reader.at = end;
}

function skipAccount(state: State, reader: Reader, codecs: RowCodecs): void {
  reader.take(codecs.accounts.bytes);
  for (const { table } of slabsOf(state)) {
    const used = reader.view.getUint8(reader.take(1));
    reader.take(used * codecs[table].bytes);
  }
}

function readAccount(
  state: State,
  reader: Reader,
  place: { readonly account: number; readonly codecs: RowCodecs },
): void {
  const { account, codecs } = place;
  codecs.accounts.read(account, reader.view, reader.take(codecs.accounts.bytes));
  for (const { table } of slabsOf(state)) {
    const used = reader.view.getUint8(reader.take(1));
    if (used === 0) continue;
    const slab = state.slabs[table];
    if (!slab.hasRoomFor(used)) damaged('its rows do not fit the limits', { account });
    // Rows ascend by key, and their bytes bring it.
    const first = slab.fill(account, used);
    for (let row = first; row < first + used; row++) {
      codecs[table].read(row, reader.view, reader.take(codecs[table].bytes));
    }
  }
}

function readOrders(state: State, reader: Reader, plan: Plan): void {
  const codec = plan.codecs.orders;
  const { orders } = state;
  for (const row of placedRows(state.pools.orders, plan, plan.counts.orders)) {
    codec.read(row, reader.view, reader.take(codec.bytes));
    const position = findPosition(state, orders.account.get(row), orders.instrument.get(row));
    if (position < 0) damaged('an order has no position', { order: orders.id.get(row) });
    linkOrder(state, row, position);
    addReserve(state, position, row);
    state.log.clear();
  }
}

function damaged(what: string, facts: { readonly [fact: string]: string | number }): never {
  throw new DamagedSnapshotError({
    code: 'SNAPSHOT_DAMAGED',
    message: `the snapshot cannot be restored: ${what}; take another one or replay from genesis`,
    facts,
  });
}

/** Bytes that grow; offsets stay, views do not. */
class Growing {
  #bytes = new Uint8Array(1 << 20);
  view = new DataView(this.#bytes.buffer);
  #at = 0;

  room(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return at;
  }

  bytesRoom(bytes: number): Uint8Array {
    const at = this.room(bytes);
    return this.#bytes.subarray(at, at + bytes);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }
}

class Reader {
  readonly view: DataView;
  at = HEADER_BYTES;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  take(bytes: number): number {
    const at = this.at;
    this.at += bytes;
    if (this.at > this.view.byteLength - SEAL_BYTES) damaged('it is cut off', { at });
    return at;
  }
}
