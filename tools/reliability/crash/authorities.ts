import type { Hex } from '@plimsoll/api';
import { signPrices } from '@plimsoll/api/signing';
import type { Problem, Receipt } from '@plimsoll/api/wire';
import type { Action } from '@plimsoll/core/schema';
import { Seed } from '@plimsoll/simulator';
import type { Ledger, Named } from './ledger.ts';
import { Line } from './line.ts';
import {
  admin,
  custodian,
  deposit,
  listing,
  MARKETS,
  opening,
  PRICE,
  publisher,
  TRADERS,
  traders,
} from './market.ts';
import type { ClientPlan } from './messages.ts';

const LIFETIME_MS = 600_000;
const ACTIONS_PER_COMMAND = 32;
const WINDOW = 16;
const DEPOSIT_MS = 40;
const PRICES_MS = 150;

/** Custodian, publisher and administrator, with a line for each purpose. */
export class Authorities {
  readonly #plan: ClientPlan;
  readonly #ledger: Ledger;
  readonly #random: Seed;
  #nextDeposit = 1;
  #price = PRICE;
  #lines: Line[] = [];
  #timers: NodeJS.Timeout[] = [];

  constructor(plan: ClientPlan, ledger: Ledger) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#random = new Seed(plan.seed + 1_000);
  }

  /** Lists the markets and opens the accounts. */
  async setUp(): Promise<void> {
    const line = await this.#open();
    for (let market = 1; market <= MARKETS; market++)
      this.#submit(line, admin.key, listing(market));
    const accounts = TRADERS + this.#plan.fillers;
    while (this.#nextDeposit <= accounts) {
      if (line.unanswered > WINDOW) await new Promise((resolve) => setTimeout(resolve, 1));
      const count = Math.min(ACTIONS_PER_COMMAND, accounts - this.#nextDeposit + 1);
      const from = this.#nextDeposit;
      const actions = Array.from({ length: count }, (_, i) => opening(from + i));
      this.#nextDeposit += count;
      this.#submit(line, custodian.key, actions);
    }
    while (line.unanswered > 0 && line.isOpen) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    line.close();
    this.#lines = [];
  }

  async begin(): Promise<void> {
    const line = await this.#open();
    const prices = await this.#open();
    const every = (ms: number, run: () => void): void => {
      this.#timers.push(setInterval(run, ms));
    };
    every(PRICES_MS, () => this.#publish(prices));
    every(DEPOSIT_MS, () => {
      if (!line.isOpen || line.unanswered > WINDOW) return;
      const count = this.#random.integer(1, 4);
      const actions = Array.from({ length: count }, (_, i) => this.#deposit(i));
      this.#nextDeposit += count;
      this.#submit(line, custodian.key, actions);
    });
    this.#publish(prices);
  }

  async pause(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    const isWaiting = (): boolean =>
      this.#lines.some(({ isOpen, unanswered }) => isOpen && unanswered > 0);
    while (isWaiting()) await new Promise((resolve) => setTimeout(resolve, 2));
    for (const line of this.#lines) line.close();
    await Promise.all(this.#lines.map(({ ended }) => ended));
    this.#lines = [];
  }

  /** Deposits are counted: one that was refused says which number is next. */
  learn(answer: Receipt | Problem): void {
    const problems = 'height' in answer ? answer.actions : [];
    const behind = problems.find((problem) => problem?.name === 'depositSequence');
    if (behind?.figures?.next !== undefined) this.#nextDeposit = Number(behind.figures.next);
  }

  #deposit(offset: number): Action {
    const account = this.#random.integer(1, TRADERS);
    const owner = traders[account - 1]?.address ?? '0x';
    return deposit({ sequence: this.#nextDeposit + offset, owner, account, dollars: 10 });
  }

  #submit(line: Line, key: Hex, actions: readonly Action[]): void {
    const of = { key, account: 0, lifetimeMs: LIFETIME_MS };
    line.submit([this.#ledger.send(this.#ledger.sign(of, actions))], true);
  }

  #publish(line: Line): void {
    if (!line.isOpen) return;
    const moved = this.#price + this.#random.integer(-300, 300);
    this.#price = Math.min(PRICE + 5_000, Math.max(PRICE - 5_000, moved));
    const prices = Array.from({ length: MARKETS }, (_, i) => ({
      underlying: i + 1,
      source: 0,
      price: BigInt(this.#price),
      confidence: 0n,
      timeMs: Date.now(),
    }));
    const { signature } = signPrices(prices, this.#ledger.network, publisher.key);
    const texts = prices.map((each) => ({
      ...each,
      price: String(each.price),
      confidence: String(each.confidence),
    }));
    line.publish({ prices: texts, signature });
  }

  async #open(): Promise<Line> {
    const line = await Line.open({
      url: this.#plan.url,
      onAnswer: (digest: Named['digest'], answer: Receipt | Problem) => {
        this.learn(answer);
        this.#ledger.answer(digest, answer);
      },
      onPrices: (receipt) => this.#ledger.answerPrices(receipt),
    });
    this.#lines.push(line);
    return line;
  }
}
