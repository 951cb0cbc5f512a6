import { prunePosition } from '../positions/index.ts';
import { type ActionOf, accepted, type Code, type EventOf, rejections } from '../schema/index.ts';
import { type Caller, findPosition, instrumentExists, refuse, type State } from '../state/index.ts';
import { removeOrder, removeOrders } from './book.ts';

// How open orders go without a fill. Cancelling is never refused for what it would do. Spec: venue
// 7.

export type CancelReason = EventOf<'orderCancelled'>['reason'];

/** Cancels one order by its id, or by client id when the order id is 0. */
export function cancelOrder(state: State, action: ActionOf<'cancelOrder'>, caller: Caller): Code {
  const row =
    action.order !== 0
      ? state.indexes.orderById.find(action.order)
      : action.clientId !== 0
        ? state.indexes.orderByClientId.find(action.clientId, caller.account)
        : -1;
  if (row < 0 || state.orders.account.get(row) !== caller.account) {
    return refuse(state, rejections.orderUnknown, {
      order: action.order,
      clientId: action.clientId,
    });
  }
  cancelResting(state, row, 'owner');
  return accepted;
}

/** Cancels all open orders of the account in an instrument, or in all when it is 0. */
export function cancelAll(state: State, action: ActionOf<'cancelAll'>, caller: Caller): Code {
  const { instrument } = action;
  if (instrument !== 0 && !instrumentExists(state, instrument)) {
    return refuse(state, rejections.instrumentUnknown, { instrument });
  }
  cancelOrders(state, { account: caller.account, instrument, reason: 'owner' });
  return accepted;
}

/** Cancels a resting order and says why; a position row that then holds nothing goes too. */
export function cancelResting(state: State, order: number, reason: CancelReason): void {
  const account = state.orders.account.get(order);
  const instrument = state.orders.instrument.get(order);
  dropOrder(state, order, reason);
  prunePosition(state, account, instrument);
}

/** The same, but the row of the position stays: its account is about to trade. */
export function dropOrder(state: State, order: number, reason: CancelReason): void {
  pushCancelled(state, order, reason);
  removeOrder(state, order);
}

export interface CancelScope {
  readonly account: number;
  /** 0: all instruments, in ascending order. */
  readonly instrument: number;
  readonly reason: CancelReason;
}

/** Cancels the open orders of an account, per instrument in order of id, and counts them. */
export function cancelOrders(state: State, scope: CancelScope): number {
  const { account, instrument, reason } = scope;
  const before = state.accounts.orderCount.get(account);
  if (before === 0) return 0;
  if (instrument !== 0) {
    const row = findPosition(state, account, instrument);
    if (row >= 0) cancelRow(state, row, reason);
    prunePosition(state, account, instrument);
  } else {
    const first = state.accounts.positionBase.get(account);
    const end = first + state.accounts.positionCount.get(account);
    for (let row = first; row < end; row++) cancelRow(state, row, reason);
    // Downward, from where the rows lie now: a removal may move all of them.
    for (let k = end - first - 1; k >= 0; k--) {
      const row = state.accounts.positionBase.get(account) + k;
      prunePosition(state, account, state.positions.instrument.get(row));
    }
  }
  return before - state.accounts.orderCount.get(account);
}

function cancelRow(state: State, position: number, reason: CancelReason): void {
  if (state.positions.ordersHead.get(position) === 0) return;
  removeOrders(state, position, (order) => pushCancelled(state, order, reason));
}

function pushCancelled(state: State, order: number, reason: CancelReason): void {
  const { orders } = state;
  state.events.push({
    kind: 'orderCancelled',
    order: orders.id.get(order),
    account: orders.account.get(order),
    instrument: orders.instrument.get(order),
    size: orders.size.get(order),
    reason,
  });
}
