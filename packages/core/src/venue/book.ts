import { assert } from '../math/index.ts';
import { SIDE } from '../schema/index.ts';
import { findPosition, type State, timeMs } from '../state/index.ts';
import { joinAged, leaveAged, reduceAged } from './agedLots.ts';
import { bestColumn, findLevel, insertLevel, type LevelKey, removeLevel } from './levels.ts';
import { addReserve, clearReserve, settleExtremes, subtractReserve } from './reserve.ts';

// Open orders on their books: per level in order of id, and per position in order of id. The
// order's own row is the truth; levels, lists and sums are derived and can be linked anew. Spec:
// venue 2, 3.

/** An order that is to rest. */
export interface NewOrder extends LevelKey {
  readonly account: number;
  readonly id: number;
  readonly clientId: number;
  readonly flags: number;
  readonly size: number;
}

/** The other side. */
export function opposite(side: number): number {
  return side === SIDE.buy ? SIDE.sell : SIDE.buy;
}

/** The best level of a side, or −1. */
export function bestLevel(state: State, instrument: number, side: number): number {
  return bestColumn(state, side).get(instrument) - 1;
}

/** The best price of a side; 0 when it is empty. */
export function bestPrice(state: State, instrument: number, side: number): number {
  const level = bestLevel(state, instrument, side);
  return level < 0 ? 0 : state.levels.price.get(level);
}

/** Whether a level for the order is there or can be made. */
export function hasLevelRoom(state: State, key: LevelKey): boolean {
  return state.pools.levels.hasRoom() || findLevel(state, key) >= 0;
}

/** Writes an order and links it; the caller asked for room and made the position's row. */
export function insertOrder(state: State, order: NewOrder): number {
  const { orders, accounts } = state;
  const row = state.pools.orders.allocate();
  orders.account.set(row, order.account);
  orders.instrument.set(row, order.instrument);
  orders.id.set(row, order.id);
  orders.clientId.set(row, order.clientId);
  orders.side.set(row, order.side);
  orders.flags.set(row, order.flags);
  orders.price.set(row, order.price);
  orders.size.set(row, order.size);
  orders.placedMs.set(row, timeMs(state));
  accounts.orderCount.add(order.account, 1);
  const position = findPosition(state, order.account, order.instrument);
  assert(position >= 0, 'an order rests beside a position row', { account: order.account });
  linkOrder(state, row, position);
  addReserve(state, position, row);
  return row;
}

/**
 * Links a written order into its level, its position's list and the indexes. Orders are linked in
 * ascending id; `addReserve` then counts it at its position.
 */
export function linkOrder(state: State, row: number, position: number): void {
  const { orders, levels, positions } = state;
  const key = {
    instrument: orders.instrument.get(row),
    side: orders.side.get(row),
    price: orders.price.get(row),
  };
  let level = findLevel(state, key);
  if (level < 0) level = insertLevel(state, key);
  orders.level.set(row, level + 1);
  const tail = levels.tail.get(level);
  orders.levelPrevious.set(row, tail);
  if (tail === 0) levels.head.set(level, row + 1);
  else orders.levelNext.set(tail - 1, row + 1);
  levels.tail.set(level, row + 1);
  levels.lots.add(level, orders.size.get(row));
  joinAged(state, level, row);
  const last = positions.ordersTail.get(position);
  orders.accountPrevious.set(row, last);
  if (last === 0) positions.ordersHead.set(position, row + 1);
  else orders.accountNext.set(last - 1, row + 1);
  positions.ordersTail.set(position, row + 1);
  state.indexes.orderById.insert(row);
  if (orders.clientId.get(row) !== 0) state.indexes.orderByClientId.insert(row);
}

/** Takes lots off a resting order; an order without lots left is removed. */
export function reduceOrder(state: State, row: number, lots: number): void {
  const { orders, levels } = state;
  const left = orders.size.get(row) - lots;
  assert(lots > 0 && left >= 0, 'an order gives lots that it has', { lots, left });
  if (left === 0) {
    removeOrder(state, row);
    return;
  }
  const position = findPosition(state, orders.account.get(row), orders.instrument.get(row));
  subtractReserve(state, position, { order: row, lots });
  orders.size.set(row, left);
  const level = orders.level.get(row) - 1;
  levels.lots.add(level, -lots);
  reduceAged(state, level, { order: row, lots });
}

/** Removes a resting order; the row of its position stays. */
export function removeOrder(state: State, row: number): void {
  const { orders } = state;
  const gone = {
    side: orders.side.get(row),
    flags: orders.flags.get(row),
    price: orders.price.get(row),
  };
  const position = findPosition(state, orders.account.get(row), orders.instrument.get(row));
  subtractReserve(state, position, { order: row, lots: orders.size.get(row) });
  unlinkOrder(state, row, position);
  settleExtremes(state, position, gone);
}

/** Removes all orders of a position's row, oldest first, after `visit` saw each. */
export function removeOrders(state: State, position: number, visit: (order: number) => void): void {
  const { ordersHead } = state.positions;
  clearReserve(state, position);
  for (let link = ordersHead.get(position); link !== 0; link = ordersHead.get(position)) {
    visit(link - 1);
    unlinkOrder(state, link - 1, position);
  }
}

function unlinkOrder(state: State, row: number, position: number): void {
  const { orders, accounts } = state;
  state.indexes.orderById.remove(row);
  if (orders.clientId.get(row) !== 0) state.indexes.orderByClientId.remove(row);
  unlinkFromPosition(state, row, position);
  unlinkFromLevel(state, row);
  accounts.orderCount.add(orders.account.get(row), -1);
  orders.account.set(row, 0);
  orders.instrument.set(row, 0);
  orders.id.set(row, 0);
  orders.clientId.set(row, 0);
  orders.side.set(row, 0);
  orders.flags.set(row, 0);
  orders.price.set(row, 0);
  orders.size.set(row, 0);
  orders.placedMs.set(row, 0);
  state.pools.orders.release(row);
}

function unlinkFromPosition(state: State, row: number, position: number): void {
  const { accountNext, accountPrevious } = state.orders;
  const { ordersHead, ordersTail } = state.positions;
  const before = accountPrevious.get(row);
  const after = accountNext.get(row);
  if (before === 0) ordersHead.set(position, after);
  else accountNext.set(before - 1, after);
  if (after === 0) ordersTail.set(position, before);
  else accountPrevious.set(after - 1, before);
  accountNext.set(row, 0);
  accountPrevious.set(row, 0);
}

function unlinkFromLevel(state: State, row: number): void {
  const { orders, levels } = state;
  const level = orders.level.get(row) - 1;
  const before = orders.levelPrevious.get(row);
  const after = orders.levelNext.get(row);
  if (before === 0) levels.head.set(level, after);
  else orders.levelNext.set(before - 1, after);
  if (after === 0) levels.tail.set(level, before);
  else orders.levelPrevious.set(after - 1, before);
  levels.lots.add(level, -orders.size.get(row));
  leaveAged(state, level, row);
  orders.levelNext.set(row, 0);
  orders.levelPrevious.set(row, 0);
  orders.level.set(row, 0);
  if (levels.head.get(level) === 0) removeLevel(state, level);
}
