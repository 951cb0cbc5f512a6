import {
  nodeProblem,
  type Problem,
  ProblemError,
  type ServerMessage,
  type SubscribedTopic,
} from '@plimsoll/api/wire';
import type { Beginning, Hub, Listener } from './hub.ts';
import type { Topic } from './readMessage.ts';

export interface SubscriptionsOptions {
  readonly hub: Hub;
  readonly listener: Listener;
  readonly subscriptionsMax: number;
  /** Bytes of beginnings that are held for one request. */
  readonly bytesMax: number;
  send(message: ServerMessage): void;
}

/** How a topic of a request came out. */
interface Prepared {
  readonly topic: Topic;
  readonly beginning?: Beginning;
  readonly problem?: Problem;
}

const ATTEMPTS = 3;

/** What one connection listens to. Its requests come one after the other. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #topics = new Map<string, Topic>();
  #isClosed = false;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /**
   * Answers how each topic begins, and then begins them: in one turn, so that nothing comes
   * between.
   */
  async subscribe(id: number, topics: readonly Topic[]): Promise<void> {
    const prepared: Prepared[] = [];
    let bytes = 0;
    for (const topic of topics) {
      const each = await this.#prepare(topic, this.#options.bytesMax - bytes);
      bytes += each.beginning?.first?.text.length ?? 0;
      prepared.push(each);
      if (this.#isClosed) return;
    }
    const { listener, send } = this.#options;
    listener.hold();
    send({ type: 'subscribed', id, topics: prepared.map(subscribedTopic) });
    const late = prepared.filter((each) => !this.#listen(each));
    listener.release();
    for (const each of late) await this.#again(id, each.topic);
  }

  unsubscribe(topics: readonly Topic[]): void {
    for (const topic of topics) this.#leave(topic, true);
  }

  close(): void {
    this.#isClosed = true;
    for (const topic of this.#topics.values()) this.#leave(topic, true);
  }

  async #prepare(topic: Topic, bytesMax: number): Promise<Prepared> {
    const { hub, subscriptionsMax } = this.#options;
    const { channel, key, from } = topic;
    this.#leave(topic, true);
    try {
      if (this.#topics.size >= subscriptionsMax) throw tooMany(subscriptionsMax);
      if (bytesMax <= 0) throw tooMuchAtOnce();
      hub.retain(channel, key);
    } catch (error) {
      return { topic, problem: problemIn(error) };
    }
    this.#topics.set(nameOf(topic), topic);
    try {
      return { topic, beginning: await hub.prepare(channel, key, from) };
    } catch (error) {
      this.#leave(topic, false);
      return { topic, problem: problemIn(error) };
    }
  }

  /** False when what follows the beginning is not at hand any more. */
  #listen({ topic, beginning }: Prepared): boolean {
    if (beginning === undefined || this.#isClosed) return true;
    const { hub, listener } = this.#options;
    return hub.listen(topic.channel, topic.key, { listener, beginning });
  }

  /** Others took so long to prepare that this one has to begin anew, with a snapshot. */
  async #again(id: number, topic: Topic): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#isClosed; attempt++) {
      const prepared = await this.#prepare(topic, this.#options.bytesMax);
      if (prepared.problem === undefined && this.#listen(prepared)) return;
    }
    if (this.#isClosed) return;
    this.#leave(topic, true);
    const detail = 'The messages of this topic run faster than a snapshot of it is made.';
    const figures = { channel: topic.channel, key: topic.key };
    this.#options.send({
      type: 'problem',
      id,
      problem: nodeProblem('overloaded', detail, figures),
    });
  }

  #leave(topic: Topic, isKnown: boolean): void {
    if (!this.#topics.delete(nameOf(topic))) return;
    const { hub, listener } = this.#options;
    hub.leave(topic.channel, topic.key, listener);
    hub.release(topic.channel, topic.key, isKnown);
  }
}

function nameOf({ channel, key }: Topic): string {
  return `${channel} ${key}`;
}

function subscribedTopic({ topic, beginning, problem }: Prepared): SubscribedTopic {
  const { channel, key } = topic;
  if (problem !== undefined) return { channel, key, start: 'refused', problem };
  return { channel, key, start: beginning?.start ?? 'refused' };
}

function problemIn(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

function tooMany(subscriptionsMax: number): ProblemError {
  const detail = 'This connection has as many subscriptions as it may.';
  return new ProblemError(nodeProblem('tooManyRequests', detail, { subscriptionsMax }));
}

function tooMuchAtOnce(): ProblemError {
  const detail = 'The snapshots of one request are too large together; ask for fewer at once.';
  return new ProblemError(nodeProblem('overloaded', detail));
}
