import { sha256 } from '@noble/hashes/sha2.js';
import { type ColumnSchema, stateSchema, type TableSchema } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';
import { hexOfBytes } from '../signing/hex.ts';
import { refuseProof } from './errors.ts';
import { foldChunks, hashTwo, isSameBytes } from './hashing.ts';
import { readCount, readHex, readList, readObject } from './readFields.ts';

/** What shows that an account's rows stand under a state root, as JSON. Spec: roots 8. */
export interface AccountProofJson {
  readonly account: number;
  readonly chunks: Hex;
  readonly siblings: readonly Hex[];
  readonly meta: Hex;
  readonly globalRoot: Hex;
  readonly root: Hex;
}

/** The rows of an account that were verified. Amounts in asset units, sizes in lots. */
export interface VerifiedAccount {
  readonly account: number;
  /** The block whose state it is. */
  readonly height: number;
  /** Its time, milliseconds since 1970. */
  readonly timeMs: number;
  readonly root: Hex;
  readonly balances: readonly {
    readonly asset: number;
    readonly amount: bigint;
    readonly supplyShares: bigint;
    readonly debtShares: bigint;
  }[];
  readonly positions: readonly {
    readonly instrument: number;
    readonly size: number;
    readonly entry: bigint;
    readonly lockedGain: bigint;
  }[];
  readonly orders: readonly {
    readonly order: number;
    readonly instrument: number;
    readonly side: 'buy' | 'sell';
    readonly price: number;
    readonly size: number;
  }[];
}

const LEVELS_MAX = 53;
const CHUNK = 64;

/**
 * Checks that an account's rows stand under the state root, and reads them. Compare `root` with the
 * root of that height from a source you trust: a replay, another node, a checkpoint. Spec: roots 8.
 *
 * @param json what `/v1/accounts/:account/proof` returns as `proof`.
 * @throws InvalidProofError naming what does not hold.
 */
export function verifyAccountProof(json: unknown): VerifiedAccount {
  const names = ['account', 'chunks', 'siblings', 'meta', 'globalRoot', 'root'];
  const proof = readObject(json, 'proof', names);
  const account = readCount(proof.account, 'account');
  const chunks = readHex(proof.chunks, 'chunks');
  if (chunks.length === 0 || chunks.length % CHUNK !== 0) {
    refuseProof('chunks', `are not whole chunks of ${CHUNK} bytes`);
  }
  const meta = readHex(proof.meta, 'meta', CHUNK);
  const globalRoot = readHex(proof.globalRoot, 'globalRoot', 32);
  const root = readHex(proof.root, 'root', 32);
  let node = foldChunks(chunks);
  let index = account;
  readList(proof.siblings, 'siblings', LEVELS_MAX).forEach((each, level) => {
    const sibling = readHex(each, `siblings[${level}]`, 32);
    node = index % 2 === 0 ? hashTwo(node, sibling) : hashTwo(sibling, node);
    index = Math.floor(index / 2);
  });
  if (index !== 0) refuseProof('account', 'is beyond the tree');
  if (!isSameBytes(hashTwo(sha256(meta), hashTwo(node, globalRoot)), root)) {
    refuseProof('root', 'is not that of the rows and what is beside them');
  }
  const view = new DataView(meta.buffer);
  const [height, timeMs] = [view.getFloat64(8, true), view.getFloat64(16, true)];
  return { height, timeMs, root: hexOfBytes(root), ...readRows(chunks, account) };
}

type Rows = Pick<VerifiedAccount, 'account' | 'balances' | 'positions' | 'orders'>;

function readRows(chunks: Uint8Array, account: number): Rows {
  const rows = new RowReader(chunks);
  const header = rows.take(layouts.accounts.bytes + 12);
  const counts = header + layouts.accounts.bytes;
  const { view } = rows;
  if (view.getInt32(counts, true) !== account)
    refuseProof('chunks', 'are those of another account');
  const balances = rows.list('balances', view.getUint8(counts + 4)).map((row) => ({
    asset: row.integer('asset'),
    amount: row.amount('amount'),
    supplyShares: row.amount('supplyShares'),
    debtShares: row.amount('debtShares'),
  }));
  const positions = rows.list('positions', view.getUint8(counts + 5)).map((row) => ({
    instrument: row.integer('instrument'),
    size: row.integer('size'),
    entry: row.amount('entry'),
    lockedGain: row.amount('lockedGain'),
  }));
  rows.list('agents', view.getUint8(counts + 6));
  const orders = rows.list('orders', view.getInt32(counts + 8, true)).map((row) => ({
    order: row.double('id'),
    instrument: row.integer('instrument'),
    side: row.byte('side') === 0 ? ('buy' as const) : ('sell' as const),
    price: row.integer('price'),
    size: row.integer('size'),
  }));
  if (rows.at !== chunks.length) refuseProof('chunks', 'are more than the rows they count');
  return { account, balances, positions, orders };
}

const WIDTH = { u8: 1, u32: 4, i32: 4, f64: 8, i64: 8 } as const;
const TABLES = ['accounts', 'balances', 'positions', 'agents', 'orders'] as const;
type RowTable = (typeof TABLES)[number];

interface Layout {
  readonly bytes: number;
  readonly offsets: ReadonlyMap<string, number>;
}

/** Where the columns of a row stand: in order of the table, derived ones left out. */
function layoutOf(table: RowTable): Layout {
  const schema: TableSchema = stateSchema[table];
  const offsets: Map<string, number> = new Map();
  let bytes = 0;
  for (const [name, column] of Object.entries(schema.columns)) {
    const { type, stride = 1, derived }: ColumnSchema = column;
    if (derived === true) continue;
    offsets.set(name, bytes);
    bytes += WIDTH[type] * stride;
  }
  return { bytes, offsets };
}

const layouts = Object.fromEntries(TABLES.map((table) => [table, layoutOf(table)])) as {
  readonly [T in RowTable]: Layout;
};

interface Row {
  byte(column: string): number;
  integer(column: string): number;
  double(column: string): number;
  amount(column: string): bigint;
}

class RowReader {
  readonly view: DataView;
  at = 0;

  constructor(chunks: Uint8Array) {
    this.view = new DataView(chunks.buffer, chunks.byteOffset, chunks.length);
  }

  /** Where the next row stands; rows are whole chunks. */
  take(bytes: number): number {
    const at = this.at;
    this.at += Math.ceil(bytes / CHUNK) * CHUNK;
    if (this.at > this.view.byteLength) refuseProof('chunks', 'are fewer than the rows they count');
    return at;
  }

  list(table: RowTable, count: number): Row[] {
    const { bytes, offsets } = layouts[table];
    if (count * bytes > this.view.byteLength)
      refuseProof('chunks', 'count more rows than there are');
    const { view } = this;
    return Array.from({ length: count }, () => {
      const row = this.take(bytes);
      const place = (column: string): number => row + (offsets.get(column) as number);
      return {
        byte: (column) => view.getUint8(place(column)),
        integer: (column) => view.getInt32(place(column), true),
        double: (column) => view.getFloat64(place(column), true),
        amount: (column) => view.getBigInt64(place(column), true),
      };
    });
  }
}
