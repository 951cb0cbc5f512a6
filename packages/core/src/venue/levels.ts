import { SIDE } from '../schema/index.ts';
import type { State } from '../state/index.ts';
import type { I32Column } from '../store/index.ts';

// Price levels of a book side: a treap by price to find one, a list in order of price to walk them.
// A level's priority is a hash of its price, so that the tree's shape follows from its prices
// alone. Links are row + 1; 0 is none. Spec: venue 2.

/** Where the best level of a side stands. */
export function bestColumn(state: State, side: number): I32Column {
  return side === SIDE.buy ? state.instruments.bestBid : state.instruments.bestAsk;
}

function rootColumn(state: State, side: number): I32Column {
  return side === SIDE.buy ? state.instruments.bidRoot : state.instruments.askRoot;
}

/** The finalizer of MurmurHash3: a bijection of 32 bits, so that no two prices tie. */
function priority(price: number): number {
  let h = price ^ (price >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A side of an instrument's book, and a price on it. */
export interface LevelKey {
  readonly instrument: number;
  readonly side: number;
  readonly price: number;
}

/** The row of the level at a price, or −1. */
export function findLevel(state: State, key: LevelKey): number {
  const { price, left, right } = state.levels;
  let node = bestColumn(state, key.side).get(key.instrument);
  // Most orders meet the best level: look there before the descent.
  if (node !== 0 && price.get(node - 1) === key.price) return node - 1;
  node = rootColumn(state, key.side).get(key.instrument);
  while (node !== 0) {
    const at = price.get(node - 1);
    if (at === key.price) return node - 1;
    node = (key.price < at ? left : right).get(node - 1);
  }
  return -1;
}

/** Inserts an empty level at a price that has none and returns its row. */
export function insertLevel(state: State, key: LevelKey): number {
  const { levels } = state;
  const { price: prices, left, right } = levels;
  const row = state.pools.levels.allocate();
  levels.instrument.set(row, key.instrument);
  levels.side.set(row, key.side);
  prices.set(row, key.price);
  const own = priority(key.price);
  let link = rootColumn(state, key.side);
  let cell = key.instrument;
  let lower = 0;
  let higher = 0;
  let node = link.get(cell);
  while (node !== 0 && priority(prices.get(node - 1)) > own) {
    cell = node - 1;
    if (key.price < prices.get(cell)) {
      higher = node;
      link = left;
    } else {
      lower = node;
      link = right;
    }
    node = link.get(cell);
  }
  link.set(cell, row + 1);
  // The subtree below is split by price into the two children of the new node.
  let leftLink = left;
  let leftCell = row;
  let rightLink = right;
  let rightCell = row;
  while (node !== 0) {
    if (prices.get(node - 1) < key.price) {
      lower = node;
      leftLink.set(leftCell, node);
      leftLink = right;
      leftCell = node - 1;
      node = right.get(node - 1);
    } else {
      higher = node;
      rightLink.set(rightCell, node);
      rightLink = left;
      rightCell = node - 1;
      node = left.get(node - 1);
    }
  }
  leftLink.set(leftCell, 0);
  rightLink.set(rightCell, 0);
  linkNeighbors(state, row, key.side === SIDE.buy ? [higher, lower] : [lower, higher]);
  return row;
}

function linkNeighbors(state: State, row: number, neighbors: readonly [number, number]): void {
  const { better, worse, instrument, side } = state.levels;
  const [above, below] = neighbors;
  better.set(row, above);
  worse.set(row, below);
  if (above !== 0) worse.set(above - 1, row + 1);
  else bestColumn(state, side.get(row)).set(instrument.get(row), row + 1);
  if (below !== 0) better.set(below - 1, row + 1);
}

/** Removes an empty level. */
export function removeLevel(state: State, row: number): void {
  const { levels } = state;
  const { price: prices, left, right, better, worse } = levels;
  const price = prices.get(row);
  const side = levels.side.get(row);
  const instrument = levels.instrument.get(row);
  let link = rootColumn(state, side);
  let cell = instrument;
  for (let node = link.get(cell); node !== row + 1; node = link.get(cell)) {
    cell = node - 1;
    link = price < prices.get(cell) ? left : right;
  }
  let low = left.get(row);
  let high = right.get(row);
  while (low !== 0 && high !== 0) {
    if (priority(prices.get(low - 1)) > priority(prices.get(high - 1))) {
      link.set(cell, low);
      link = right;
      cell = low - 1;
      low = right.get(cell);
    } else {
      link.set(cell, high);
      link = left;
      cell = high - 1;
      high = left.get(cell);
    }
  }
  link.set(cell, low === 0 ? high : low);
  const above = better.get(row);
  const below = worse.get(row);
  if (above !== 0) worse.set(above - 1, below);
  else bestColumn(state, side).set(instrument, below);
  if (below !== 0) better.set(below - 1, above);
  state.pools.levels.release(row);
}
