import { touchedAccounts } from '@plimsoll/core/risk';
import { type Event, LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { FeedMessage } from '../parts.ts';
import { marketUnits } from '../units/index.ts';
import {
  type AccountRow,
  balanceRows,
  noBalance,
  noPosition,
  type OrderText,
  orderIds,
  orderJson,
  orderTextOf,
  positionRows,
} from './accountRows.ts';
import type { Topics } from './topics.ts';

/** What was said last of an account that somebody watches. */
interface Watched {
  balances: Map<number, AccountRow>;
  positions: Map<number, AccountRow>;
  readonly orders: Map<number, OrderText>;
}

/** What a block did to a watched account. */
interface Hits {
  /** Places of the events that name it. */
  readonly events: number[];
  readonly orders: Set<number>;
}

/** Accounts that are watched: the rows that a block changed, and the events that name them. */
export class AccountFeed {
  readonly #topics: Topics;
  readonly #state: State;
  readonly #watched = new Map<number, Watched>();

  constructor(topics: Topics, state: State) {
    this.#topics = topics;
    this.#state = state;
  }

  watch(account: number, isWatched: boolean): void {
    if (!isWatched) {
      this.#watched.delete(account);
      this.#topics.forget('account', String(account));
    } else if (!this.#watched.has(account)) {
      this.#watched.set(account, this.#read(account));
    }
  }

  updates(events: readonly Event[], stamped: (index: number) => string): FeedMessage[] {
    if (this.#watched.size === 0) return [];
    const hits = this.#hitsOf(events);
    const messages: FeedMessage[] = [];
    for (const [account, hit] of hits) {
      const watched = this.#watched.get(account);
      if (watched !== undefined) messages.push(this.#update(account, watched, { hit, stamped }));
    }
    return messages;
  }

  /** @param account that exists. */
  snapshot(account: number): FeedMessage {
    const state = this.#state;
    const orders = orderIds(state, account).map((id) => {
      const row = state.indexes.orderById.find(id);
      const text = orderTextOf(state, row);
      return orderJson(text, state.orders.size.get(row), marketUnits(state, text.instrument));
    });
    const body = this.#body(account, {
      balances: textsOf(balanceRows(state, account)),
      positions: textsOf(positionRows(state, account)),
      orders,
      events: [],
    });
    return this.#topics.snapshot('account', String(account), body);
  }

  #read(account: number): Watched {
    const state = this.#state;
    const orders = new Map<number, OrderText>();
    for (const id of orderIds(state, account)) {
      orders.set(id, orderTextOf(state, state.indexes.orderById.find(id)));
    }
    return {
      balances: balanceRows(state, account),
      positions: positionRows(state, account),
      orders,
    };
  }

  #hitsOf(events: readonly Event[]): Map<number, Hits> {
    const hits = new Map<number, Hits>();
    const hit = (account: number): Hits | undefined => {
      const known = hits.get(account);
      if (known !== undefined || !this.#watched.has(account)) return known;
      const fresh = { events: [], orders: new Set<number>() };
      hits.set(account, fresh);
      return fresh;
    };
    touchedAccounts(this.#state, 0, hit);
    events.forEach((event, index) => {
      for (const account of accountsOf(event)) {
        const own = hit(account);
        if (own === undefined) continue;
        own.events.push(index);
        for (const order of ordersOf(event, account)) own.orders.add(order);
      }
    });
    return hits;
  }

  #update(
    account: number,
    watched: Watched,
    block: { readonly hit: Hits; readonly stamped: (index: number) => string },
  ): FeedMessage {
    const state = this.#state;
    const balances = balanceRows(state, account);
    const positions = positionRows(state, account);
    const body = this.#body(account, {
      balances: changes(watched.balances, balances, (asset) => noBalance(state, asset)),
      positions: changes(watched.positions, positions, (id) => noPosition(state, id)),
      orders: this.#orderChanges(watched, block.hit.orders),
      events: block.hit.events.map(block.stamped),
    });
    watched.balances = balances;
    watched.positions = positions;
    return this.#topics.update('account', String(account), body);
  }

  /** An order that came and went within the block was never open to anybody. */
  #orderChanges(watched: Watched, ids: ReadonlySet<number>): string[] {
    const state = this.#state;
    const texts: string[] = [];
    for (const id of ids) {
      const row = state.indexes.orderById.find(id);
      const known = watched.orders.get(id) ?? (row < 0 ? undefined : orderTextOf(state, row));
      if (known === undefined) continue;
      if (row < 0) watched.orders.delete(id);
      else watched.orders.set(id, known);
      const lots = row < 0 ? 0 : state.orders.size.get(row);
      texts.push(orderJson(known, lots, marketUnits(state, known.instrument)));
    }
    return texts;
  }

  #body(
    account: number,
    rows: {
      readonly balances: readonly string[];
      readonly positions: readonly string[];
      readonly orders: readonly string[];
      readonly events: readonly string[];
    },
  ): string {
    const lists = Object.entries(rows).map(([name, texts]) => `"${name}":[${texts.join(',')}]`);
    return `"liquidation":"${stageName(this.#state, account)}",${lists.join(',')}`;
  }
}

/** Every account that an event names, each once. */
function accountsOf(event: Event): readonly number[] {
  switch (event.kind) {
    case 'filled':
      return event.taker === event.maker ? [event.taker] : [event.taker, event.maker];
    case 'transferred':
      return event.account === event.to ? [event.account] : [event.account, event.to];
    case 'deleveraged':
      return [event.bankrupt, event.account];
    default:
      return 'account' in event ? [event.account] : [];
  }
}

/** The orders of the account that an event changes. */
function ordersOf(event: Event, account: number): readonly number[] {
  switch (event.kind) {
    case 'orderPlaced':
    case 'orderCancelled':
      return [event.order];
    case 'filled':
      return event.maker === account ? [event.makerOrder] : [];
    default:
      return [];
  }
}

function changes(
  before: ReadonlyMap<number, AccountRow>,
  after: ReadonlyMap<number, AccountRow>,
  none: (id: number) => string,
): string[] {
  const texts: string[] = [];
  for (const [id, row] of after) {
    if (row.isAccruing || before.get(id)?.text !== row.text) texts.push(row.text);
  }
  for (const id of before.keys()) if (!after.has(id)) texts.push(none(id));
  return texts;
}

function textsOf(rows: ReadonlyMap<number, AccountRow>): string[] {
  return [...rows.values()].map((row) => row.text);
}

function stageName(state: State, account: number): string {
  const stage = state.accounts.liquidationStage.get(account);
  if (stage === LIQUIDATION_STAGE.closeOut) return 'closeOut';
  return stage === LIQUIDATION_STAGE.losses ? 'losses' : 'none';
}
