import { type Channel, nodeProblem, type Problem, ProblemError } from '@plimsoll/api/wire';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { FeedMessage, Replica } from '../parts.ts';
import { MessageRing } from './messageRing.ts';
import { orNone, replayTrades, withEvents } from './replay.ts';
import { Watches } from './watches.ts';

/** Who gets the messages of a topic. */
export interface Listener {
  /** Bytes of one text message; made once for all who listen. */
  deliver(bytes: Uint8Array): void;
  /** Several deliveries follow: they may share a packet. */
  hold(): void;
  release(): void;
}

/** A listener's place in a topic. */
interface Subscription {
  readonly listener: Listener;
  /** It has everything up to here. */
  height: number;
}

/** How a subscription begins; see SubscribedTopic. */
export interface Beginning {
  readonly start: 'resumed' | 'replayed' | 'snapshot';
  /** The message it begins with, if any. */
  readonly first?: FeedMessage;
  /** The listener has everything up to here once it has `first`. */
  readonly height: number;
}

export interface HubOptions {
  readonly replica: Pick<Replica, 'onFeed' | 'snapshotOf' | 'watch' | 'ask' | 'status'>;
  readonly metrics: Pick<Metrics, 'feedMessages' | 'subscriptions'>;
  readonly logger: Logger;
  readonly resumeMessages: number;
  readonly lingerMs: number;
}

/** Characters of all messages that are held for those who come back. */
const RING_CHARACTERS = 33_554_432;
/** Snapshots that are asked for at once; others wait. */
const ASKED_MAX = 64;
const ATTEMPTS = 3;
/** A snapshot of these is all there is to know: no event is lost between. */
const STATE_ONLY: ReadonlySet<string> = new Set(['book', 'prices']);

/**
 * Between the replica's feeds and the connections. Keeps true: a listener gets each message of a
 * topic once, in order, with nothing missing between its beginning and its end: between a snapshot
 * and the updates after it the ring is the buffer, shared by all. Spec: stream 5.
 */
export class Hub {
  readonly #options: HubOptions;
  readonly #ring: MessageRing;
  readonly #watches: Watches;
  readonly #listeners = new Map<string, Map<Listener, Subscription>>();
  readonly #asked = new Map<string, Promise<FeedMessage>>();
  readonly #waiting: (() => void)[] = [];
  readonly #startHeight: number;
  #height: number;

  constructor(options: HubOptions) {
    const { replica, resumeMessages, lingerMs } = options;
    this.#options = options;
    this.#startHeight = replica.status.height;
    this.#height = this.#startHeight;
    this.#ring = new MessageRing({
      perTopicMax: resumeMessages,
      charactersMax: RING_CHARACTERS,
    });
    this.#watches = new Watches({
      lingerMs,
      begin: (channel, key) => replica.watch(channel, key, true),
      end: (channel, key) => {
        replica.watch(channel, key, false);
        this.#ring.forget(nameOf(channel, key));
      },
    });
    replica.onFeed((messages) => this.#take(messages));
  }

  /** Height of the newest message. */
  get height(): number {
    return Math.max(this.#height, this.#options.replica.status.height);
  }

  close(): void {
    this.#watches.close();
  }

  /**
   * Finds out how a subscription begins. `retain` first, so that what is watched is built.
   *
   * @throws ProblemError `unknown`, or `overloaded` when the messages run faster than the replica.
   */
  async prepare(channel: Channel, key: string, from?: number): Promise<Beginning> {
    const name = nameOf(channel, key);
    if (from !== undefined && from <= this.height && this.#ring.after(name, from) !== undefined) {
      return { start: 'resumed', height: from };
    }
    if (from !== undefined && from <= this.height && channel === 'trades') {
      const replayed = await orNone(replayTrades(this.#options.replica, { key, from }));
      if (replayed !== undefined) {
        this.#ring.begin(name, this.#startHeight);
        return beginning('replayed', replayed);
      }
    }
    const snapshot = await this.#snapshot(channel, key);
    this.#ring.begin(name, isWatched(channel) ? snapshot.height : this.#startHeight);
    if (from === undefined || STATE_ONLY.has(channel)) return beginning('snapshot', snapshot);
    const isQuiet = from >= this.#startHeight && !isWatched(channel) && from <= snapshot.height;
    if (isQuiet && this.#ring.after(name, from) !== undefined) {
      return { start: 'resumed', height: from };
    }
    if (from <= snapshot.height && (channel === 'account' || channel === 'liquidations')) {
      const replayed = await orNone(withEvents(this.#options.replica, snapshot, from));
      if (replayed !== undefined) return beginning('replayed', replayed);
    }
    return beginning('snapshot', gapped(snapshot));
  }

  /**
   * Goes on from a beginning: hands over what came since, and all that comes. False when some of
   * it is not at hand any more: prepare again.
   */
  listen(
    channel: Channel,
    key: string,
    options: {
      readonly listener: Listener;
      readonly beginning: Beginning;
    },
  ): boolean {
    const { listener, beginning } = options;
    const name = nameOf(channel, key);
    const missed = this.#ring.after(name, beginning.height);
    if (missed === undefined) return false;
    const listeners = this.#listeners.get(name) ?? new Map<Listener, Subscription>();
    this.#listeners.set(name, listeners);
    if (!listeners.has(listener)) this.#options.metrics.subscriptions.inc({ channel });
    const subscription = { listener, height: beginning.height };
    listeners.set(listener, subscription);
    if (beginning.first !== undefined) listener.deliver(Buffer.from(beginning.first.text));
    for (const message of missed) send(subscription, message, Buffer.from(message.text));
    return true;
  }

  leave(channel: Channel, key: string, listener: Listener): void {
    const name = nameOf(channel, key);
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || !listeners.delete(listener)) return;
    if (listeners.size === 0) this.#listeners.delete(name);
    this.#options.metrics.subscriptions.dec({ channel });
  }

  /**
   * Somebody is about to listen. Every retain has its release.
   *
   * @throws ProblemError `overloaded` when too many accounts are watched.
   */
  retain(channel: Channel, key: string): void {
    if (isWatched(channel) && !this.#watches.retain(channel, key)) {
      throw new ProblemError(tooManyWatched());
    }
  }

  /** @param isKnown false: there is no such thing; it need not be watched any longer. */
  release(channel: Channel, key: string, isKnown = true): void {
    if (isWatched(channel)) this.#watches.release(channel, key, isKnown);
  }

  #take(messages: readonly FeedMessage[]): void {
    const held = new Set<Listener>();
    const counts = new Map<string, number>();
    for (const message of messages) {
      const name = nameOf(message.channel, message.key);
      if (message.height > this.#height) this.#height = message.height;
      counts.set(message.channel, (counts.get(message.channel) ?? 0) + 1);
      if (isWatched(message.channel) && !this.#watches.has(message.channel, message.key)) continue;
      const floor = isWatched(message.channel) ? message.height - 1 : this.#startHeight;
      this.#ring.push(name, message, floor);
      const listeners = this.#listeners.get(name);
      if (listeners === undefined) continue;
      const bytes = Buffer.from(message.text);
      for (const subscription of listeners.values()) {
        if (!held.has(subscription.listener)) {
          held.add(subscription.listener);
          subscription.listener.hold();
        }
        send(subscription, message, bytes);
      }
    }
    for (const listener of held) listener.release();
    for (const [channel, count] of counts)
      this.#options.metrics.feedMessages.inc({ channel }, count);
  }

  /** One question for all who ask at the same time, and not too many at once. */
  async #snapshot(channel: Channel, key: string): Promise<FeedMessage> {
    const name = nameOf(channel, key);
    for (let attempt = 1; ; attempt++) {
      const snapshot = await (this.#asked.get(name) ?? this.#askFor(channel, key));
      const isHeld = this.#ring.after(name, snapshot.height) !== undefined;
      // A topic that is not held yet has had no message: it begins with this snapshot.
      const isNew = this.#ring.after(name, Number.MAX_SAFE_INTEGER) === undefined;
      if (isHeld || isNew) return snapshot;
      if (attempt === ATTEMPTS) throw new ProblemError(tooFast(channel, key));
    }
  }

  #askFor(channel: Channel, key: string): Promise<FeedMessage> {
    const name = nameOf(channel, key);
    const asked = this.#turn()
      .then(() => this.#options.replica.snapshotOf(channel, key))
      .finally(() => {
        this.#asked.delete(name);
        this.#waiting.shift()?.();
      });
    this.#asked.set(name, asked);
    return asked;
  }

  #turn(): Promise<void> {
    if (this.#asked.size < ASKED_MAX) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** Of these only those topics are built that somebody listens to. */
function isWatched(channel: string): boolean {
  return channel === 'account' || channel === 'candles';
}

function nameOf(channel: string, key: string): string {
  return `${channel} ${key}`;
}

function send(subscription: Subscription, message: FeedMessage, bytes: Uint8Array): void {
  // What a snapshot has already is not told again.
  if (message.height <= subscription.height) return;
  subscription.height = message.height;
  subscription.listener.deliver(bytes);
}

function beginning(start: 'replayed' | 'snapshot', first: FeedMessage): Beginning {
  return { start, first, height: first.height };
}

/** Says in the message itself that something before it may be missing. */
function gapped(snapshot: FeedMessage): FeedMessage {
  return { ...snapshot, text: `${snapshot.text.slice(0, -1)},"isGap":true}` };
}

function tooFast(channel: string, key: string): Problem {
  const detail = 'The messages of this topic run faster than a snapshot of it is made.';
  return nodeProblem('overloaded', detail, { channel, key });
}

function tooManyWatched(): Problem {
  return nodeProblem('overloaded', 'The node watches as many accounts and candles as it can.');
}
