import type { Action } from '@plimsoll/core/schema';
import type { SignedCommand } from '../../network.ts';
import type { Clock } from '../clock.ts';
import { type ClientError, RefusedError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { commandJson } from './submissions.ts';

/** A deposit with the node that cancels orders when this client is gone. */
export interface CancelOnDisconnect {
  /** When the command that lies with the node expires, milliseconds; 0: there is none. */
  readonly expiresMs: number;
  /** Takes it back. */
  close(): Promise<void>;
}

export interface CancelOnDisconnectOptions {
  /** An instrument; absent: all. */
  readonly instrument?: number;
  /** Told when the node refuses a renewal; it is tried again every second. */
  readonly onError?: (error: ClientError) => void;
}

interface Dependencies {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly sign: (what: {
    readonly actions: readonly Action[];
    readonly nonceAhead?: number;
  }) => Promise<SignedCommand>;
  /** The key that signs also trades: its nonces, by this name. */
  readonly tradingKey?: string;
  /** Told the highest nonce that was used with the key: the next ones lie above it. */
  readonly noteHigh: (high: number) => void;
}

/** A renewal that failed with the line is tried again with the next one; this often otherwise. */
const RENEW_MS_MIN = 1_000;
/**
 * The deposit of a key that trades lies so far ahead of its nonces: milliseconds, or commands. When
 * half of it is used up, another one takes its place.
 */
const NONCES_AHEAD = 600_000;
/** A nonce so far below the highest one is used up, whether it was used or not. */
const NONCE_WINDOW = 64;

/**
 * Deposits a signed cancelAll and keeps it from expiring: renewed at half of its life and whenever
 * the connection comes back (what lay there was used up when it broke). The node holds no key and
 * can do nothing but submit it. The nonce of a key that trades on lies ahead of its others: so it
 * is free whenever the line breaks, and when it is used, all that were signed before are not. Spec:
 * stream 7.
 */
export async function keepCancelOnDisconnect(
  dependencies: Dependencies,
  options: CancelOnDisconnectOptions,
): Promise<CancelOnDisconnect> {
  const kept = new Kept(dependencies, options);
  await kept.begin();
  return kept;
}

class Kept implements CancelOnDisconnect {
  readonly #dependencies: Dependencies;
  readonly #options: CancelOnDisconnectOptions;
  #expiresMs = 0;
  /** Of the newest that may lie with the node. */
  #nonce = 0;
  #isClosed = false;
  #isRenewing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #forget: () => void = () => {};

  constructor(dependencies: Dependencies, options: CancelOnDisconnectOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  get expiresMs(): number {
    return this.#expiresMs;
  }

  async begin(): Promise<void> {
    const { connection, clock, tradingKey } = this.#dependencies;
    await connection.open();
    await this.#deposit();
    connection.listen({
      onOpen: () => this.#renew(),
      onDown: () => this.#down(),
      onClose: () => this.#end(),
    });
    if (tradingKey === undefined) return;
    this.#forget = clock.onNonce(tradingKey, (last) => {
      if (this.#nonce > 0 && this.#nonce - last < NONCES_AHEAD / 2) this.#renew();
    });
  }

  async close(): Promise<void> {
    this.#end();
    const { connection } = this.#dependencies;
    if (connection.welcome === undefined) return;
    const id = connection.nextId();
    await connection.request({ op: 'cancelOnDisconnect', id, command: null });
  }

  async #deposit(): Promise<void> {
    clearTimeout(this.#timer);
    const { clock, tradingKey, noteHigh } = this.#dependencies;
    const command = await this.#place().catch((error) => {
      if (!(error instanceof RefusedError) || error.reason !== 'nonceUsed') throw error;
      // A client of this key was ahead of the clock, or a deposit of its was used.
      noteHigh(Number(error.figures.high ?? 0));
      return this.#place();
    });
    // Closed meanwhile: it was taken back by what followed it.
    if (this.#isClosed) return;
    this.#expiresMs = command.expiresMs;
    const lifeMs = (command.expiresMs - clock.nowMs) / 2;
    const renewMs = tradingKey === undefined ? lifeMs : Math.min(lifeMs, NONCES_AHEAD / 2);
    this.#timer = setTimeout(() => this.#renew(), Math.max(RENEW_MS_MIN, renewMs));
  }

  async #place(): Promise<SignedCommand> {
    const { connection } = this.#dependencies;
    const command = await this.#sign();
    if (this.#isClosed) return command;
    this.#nonce = Math.max(this.#nonce, command.nonce);
    const id = connection.nextId();
    await connection.request({ op: 'cancelOnDisconnect', id, command: commandJson(command) });
    return command;
  }

  async #sign(): Promise<SignedCommand> {
    const { clock, sign, tradingKey } = this.#dependencies;
    const actions = [{ kind: 'cancelAll', instrument: this.#options.instrument ?? 0 }] as const;
    if (tradingKey === undefined) return await sign({ actions });
    for (;;) {
      const command = await sign({ actions, nonceAhead: NONCES_AHEAD });
      // A signer may take its time, and the key has gone on meanwhile.
      if (command.nonce > clock.nonceAhead(tradingKey, NONCES_AHEAD / 2)) return command;
      if (this.#isClosed) return command;
    }
  }

  #renew(): void {
    if (this.#isClosed || this.#isRenewing) return;
    this.#isRenewing = true;
    this.#deposit()
      .catch((error) => {
        // Without a line there is nothing to protect yet: onOpen deposits again.
        if (this.#dependencies.connection.welcome === undefined || this.#isClosed) return;
        this.#timer = setTimeout(() => this.#renew(), RENEW_MS_MIN);
        this.#options.onError?.(error);
      })
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  /**
   * The node uses it up, now or when it notices: what is signed from here on lies behind it, and so
   * far that it is used up if this line was back before the node noticed.
   */
  #down(): void {
    const { clock, tradingKey } = this.#dependencies;
    const passed = this.#nonce + NONCE_WINDOW;
    this.#expiresMs = 0;
    this.#nonce = 0;
    clearTimeout(this.#timer);
    if (tradingKey !== undefined && !this.#isClosed) clock.noteNonce(tradingKey, passed);
  }

  #end(): void {
    this.#isClosed = true;
    this.#expiresMs = 0;
    clearTimeout(this.#timer);
    this.#forget();
  }
}
