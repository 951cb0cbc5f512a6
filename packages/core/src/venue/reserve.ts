import { ORDER_FLAG, SIDE } from '../schema/index.ts';
import type { State } from '../state/index.ts';

// What the open orders of a position may still fill, summed in the position's row for the
// worst-case reserve of rule F3. Reduce-only orders are left out: they cannot grow a position.
// Spec: venue 3.

/** Counts `lots` of an order that now rests. */
export function addReserve(state: State, position: number, order: number): void {
  const { orders, positions } = state;
  if ((orders.flags.get(order) & ORDER_FLAG.reduceOnly) !== 0) return;
  const lots = orders.size.get(order);
  const price = orders.price.get(order);
  if (orders.side.get(order) === SIDE.buy) {
    positions.bidLots.add(position, lots);
    positions.bidValue.add(position, lots * price);
    if (price > positions.bidHigh.get(position)) positions.bidHigh.set(position, price);
  } else {
    positions.askLots.add(position, lots);
    positions.askValue.add(position, lots * price);
    const low = positions.askLow.get(position);
    if (low === 0 || price < low) positions.askLow.set(position, price);
  }
}

/** Takes `lots` of an order out of the sums; the extreme price follows in `settleExtremes`. */
export function subtractReserve(
  state: State,
  position: number,
  part: { readonly order: number; readonly lots: number },
): void {
  const { orders, positions } = state;
  if ((orders.flags.get(part.order) & ORDER_FLAG.reduceOnly) !== 0) return;
  const value = part.lots * orders.price.get(part.order);
  if (orders.side.get(part.order) === SIDE.buy) {
    positions.bidLots.add(position, -part.lots);
    positions.bidValue.add(position, -value);
  } else {
    positions.askLots.add(position, -part.lots);
    positions.askValue.add(position, -value);
  }
}

/** What an order was that has just left the list of its position. */
export interface GoneOrder {
  readonly side: number;
  readonly flags: number;
  readonly price: number;
}

/** Finds the extreme price again after the order that held it went. */
export function settleExtremes(state: State, position: number, gone: GoneOrder): void {
  if ((gone.flags & ORDER_FLAG.reduceOnly) !== 0) return;
  const { positions } = state;
  if (gone.side === SIDE.buy) {
    if (gone.price !== positions.bidHigh.get(position)) return;
    const lots = positions.bidLots.get(position);
    positions.bidHigh.set(position, lots === 0 ? 0 : extreme(state, position, gone));
  } else {
    if (gone.price !== positions.askLow.get(position)) return;
    const lots = positions.askLots.get(position);
    positions.askLow.set(position, lots === 0 ? 0 : extreme(state, position, gone));
  }
}

function extreme(state: State, position: number, gone: GoneOrder): number {
  const { side, flags, price, accountNext } = state.orders;
  let found = 0;
  for (let link = state.positions.ordersHead.get(position); link !== 0; ) {
    const row = link - 1;
    link = accountNext.get(row);
    if (side.get(row) !== gone.side || (flags.get(row) & ORDER_FLAG.reduceOnly) !== 0) continue;
    const at = price.get(row);
    // No order lies beyond the one that went, so an equal price ends the search.
    if (at === gone.price) return at;
    if (found === 0 || (gone.side === SIDE.buy ? at > found : at < found)) found = at;
  }
  return found;
}

/** Clears the sums of a position whose orders all go at once. */
export function clearReserve(state: State, position: number): void {
  const { positions } = state;
  positions.bidLots.set(position, 0);
  positions.askLots.set(position, 0);
  positions.bidHigh.set(position, 0);
  positions.askLow.set(position, 0);
  positions.bidValue.set(position, 0);
  positions.askValue.set(position, 0);
}
