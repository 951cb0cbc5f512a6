import type { Problem, Receipt } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { Seed } from '@plimsoll/simulator';
import type { Ledger, Named } from './ledger.ts';
import { commandJson, Line } from './line.ts';
import { MARKETS, order, PRICE, TRADERS, traders } from './market.ts';
import type { ClientPlan } from './messages.ts';

const LINES = 4;
const TURN_MS = 5;
/** Commands of a line that have no answer, at most. */
const WINDOW = 64;
const PAUSE_MS = 10_000;
/** Most commands live long enough to be sent again; some expire while the node is down. */
const LIFETIME_MS = 600_000;
const SHORT_LIFETIME_MS = 1_500;

/**
 * Traders of one client process: single commands and several in a message, as text, in binary and
 * over HTTP, with one action or many, orders, cancels and transfers; some that must be refused, and
 * some sent twice.
 */
export class Load {
  readonly #plan: ClientPlan;
  readonly #ledger: Ledger;
  readonly #random: Seed;
  readonly #accounts: readonly number[];
  readonly #resting: Map<number, number[]> = new Map();
  #lines: Line[] = [];
  #posts: Promise<void>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #clientId: number;

  constructor(plan: ClientPlan, ledger: Ledger) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#random = new Seed(plan.seed + plan.place);
    // The last account is that of the client that resumes.
    this.#accounts = Array.from({ length: TRADERS - 1 }, (_, i) => i + 1).filter(
      (account) => account % plan.clients === plan.place,
    );
    this.#clientId = Date.now();
  }

  async begin(): Promise<void> {
    const { url } = this.#plan;
    const onAnswer = (digest: Named['digest'], answer: Receipt | Problem): void =>
      this.#ledger.answer(digest, answer);
    this.#lines = await Promise.all(
      Array.from({ length: LINES }, () => Line.open({ url, onAnswer })),
    );
    const startMs = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - startMs) / 1_000) * this.#plan.rate;
      for (let i = 0; sent < due && i < 8; i++) sent += this.#send();
      // What could not be sent in time is not caught up with: the machine is shared.
      if (due - sent > 8) sent = due;
    }, TURN_MS);
  }

  /** Sends nothing more; resolves when everything is answered or its line has ended. */
  async pause(): Promise<void> {
    clearInterval(this.#timer);
    const untilMs = performance.now() + PAUSE_MS;
    const isWaiting = (): boolean =>
      this.#lines.some((line) => line.isOpen && line.unanswered > 0) && performance.now() < untilMs;
    while (isWaiting()) await new Promise((resolve) => setTimeout(resolve, 2));
    await Promise.all(this.#posts);
    for (const line of this.#lines) line.close();
    await Promise.all(this.#lines.map(({ ended }) => ended));
    this.#lines = [];
    this.#posts = [];
  }

  /** One message; how many commands were in it. */
  #send(): number {
    const random = this.#random;
    const line = random.pick(this.#lines);
    if (!line.isOpen || line.unanswered > WINDOW) return 1;
    if (random.chance(0.05)) {
      this.#posts.push(this.#post(this.#command()));
      return 1;
    }
    const count = random.chance(0.3) ? random.integer(2, 8) : 1;
    const commands = Array.from({ length: count }, () => this.#command());
    // The same bytes twice, in one message: they have one answer.
    if (random.chance(0.05)) commands.push(commands[0] as Named);
    line.submit(commands, random.chance(0.5));
    return count;
  }

  async #post(named: Named): Promise<void> {
    try {
      const answer = await fetch(`${this.#plan.url}/v1/commands`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ commands: [commandJson(named)] }),
        // Of a connection that a kill ends as it begins, fetch of Node 20 may never say anything.
        signal: AbortSignal.timeout(PAUSE_MS),
      });
      const { receipts } = (await answer.json()) as {
        readonly receipts?: readonly (Receipt | Problem)[];
      };
      const [first] = receipts ?? [];
      if (first !== undefined) this.#ledger.answer(named.digest, first);
    } catch {
      // No answer: it is in doubt.
    }
  }

  #command(): Named {
    const random = this.#random;
    const account = random.pick(this.#accounts);
    const key = traders[account - 1]?.key ?? '0x';
    const lifetimeMs = random.chance(0.1) ? SHORT_LIFETIME_MS : LIFETIME_MS;
    const count = random.chance(0.25) ? random.integer(2, 8) : 1;
    const actions = Array.from({ length: count }, () => this.#action(account));
    return this.#ledger.send(this.#ledger.sign({ key, account, lifetimeMs }, actions));
  }

  #action(account: number): Action {
    const random = this.#random;
    const mine = this.#resting.get(account) ?? [];
    this.#resting.set(account, mine);
    const kind = random.pickWeighted([50, 15, 20, 10, 2, 3]);
    if (kind === 2 && mine.length > 0) {
      const [clientId = 0] = mine.splice(random.integer(0, mine.length - 1), 1);
      return { kind: 'cancelOrder', order: 0, clientId };
    }
    if (kind === 3) {
      const to = 1 + (account % TRADERS);
      return { kind: 'transfer', to, asset: 1, amount: BigInt(random.integer(1, 5_000_000)) };
    }
    if (kind === 4) {
      mine.length = 0;
      return { kind: 'cancelAll', instrument: 0 };
    }
    // Far more than anybody has: refused, with figures.
    if (kind === 5) return { kind: 'transfer', to: 1, asset: 1, amount: 10n ** 15n };
    return this.#order(mine, kind === 1);
  }

  #order(mine: number[], isImmediate: boolean): Action {
    const random = this.#random;
    const clientId = ++this.#clientId * this.#plan.clients + this.#plan.place;
    const side = random.chance(0.5) ? 'buy' : 'sell';
    const away = random.integer(1, 200) * (isImmediate ? -1 : 1);
    const price = side === 'buy' ? PRICE - away : PRICE + away;
    const instrument = random.integer(1, MARKETS);
    if (!isImmediate) mine.push(clientId);
    // More than a few dozen resting orders of an account would only be refused.
    if (mine.length > 30) return { kind: 'cancelOrder', order: 0, clientId: mine.shift() ?? 0 };
    const size = random.integer(1, 50);
    return order({ instrument, side, size, price, clientId, isImmediate });
  }
}
