import type { Channel, Update } from '../../wire/index.ts';
import { type ClientError, LaggedError } from '../errors.ts';

/** The messages of a channel. */
export type UpdateOf<C extends Channel> = Extract<Update, { readonly channel: C }>;

/**
 * Messages of one topic, each once and in order of height: a snapshot, which replaces what was
 * there, and updates that follow it. A snapshot can come again after a long break. Read it with
 * `for await`, or with the listener it was made with.
 */
export interface Subscription<C extends Channel> extends AsyncIterable<UpdateOf<C>> {
  readonly channel: C;
  readonly key: string;
  /** Resolves when it was closed, rejects with the ClientError that ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Messages that may wait for a slow reader. */
export const WAITING_MAX = 10_000;

/** Carries messages from the line to one reader. */
export class Sink {
  readonly ended: Promise<void>;
  readonly #listener: ((update: Update) => void) | undefined;
  readonly #waiting: Update[] = [];
  #wake: () => void = () => {};
  #settle: (error?: ClientError) => void = () => {};
  #isEnded = false;
  #error: ClientError | undefined;

  constructor(listener?: (update: Update) => void) {
    this.#listener = listener;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Who does not ask how it ended is not to be told by the process.
    this.ended.catch(() => {});
  }

  push(update: Update): void {
    if (this.#isEnded) return;
    if (this.#listener !== undefined) {
      this.#listener(update);
      return;
    }
    this.#waiting.push(update);
    if (this.#waiting.length > WAITING_MAX) this.end(lagged(update));
    this.#wake();
  }

  end(error?: ClientError): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#settle(error);
    this.#wake();
  }

  /** What comes, until the end; rejects when the end was an error. */
  async *read(): AsyncGenerator<Update, void, void> {
    for (;;) {
      const update = this.#waiting.shift();
      if (update !== undefined) {
        yield update;
      } else if (this.#isEnded) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

function lagged(update: Update): LaggedError {
  return new LaggedError({
    code: 'READER_LAGGED',
    message: `${WAITING_MAX} messages of ${update.channel} ${update.key} were not read`,
    remedy: 'read faster, or subscribe again and begin with a snapshot',
    figures: { waiting: WAITING_MAX, height: update.height },
  });
}
