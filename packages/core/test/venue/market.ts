import {
  type ActionOf,
  type Code,
  type Event,
  type EventKind,
  INDEX_STATUS,
  instrumentParameters,
  TIERS_MAX,
} from '../../src/schema/index.ts';
import { rollbackTo, type State, savepoint } from '../../src/state/index.ts';
import { cancelAll, cancelOrder, placeOrder } from '../../src/venue/index.ts';
import {
  accountWith,
  addInstrument,
  addUnderlying,
  freshState,
  setInstrumentParameter,
  smallLimits,
} from '../fixtures/state.ts';

/** The mark of a fresh market. */
export const mark = 1_000;

export const fees = { taker: 500, maker: 100 } as const;

/** A state with one open market at an ok index, and `accounts` rich accounts of owners 1, 2, …. */
export function openMarket(options: { accounts?: number; instruments?: number } = {}): State {
  const state = freshState({ ...smallLimits, ordersMax: 4096, orderSlotsMax: 8192 });
  const underlying = addUnderlying(state);
  for (let i = 0; i < (options.instruments ?? 1); i++) listMarket(state, underlying);
  setMark(state, mark);
  state.underlyings.status.set(underlying, INDEX_STATUS.ok);
  for (let owner = 1; owner <= (options.accounts ?? 4); owner++) {
    accountWith(state, owner, { amount: 100_000_000_000_000_000n });
  }
  state.log.clear();
  return state;
}

function listMarket(state: State, underlying: number): void {
  const instrument = addInstrument(state, underlying);
  state.instruments.multiplier.set(instrument, 10);
  state.instruments.tierCount.set(instrument, 1);
  state.instruments.tierInitial.set(instrument * TIERS_MAX, 50_000);
  state.instruments.tierMaintenance.set(instrument * TIERS_MAX, 25_000);
  setInstrumentParameter(state, instrument, instrumentParameters.takerFeePpm, fees.taker);
  setInstrumentParameter(state, instrument, instrumentParameters.makerFeePpm, fees.maker);
}

/** Sets the frozen prices of every market as a price phase without a basis would. */
export function setMark(state: State, price: number): void {
  const { instruments, underlyings } = state;
  underlyings.index.set(1, price);
  underlyings.slowPrice.set(1, price);
  underlyings.plausibleLow.set(1, price);
  underlyings.plausibleHigh.set(1, price);
  const count = state.machine.instrumentCount.get(0);
  for (let instrument = 1; instrument <= count; instrument++) {
    for (const column of ['markPrice', 'indexMark', 'longPrice', 'shortPrice'] as const) {
      instruments[column].set(instrument, price);
    }
  }
}

export type Order = Partial<Omit<ActionOf<'placeOrder'>, 'kind'>>;

/** A resting limit buy of one lot at the mark, but for what is said. */
export function orderOf(order: Order): ActionOf<'placeOrder'> {
  return {
    kind: 'placeOrder',
    instrument: 1,
    side: 'buy',
    size: 1,
    price: mark,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
    ...order,
  };
}

/** Runs an action of an account as the dispatcher does, without the gate. */
export function run(state: State, act: () => Code): Code {
  const point = savepoint(state);
  const code = act();
  if (code !== 0) rollbackTo(state, point);
  return code;
}

export function place(state: State, account: number, order: Order): Code {
  const caller = { account, isOwner: true, role: 0 };
  return run(state, () => placeOrder(state, orderOf(order), caller));
}

/** The id the next order gets. */
export function nextOrder(state: State): number {
  return state.machine.orderSequence.get(0) + 1;
}

export function cancel(state: State, account: number, order: number, clientId = 0): Code {
  const caller = { account, isOwner: true, role: 0 };
  return run(state, () => cancelOrder(state, { kind: 'cancelOrder', order, clientId }, caller));
}

export function cancelEvery(state: State, account: number, instrument = 0): Code {
  const caller = { account, isOwner: true, role: 0 };
  return run(state, () => cancelAll(state, { kind: 'cancelAll', instrument }, caller));
}

/** The events of a kind since the state's events were last emptied. */
export function eventsOf<K extends EventKind>(
  state: State,
  kind: K,
): Extract<Event, { kind: K }>[] {
  return state.events.filter((event): event is Extract<Event, { kind: K }> => event.kind === kind);
}

/** Signed lots of an account in an instrument. */
export function lotsOf(state: State, account: number, instrument = 1): number {
  const row = state.slabs.positions.find(account, instrument);
  return row < 0 ? 0 : state.positions.size.get(row);
}
