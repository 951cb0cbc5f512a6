import type { State } from '../state/index.ts';

// Which lots of a price level have rested for a while. A level counts its orders from the oldest on
// as they age, so that an order is read once and not in every block: at 100 busy books reading them
// all took a sixth of a recovery. What is counted decides nothing: without it the orders are read.
// Spec: venue 9.

/** What of a level has rested since `agedMs` or longer, read within bounds of work. */
export interface AgedQuery {
  readonly agedMs: number;
  /** Orders that are read at most. */
  readonly visitsMax: number;
}

export interface Aged {
  readonly lots: number;
  /** Orders that were met: the aged ones and the first that is not. */
  readonly visits: number;
}

/** Lots at a level placed at or before `agedMs`: its oldest orders, at most `visitsMax` of them. */
export function agedLots(state: State, level: number, query: AgedQuery): Aged {
  const { levels } = state;
  const { agedMs, visitsMax } = query;
  // Where orders have to be older than when they were counted, the count says too much.
  if (agedMs < levels.agedMs.get(level)) return readAged(state, level, query);
  if (levels.agedNext.get(level) !== 0 && levels.agedNextMs.get(level) <= agedMs) {
    countAged(state, level, query);
  }
  const next = levels.agedNext.get(level);
  const visits = levels.agedOrders.get(level) + (next === 0 ? 0 : 1);
  const isCounted = next === 0 || levels.agedNextMs.get(level) > agedMs;
  if (!isCounted || visits > visitsMax) return readAged(state, level, query);
  return { lots: levels.agedLots.get(level), visits };
}

/** Counts what has aged since, as far as the bound goes. */
function countAged(state: State, level: number, { agedMs, visitsMax }: AgedQuery): void {
  const { levels, orders } = state;
  let next = levels.agedNext.get(level);
  let last = 0;
  let lots = 0;
  let count = 0;
  while (next !== 0 && count < visitsMax && orders.placedMs.get(next - 1) <= agedMs) {
    lots += orders.size.get(next - 1);
    count += 1;
    last = next;
    next = orders.levelNext.get(next - 1);
  }
  if (last === 0) return;
  levels.agedLots.add(level, lots);
  levels.agedOrders.add(level, count);
  levels.agedId.set(level, orders.id.get(last - 1));
  levels.agedMs.set(level, orders.placedMs.get(last - 1));
  setNext(state, level, next);
}

/** The obvious twin: reads the orders. */
export function readAged(state: State, level: number, query: AgedQuery): Aged {
  const { size, placedMs, levelNext } = state.orders;
  let lots = 0;
  let visits = 0;
  for (let link = state.levels.head.get(level); link !== 0; link = levelNext.get(link - 1)) {
    if (visits >= query.visitsMax) break;
    visits += 1;
    if (placedMs.get(link - 1) > query.agedMs) break;
    lots += size.get(link - 1);
  }
  return { lots, visits };
}

/** An order was linked behind all others of its level. */
export function joinAged(state: State, level: number, order: number): void {
  if (state.levels.agedNext.get(level) === 0) setNext(state, level, order + 1);
}

/** An order leaves its level; its row and the link to the next one are as they were. */
export function leaveAged(state: State, level: number, order: number): void {
  const { levels, orders } = state;
  if (isCounted(state, level, order)) {
    levels.agedLots.add(level, -orders.size.get(order));
    levels.agedOrders.add(level, -1);
  } else if (levels.agedNext.get(level) === order + 1) {
    setNext(state, level, orders.levelNext.get(order));
  }
}

/** An order of a level gives lots. */
export function reduceAged(
  state: State,
  level: number,
  part: { readonly order: number; readonly lots: number },
): void {
  if (isCounted(state, level, part.order)) state.levels.agedLots.add(level, -part.lots);
}

/** By id: orders of a level stand in order of id, and those of before have lower ones. */
function isCounted(state: State, level: number, order: number): boolean {
  return state.orders.id.get(order) <= state.levels.agedId.get(level);
}

function setNext(state: State, level: number, next: number): void {
  const { levels, orders } = state;
  levels.agedNext.set(level, next);
  levels.agedNextMs.set(level, next === 0 ? 0 : orders.placedMs.get(next - 1));
}
