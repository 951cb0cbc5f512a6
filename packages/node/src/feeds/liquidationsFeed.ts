import { type Event, LIQUIDATION_STAGE } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { FeedMessage } from '../parts.ts';
import type { Topics } from './topics.ts';
import type { Touched } from './touched.ts';

/** Accounts that a snapshot names. */
const ACCOUNTS_MAX = 1_000;

/** Steps of liquidations and of the losses after them, as the route `liquidationHistory` has. */
const STEPS: ReadonlySet<string> = new Set<Event['kind']>([
  'liquidationStarted',
  'liquidationWaited',
  'liquidationEnded',
  'closedOut',
  'collateralSold',
  'deficitOpened',
  'poolDrawn',
  'deleveraged',
  'lossSocialized',
  'badDebtRecorded',
  'badDebtRepaid',
  'assetBought',
  'suppliersPaid',
]);

/** Who is in liquidation, and what is done about it. Spec: stream 4.6. */
export class LiquidationsFeed {
  readonly #topics: Topics;
  readonly #state: State;
  /** Ascending. */
  readonly #accounts: number[] = [];

  constructor(topics: Topics, state: State) {
    this.#topics = topics;
    this.#state = state;
    const count = state.machine.accountCount.get(0);
    for (let account = 1; account <= count; account++) {
      if (isInLiquidation(state, account)) this.#accounts.push(account);
    }
  }

  updates(
    touched: Touched,
    events: readonly Event[],
    stamped: (index: number) => string,
  ): FeedMessage[] {
    for (const account of touched.stages) this.#mark(account);
    const steps: string[] = [];
    events.forEach((event, index) => {
      if (STEPS.has(event.kind)) steps.push(stamped(index));
    });
    if (steps.length === 0) return [];
    const body = `"count":${this.#accounts.length},"events":[${steps.join(',')}]`;
    return [this.#topics.update('liquidations', '', body)];
  }

  snapshot(): FeedMessage {
    const accounts = this.#accounts.slice(0, ACCOUNTS_MAX).join(',');
    const body = `"count":${this.#accounts.length},"accounts":[${accounts}],"events":[]`;
    return this.#topics.snapshot('liquidations', '', body);
  }

  #mark(account: number): void {
    const at = lowerBound(this.#accounts, account);
    const isListed = this.#accounts[at] === account;
    const isIn = isInLiquidation(this.#state, account);
    if (isIn && !isListed) this.#accounts.splice(at, 0, account);
    if (!isIn && isListed) this.#accounts.splice(at, 1);
  }
}

function isInLiquidation(state: State, account: number): boolean {
  return state.accounts.liquidationStage.get(account) !== LIQUIDATION_STAGE.none;
}

function lowerBound(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
