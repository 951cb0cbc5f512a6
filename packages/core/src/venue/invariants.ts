import { ORDER_FLAG, SIDE } from '../schema/index.ts';
import { instrumentExists, type State } from '../state/index.ts';
import { bestLevel, bestPrice } from './book.ts';
import { findLevel } from './levels.ts';

// What must hold of all books between commands, counted anew from the orders. For tests, checkers
// and audits: it reads everything and is slow. Spec: venue 11.

/** Every way in which books, reserves and sizes disagree with the orders, as sentences. */
export function bookErrors(state: State): string[] {
  const errors: string[] = [];
  const onBooks = sideErrors(state, errors);
  const onPositions = positionErrors(state, errors);
  const held = state.pools.orders.used;
  if (onBooks !== held) errors.push(`${held} orders are held, ${onBooks} are on books`);
  if (onPositions !== held) errors.push(`${held} orders are held, ${onPositions} at positions`);
  sizeErrors(state, errors);
  return errors;
}

/** Walks every side from its best level on; the orders it met. */
function sideErrors(state: State, errors: string[]): number {
  let met = 0;
  let levelsMet = 0;
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    for (const side of [SIDE.buy, SIDE.sell]) {
      let last = 0;
      let better = 0;
      for (let row = bestLevel(state, instrument, side); row >= 0; ) {
        const { levels } = state;
        const price = levels.price.get(row);
        const at = `${side === SIDE.buy ? 'bid' : 'ask'} level ${price} of instrument ${instrument}`;
        if (last !== 0 && (side === SIDE.buy ? price >= last : price <= last)) {
          errors.push(`${at} is not worse than ${last}`);
        }
        if (levels.better.get(row) !== better) errors.push(`${at} does not link back`);
        if (findLevel(state, { instrument, side, price }) !== row) {
          errors.push(`${at} is not found by its price`);
        }
        met += levelErrors(state, { row, at, instrument, side }, errors);
        levelsMet += 1;
        last = price;
        better = row + 1;
        row = levels.worse.get(row) - 1;
      }
    }
    const bid = bestPrice(state, instrument, SIDE.buy);
    const ask = bestPrice(state, instrument, SIDE.sell);
    if (bid !== 0 && ask !== 0 && bid >= ask) {
      errors.push(`instrument ${instrument} is crossed: bid ${bid}, ask ${ask}`);
    }
  }
  const held = state.pools.levels.used;
  if (levelsMet !== held) errors.push(`${held} levels are held, ${levelsMet} are on books`);
  return met;
}

function levelErrors(
  state: State,
  level: { row: number; at: string; instrument: number; side: number },
  errors: string[],
): number {
  const { orders, levels, indexes } = state;
  const { row, at } = level;
  let met = 0;
  let lots = 0;
  let lastId = 0;
  let previous = 0;
  for (let link = levels.head.get(row); link !== 0; link = orders.levelNext.get(link - 1)) {
    const order = link - 1;
    const id = orders.id.get(order);
    if (id <= lastId) errors.push(`${at}: order ${id} comes after ${lastId}`);
    if (orders.size.get(order) <= 0) errors.push(`${at}: order ${id} has no lots`);
    if (
      orders.price.get(order) !== levels.price.get(row) ||
      orders.side.get(order) !== level.side ||
      orders.instrument.get(order) !== level.instrument ||
      orders.level.get(order) !== row + 1 ||
      orders.levelPrevious.get(order) !== previous
    ) {
      errors.push(`${at}: order ${id} does not belong there`);
    }
    if (indexes.orderById.find(id) !== order) errors.push(`${at}: order ${id} is not indexed`);
    const clientId = orders.clientId.get(order);
    const account = orders.account.get(order);
    if (clientId !== 0 && indexes.orderByClientId.find(clientId, account) !== order) {
      errors.push(`${at}: client id ${clientId} is not indexed`);
    }
    lots += orders.size.get(order);
    met += 1;
    lastId = id;
    previous = link;
  }
  if (levels.tail.get(row) !== previous) errors.push(`${at}: the tail is not its last order`);
  agedErrors(state, level, errors);
  if (lots !== levels.lots.get(row)) {
    errors.push(`${at}: ${levels.lots.get(row)} lots, its orders have ${lots}`);
  }
  if (met === 0) errors.push(`${at} is empty`);
  return met;
}

/** Counts the oldest orders of a level anew, up to the one that says it is the next. */
function agedErrors(
  state: State,
  level: { readonly row: number; readonly at: string },
  errors: string[],
): void {
  const { orders, levels } = state;
  const { row, at } = level;
  const next = levels.agedNext.get(row);
  let count = 0;
  let lots = 0;
  let link = levels.head.get(row);
  for (; link !== 0 && link !== next; link = orders.levelNext.get(link - 1)) {
    count += 1;
    lots += orders.size.get(link - 1);
    if (orders.id.get(link - 1) > levels.agedId.get(row)) errors.push(`${at}: aged too early`);
  }
  if (link !== next) errors.push(`${at}: the next order to age is not there`);
  const nextMs = next === 0 ? 0 : orders.placedMs.get(next - 1);
  if (nextMs !== levels.agedNextMs.get(row))
    errors.push(`${at}: the next one ages at another time`);
  if (count !== levels.agedOrders.get(row) || lots !== levels.agedLots.get(row)) {
    errors.push(`${at}: the aged orders are counted wrongly`);
  }
}

/** Counts the open orders of every position anew; the orders it met. */
function positionErrors(state: State, errors: string[]): number {
  const { accounts } = state;
  let met = 0;
  const count = state.machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const first = accounts.positionBase.get(account);
    const end = first + accounts.positionCount.get(account);
    let own = 0;
    for (let row = first; row < end; row++) own += reserveErrors(state, row, errors);
    if (own !== accounts.orderCount.get(account)) {
      errors.push(`account ${account} counts ${accounts.orderCount.get(account)} of ${own} orders`);
    }
    met += own;
  }
  return met;
}

interface Sums {
  lots: number;
  value: number;
  extreme: number;
}

function reserveErrors(state: State, position: number, errors: string[]): number {
  const { orders, positions } = state;
  const account = positions.account.get(position);
  const instrument = positions.instrument.get(position);
  const at = `account ${account} in instrument ${instrument}`;
  const bids: Sums = { lots: 0, value: 0, extreme: 0 };
  const asks: Sums = { lots: 0, value: 0, extreme: 0 };
  let met = 0;
  let lastId = 0;
  let previous = 0;
  const { ordersHead, ordersTail } = positions;
  for (let link = ordersHead.get(position); link !== 0; link = orders.accountNext.get(link - 1)) {
    const order = link - 1;
    const id = orders.id.get(order);
    if (id <= lastId) errors.push(`${at}: order ${id} comes after ${lastId}`);
    if (
      orders.account.get(order) !== account ||
      orders.instrument.get(order) !== instrument ||
      orders.accountPrevious.get(order) !== previous
    ) {
      errors.push(`${at}: order ${id} does not belong there`);
    }
    const isBuy = orders.side.get(order) === SIDE.buy;
    if ((orders.flags.get(order) & ORDER_FLAG.reduceOnly) === 0) {
      addTo(isBuy ? bids : asks, orders.size.get(order), orders.price.get(order));
      const sums = isBuy ? bids : asks;
      const price = orders.price.get(order);
      if (sums.extreme === 0 || (isBuy ? price > sums.extreme : price < sums.extreme)) {
        sums.extreme = price;
      }
    }
    met += 1;
    lastId = id;
    previous = link;
  }
  if (ordersTail.get(position) !== previous) errors.push(`${at}: the tail is not its last order`);
  const isSame =
    positions.bidLots.get(position) === bids.lots &&
    positions.bidValue.get(position) === bids.value &&
    positions.bidHigh.get(position) === bids.extreme &&
    positions.askLots.get(position) === asks.lots &&
    positions.askValue.get(position) === asks.value &&
    positions.askLow.get(position) === asks.extreme;
  if (!isSame) errors.push(`${at}: the reserve is not the sum of its orders`);
  return met;
}

function addTo(sums: Sums, lots: number, price: number): void {
  sums.lots += lots;
  sums.value += lots * price;
}

/** Sizes of an instrument sum to 0, and the longs are its open interest (I2). */
function sizeErrors(state: State, errors: string[]): void {
  const { accounts, positions, instruments } = state;
  const instrumentCount = state.machine.instrumentCount.get(0);
  const sums = new Float64Array(instrumentCount + 1);
  const longs = new Float64Array(instrumentCount + 1);
  const count = state.machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    const first = accounts.positionBase.get(account);
    const end = first + accounts.positionCount.get(account);
    for (let row = first; row < end; row++) {
      const instrument = positions.instrument.get(row);
      const size = positions.size.get(row);
      if (!instrumentExists(state, instrument)) errors.push(`position in ${instrument}`);
      sums[instrument] = (sums[instrument] as number) + size;
      longs[instrument] = (longs[instrument] as number) + Math.max(0, size);
    }
  }
  for (let instrument = 1; instrument <= instrumentCount; instrument++) {
    if (sums[instrument] !== 0) {
      errors.push(`sizes of instrument ${instrument} sum to ${sums[instrument]}`);
    }
    if (longs[instrument] !== instruments.openInterest.get(instrument)) {
      errors.push(`open interest of instrument ${instrument} is not its longs`);
    }
  }
}
