import { ensurePosition, prunePosition } from '../positions/index.ts';
import {
  type ActionOf,
  accepted,
  type Code,
  globalParameters,
  instrumentParameters,
  MARKET_STATE,
  ORDER_FLAG,
  rejections,
  SIDE,
} from '../schema/index.ts';
import {
  type Caller,
  findPosition,
  globalParameter,
  instrumentExists,
  instrumentParameter,
  refuse,
  type State,
} from '../state/index.ts';
import { bestPrice, hasLevelRoom, insertOrder, opposite } from './book.ts';
import { createTaker, type MatchEnd, match, type Taker } from './match.ts';
import { exposureRefusal, type Incoming, isTooSmall, openInterestRefusal } from './orderLimits.ts';
import { bandHigh, bandLow, closableLots, openingRefusal, sizeOf } from './restriction.ts';

const PRICE_MAX = 2_147_483_647;

/**
 * Places a limit or market order: matches what crosses, rests what may rest. The order of checks is
 * pinned. Spec: venue 4.
 */
export function placeOrder(state: State, action: ActionOf<'placeOrder'>, caller: Caller): Code {
  const formCode = formRefusal(state, action);
  if (formCode !== accepted) return formCode;
  const incoming = incomingOrder(state, action, caller.account);
  const code = marketRefusal(state, incoming) || limitsRefusal(state, action, incoming);
  if (code !== accepted) return code;
  if (ensurePosition(state, incoming.account, incoming.instrument) < 0) {
    return refuse(state, rejections.positionsFull, { account: incoming.account });
  }
  if (action.isPostOnly && crosses(state, incoming)) {
    return refuse(state, rejections.wouldCross, { price: action.price });
  }
  return execute(state, action, incoming);
}

/** What the order says, whoever sends it: instrument, flags, size, price, band. */
function formRefusal(state: State, action: ActionOf<'placeOrder'>): Code {
  const { instrument, size, price } = action;
  if (!instrumentExists(state, instrument)) {
    return refuse(state, rejections.instrumentUnknown, { instrument });
  }
  const isImmediate = action.timeInForce === 'immediateOrCancel';
  if (action.isPostOnly && (isImmediate || price === 0)) {
    return refuse(state, rejections.flagsConflict);
  }
  const sizeMax = instrumentParameter(state, instrument, instrumentParameters.orderSizeMax);
  if (!(size >= 1 && size <= sizeMax)) {
    return refuse(state, rejections.orderSize, { size, sizeMax });
  }
  const tickSize = state.instruments.tickSize.get(instrument);
  if (!(price >= 0 && price <= PRICE_MAX) || price % tickSize !== 0) {
    return refuse(state, rejections.orderPrice, { price, tickSize });
  }
  if (price === 0) {
    return isImmediate ? accepted : refuse(state, rejections.orderPrice, { price, tickSize });
  }
  const mark = state.instruments.markPrice.get(instrument);
  const low = bandLow(state, instrument);
  const high = bandHigh(state, instrument);
  if (mark > 0 && (action.side === 'buy' ? price > high : price < low)) {
    return refuse(state, rejections.orderBand, { price, low, high, mark });
  }
  return accepted;
}

function incomingOrder(state: State, action: ActionOf<'placeOrder'>, account: number): Incoming {
  const { instrument, isReduceOnly } = action;
  const side = action.side === 'buy' ? SIDE.buy : SIDE.sell;
  const isMarket = action.price === 0;
  const edge = side === SIDE.buy ? bandHigh(state, instrument) : bandLow(state, instrument);
  const { positions } = state;
  const row = findPosition(state, account, instrument);
  const size = row < 0 ? 0 : positions.size.get(row);
  const closable = closableLots(size, side);
  const isBuy = side === SIDE.buy;
  const resting = row < 0 ? 0 : (isBuy ? positions.bidLots : positions.askLots).get(row);
  const restingValue = row < 0 ? 0 : (isBuy ? positions.bidValue : positions.askValue).get(row);
  return {
    account,
    instrument,
    side,
    limit: isMarket ? edge : action.price,
    isMarket,
    isReduceOnly,
    canRest: !isMarket && action.timeInForce === 'goodTillCancelled',
    lots: isReduceOnly ? Math.min(action.size, closable) : action.size,
    growth: isReduceOnly ? 0 : Math.min(action.size, Math.max(0, resting + action.size - closable)),
    size,
    resting,
    restingValue,
  };
}

/** What the market takes now: nothing before it opens, only reductions while it is restricted. */
function marketRefusal(state: State, incoming: Incoming): Code {
  const { instrument } = incoming;
  const marketState = state.instruments.state.get(instrument);
  if (marketState === MARKET_STATE.proposed) return refuse(state, rejections.marketNotOpen);
  if (state.instruments.markPrice.get(instrument) === 0) {
    return refuse(state, rejections.priceNotOk);
  }
  if (incoming.isReduceOnly) {
    return incoming.lots > 0 ? accepted : refuse(state, rejections.nothingToReduce);
  }
  const code = openingRefusal(state, instrument);
  if (code === accepted || incoming.growth === 0) return accepted;
  return refuse(state, { code }, { growth: incoming.growth });
}

/** What the account and the venue have room for. */
function limitsRefusal(state: State, action: ActionOf<'placeOrder'>, incoming: Incoming): Code {
  const { account, instrument, side, limit } = incoming;
  const { clientId } = action;
  if (clientId !== 0 && state.indexes.orderByClientId.find(clientId, account) >= 0) {
    return refuse(state, rejections.clientIdUsed, { clientId });
  }
  if (incoming.growth > 0 && isTooSmall(state, incoming)) {
    return refuse(state, rejections.orderNotional, { size: action.size, price: limit });
  }
  if (incoming.canRest) {
    const open = state.accounts.orderCount.get(account);
    const ordersMax = globalParameter(state, globalParameters.ordersPerAccountMax);
    const key = { instrument, side, price: limit };
    if (open >= ordersMax || !state.pools.orders.hasRoom() || !hasLevelRoom(state, key)) {
      return refuse(state, rejections.ordersFull, { open, ordersMax });
    }
  }
  if (incoming.growth === 0) return accepted;
  return exposureRefusal(state, incoming) || openInterestRefusal(state, incoming);
}

function crosses(state: State, incoming: Incoming): boolean {
  const best = bestPrice(state, incoming.instrument, opposite(incoming.side));
  if (best === 0) return false;
  return incoming.side === SIDE.buy ? best <= incoming.limit : best >= incoming.limit;
}

function execute(state: State, action: ActionOf<'placeOrder'>, incoming: Incoming): Code {
  const { account, instrument, side, limit } = incoming;
  const order = state.machine.orderSequence.get(0) + 1;
  state.machine.orderSequence.set(0, order);
  // Only an order that meets a price is matched: most rest at once.
  if (!crosses(state, incoming)) {
    return finish(state, action, { incoming, order, end: 'done', taker: undefined });
  }
  const openInterest = state.instruments.openInterest.get(instrument);
  const taker = createTaker(state, {
    account,
    instrument,
    side,
    order,
    limit,
    isLiquidation: false,
    selfTrade: action.selfTrade,
    takerFeePpm: instrumentParameter(state, instrument, instrumentParameters.takerFeePpm),
    lots: incoming.lots,
  });
  const end = match(taker);
  if (end === 'selfTrade' && action.selfTrade === 'cancelIncoming' && taker.filled === 0) {
    return refuse(state, rejections.selfTrade, { order: state.orders.id.get(taker.maker) });
  }
  if (state.instruments.openInterest.get(instrument) > openInterest) {
    const code = openInterestRefusal(state, { instrument, growth: 0 });
    if (code !== accepted) return code;
  }
  return finish(state, action, { incoming, order, end, taker });
}

interface Executed {
  readonly incoming: Incoming;
  readonly order: number;
  readonly end: MatchEnd;
  readonly taker: Taker | undefined;
}

/** What becomes of the lots that did not trade. */
function finish(state: State, action: ActionOf<'placeOrder'>, executed: Executed): Code {
  const { incoming, order, taker } = executed;
  const { account, instrument } = incoming;
  const filled = taker === undefined ? 0 : taker.filled;
  const remaining = taker === undefined ? incoming.lots : taker.remaining;
  if (incoming.isMarket && filled === 0 && executed.end === 'done') {
    return refuse(state, rejections.noLiquidity, { limit: incoming.limit });
  }
  if (remaining > 0 && incoming.canRest && executed.end === 'done') {
    rest(state, action, { incoming, order, size: remaining });
    return accepted;
  }
  const size = incoming.lots - filled;
  if (size > 0) {
    const reason = executed.end === 'selfTrade' ? 'selfTrade' : 'immediate';
    state.events.push({ kind: 'orderCancelled', order, account, instrument, size, reason });
  }
  if (filled > 0 && isDustOpened(state, incoming)) {
    return refuse(state, rejections.positionDust, { size: sizeOf(state, account, instrument) });
  }
  prunePosition(state, account, instrument);
  return accepted;
}

/** Whether a position grew or turned into one below the least notional. Spec: venue 4.19. */
function isDustOpened(state: State, incoming: Incoming): boolean {
  const { account, instrument, size: before } = incoming;
  const size = sizeOf(state, account, instrument);
  const isReduced = Math.abs(size) <= Math.abs(before) && size * before >= 0;
  if (size === 0 || isReduced) return false;
  const least = instrumentParameter(state, instrument, instrumentParameters.notionalMin);
  const { markPrice, multiplier } = state.instruments;
  return Math.abs(size) * markPrice.get(instrument) * multiplier.get(instrument) < least;
}

function rest(
  state: State,
  action: ActionOf<'placeOrder'>,
  resting: { readonly incoming: Incoming; readonly order: number; readonly size: number },
): void {
  const { incoming, order, size } = resting;
  const { account, instrument, side, limit } = incoming;
  const { clientId } = action;
  const flags =
    (action.isPostOnly ? ORDER_FLAG.postOnly : 0) |
    (action.isReduceOnly ? ORDER_FLAG.reduceOnly : 0);
  insertOrder(state, { account, instrument, id: order, clientId, side, flags, price: limit, size });
  state.events.push({
    kind: 'orderPlaced',
    order,
    account,
    instrument,
    side: action.side,
    price: limit,
    size,
    clientId,
  });
}
