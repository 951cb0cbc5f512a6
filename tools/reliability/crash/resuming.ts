import type { SignedCommand } from '@plimsoll/api';
import { type Client, createClient, type Outcome, RetryableError } from '@plimsoll/api/client';
import { privateKeySigner } from '@plimsoll/api/signing';
import type { Action } from '@plimsoll/core/schema';
import { WebSocket } from '@plimsoll/node/webSocket';
import type { Ledger } from './ledger.ts';
import { order, PRICE, TRADERS, traders } from './market.ts';

const IN_FLIGHT = 4;
const PAUSE_MS = 20;
const TIMEOUT_MS = 20_000;
const PATIENCE = 10;

/**
 * A trader with the client of @plimsoll/api, as people use it: it is never told that the node died,
 * comes back by itself and sends again what was not answered. Whatever it ends with, a receipt or a
 * refusal, must agree with the blocks like everybody else's.
 */
export class Resuming {
  readonly #client: Client;
  readonly #ledger: Ledger;
  #clientId = Date.now() * 4;
  #isPaused = true;
  #flights: Promise<void>[] = [];

  constructor(url: string, ledger: Ledger) {
    const signer = privateKeySigner(traders[TRADERS - 1]?.key ?? '0x');
    const backoff = { firstMs: 50, limitMs: 250 };
    const timeoutMs = TIMEOUT_MS;
    const options = { url, signer, account: TRADERS, backoff, timeoutMs, withEvents: false };
    this.#client = createClient({ ...options, WebSocket });
    this.#ledger = ledger;
  }

  begin(): void {
    this.#isPaused = false;
    this.#flights = Array.from({ length: IN_FLIGHT }, () => this.#trade());
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** Resolves when the node is back and everything has come to an end. */
  async settled(): Promise<void> {
    this.pause();
    await Promise.all(this.#flights);
  }

  async #trade(): Promise<void> {
    while (!this.#isPaused) {
      const clientId = ++this.#clientId;
      const [side, price] =
        clientId % 2 === 0 ? (['buy', PRICE - 50] as const) : (['sell', PRICE + 50] as const);
      const rest = { instrument: 1, size: 1, isImmediate: true };
      const outcomes = await this.#submit(order({ ...rest, side, price, clientId }));
      await this.#note(outcomes, PATIENCE);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Where it throws, nothing was signed yet: the node could not be asked for its rules. */
  async #submit(action: Action): Promise<readonly Outcome[]> {
    try {
      return await this.#client.submitBatch([[action]]);
    } catch (error) {
      if (error instanceof RetryableError && error.commands.length === 0) return [];
      throw error;
    }
  }

  async #note(outcomes: readonly Outcome[], patience: number): Promise<void> {
    for (const outcome of outcomes) {
      if (outcome.receipt !== undefined)
        this.#ledger.answer(outcome.receipt.digest, outcome.receipt);
      else if (!outcome.isAccepted) await this.#askAgain(outcome.error, patience);
    }
  }

  /** What its documentation says to do where an outcome is unknown. */
  async #askAgain(error: unknown, patience: number): Promise<void> {
    const commands: readonly SignedCommand[] =
      error instanceof RetryableError ? error.commands : [];
    if (commands.length === 0) return;
    if (patience > 0) return await this.#note(await this.#client.resubmit(commands), patience - 1);
    for (const command of commands) this.#ledger.send(this.#ledger.name(command));
  }
}
