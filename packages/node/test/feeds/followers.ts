// What a client does with the messages of a topic: snapshot, then updates. Tests compare what it
// comes to with the machine itself.
import {
  type AccountUpdate,
  type BookUpdate,
  bookChecksum,
  type Level,
  type Update,
} from '@plimsoll/api/wire';
import type { FeedMessage } from '../../src/parts.ts';

/** Checks heads and hands the message on when it is new. */
export class Follower {
  height = -1;
  readonly #take: (update: Update) => void;

  constructor(take: (update: Update) => void) {
    this.#take = take;
  }

  take(message: Pick<FeedMessage, 'text'>): void {
    const update = JSON.parse(message.text) as Update;
    if (update.type === 'update') {
      if (update.height <= this.height) throw new Error(`${update.height} came twice`);
      if (update.previous > this.height)
        throw new Error(`something before ${update.height} is lost`);
    }
    this.height = update.height;
    this.#take(update);
  }
}

export class BookFollower extends Follower {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();

  constructor() {
    super((update) => this.#apply(update as BookUpdate));
  }

  sorted(side: 'bids' | 'asks'): Level[] {
    const sign = side === 'bids' ? -1 : 1;
    return [...this[side]].sort(([a], [b]) => sign * (Number(a) - Number(b)));
  }

  #apply(update: BookUpdate): void {
    for (const side of ['bids', 'asks'] as const) {
      if (update.type === 'snapshot') this[side].clear();
      for (const [price, size] of update[side]) {
        if (size === '0') this[side].delete(price);
        else this[side].set(price, size);
      }
    }
    const checksum = bookChecksum(this.sorted('bids'), this.sorted('asks'));
    if (checksum !== update.checksum) throw new Error(`the checksum of ${update.height} is wrong`);
  }
}

export class AccountFollower extends Follower {
  readonly rows = { balances: new Map(), positions: new Map(), orders: new Map() };
  liquidation = 'none';
  readonly events: string[] = [];

  constructor() {
    super((update) => this.#apply(update as AccountUpdate));
  }

  #apply(update: AccountUpdate): void {
    const { balances, positions, orders } = this.rows;
    if (update.type === 'snapshot') for (const rows of [balances, positions, orders]) rows.clear();
    for (const row of update.balances) {
      const isGone = [row.amount, row.supplied, row.owed].every(({ amount }) => amount === '0');
      keep(balances, row.asset, isGone ? undefined : row);
    }
    for (const row of update.positions) {
      keep(positions, row.instrument, row.lots === 0 ? undefined : row);
    }
    for (const row of update.orders) keep(orders, row.order, row.lots === 0 ? undefined : row);
    this.liquidation = update.liquidation;
    for (const { height, index } of update.events) this.events.push(`${height}.${index}`);
  }
}

function keep(rows: Map<unknown, unknown>, id: unknown, row: unknown): void {
  if (row === undefined) rows.delete(id);
  else rows.set(id, row);
}
