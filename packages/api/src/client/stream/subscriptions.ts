import type {
  Channel,
  ProblemMessage,
  ServerMessage,
  SubscribedMessage,
  TopicName,
  TopicRequest,
  Update,
} from '../../wire/index.ts';
import { type ClientError, ClosedError, errorOf } from '../errors.ts';
import type { Connection } from './connection.ts';
import { Sink, type Subscription, type UpdateOf } from './subscription.ts';

/** A topic of the node with everybody in this client who reads it. */
interface Topic {
  readonly channel: Channel;
  readonly key: string;
  readonly sinks: Set<Sink>;
  /** Height up to which everything was passed on; undefined: a snapshot has to come first. */
  height: number | undefined;
  /** Something was missing and the node was asked for it: what does not fit is of before. */
  isRepairing: boolean;
}

/**
 * The topics of a client. Keeps true: each reader gets each message once, in order of height, and
 * none is missing between two. After a break it goes on from the last height; where the node
 * cannot, it sends a snapshot. Spec: stream 5.
 */
export class Subscriptions {
  readonly #connection: Connection;
  readonly #topics: Map<string, Topic> = new Map();
  /** Requests without an answer, by id. */
  readonly #asked: Map<number, readonly Topic[]> = new Map();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.listen({
      onOpen: () => this.#ask([...this.#topics.values()]),
      onMessage: (message) => this.#heard(message),
      onDown: () => this.#asked.clear(),
    });
  }

  subscribe<C extends Channel>(
    { channel, key = '' }: { readonly channel: C; readonly key?: string },
    listener?: (update: UpdateOf<C>) => void,
  ): Subscription<C> {
    // A topic passes on what bears its channel: hence the casts.
    const sink = new Sink(listener as ((update: Update) => void) | undefined);
    const name = nameOf({ channel, key });
    const known = this.#topics.get(name);
    const topic: Topic = known ?? newTopic(channel, key);
    topic.sinks.add(sink);
    this.#topics.set(name, topic);
    if (known !== undefined) this.restart({ channel, key });
    else if (this.#connection.welcome !== undefined) this.#ask([topic]);
    else this.#connection.open().catch(() => {});
    const close = (): void => {
      sink.end();
      this.#leave(topic, sink);
    };
    return {
      channel,
      key,
      ended: sink.ended,
      close,
      async *[Symbol.asyncIterator]() {
        try {
          yield* sink.read() as AsyncGenerator<UpdateOf<C>, void, void>;
        } finally {
          close();
        }
      },
    };
  }

  /** Begins a topic anew: the next message is a snapshot. For whom what it has does not fit. */
  restart(name: TopicName): void {
    const topic = this.#topics.get(nameOf(name));
    if (topic === undefined) return;
    topic.height = undefined;
    if (this.#connection.welcome === undefined) return;
    this.#forget(topic);
    this.#ask([topic]);
  }

  close(): void {
    for (const topic of this.#topics.values()) {
      for (const sink of topic.sinks) sink.end(new ClosedError());
    }
    this.#topics.clear();
  }

  #heard(message: ServerMessage): void {
    if (message.type === 'subscribed') this.#answered(message);
    else if (message.type === 'problem') this.#refused(message);
    else if (message.type === 'snapshot' || message.type === 'update') this.#take(message);
  }

  #take(message: Update): void {
    const topic = this.#topics.get(nameOf(message));
    if (topic === undefined) return;
    const { height } = topic;
    if (height !== undefined && message.height <= height) return;
    if (message.type === 'update') {
      if (height === undefined) return;
      if (message.previous > height) {
        this.#repair(topic);
        return;
      }
    }
    topic.height = message.height;
    for (const sink of topic.sinks) sink.push(message);
  }

  /** A message is missing: the node is asked for all that came after the last one. */
  #repair(topic: Topic): void {
    if (topic.isRepairing) return;
    topic.isRepairing = true;
    this.#forget(topic);
    this.#ask([topic]);
  }

  #ask(topics: readonly Topic[]): void {
    if (topics.length === 0) return;
    const id = this.#connection.nextId();
    const requests = topics.map(
      (topic): TopicRequest => ({
        ...topicName(topic),
        ...(topic.height === undefined ? {} : { from: topic.height }),
      }),
    );
    if (this.#connection.send({ op: 'subscribe', id, topics: requests })) {
      this.#asked.set(id, topics);
    }
  }

  /** At once: the messages of the topics may be in the same packet. */
  #answered({ id, topics: answers }: SubscribedMessage): void {
    const topics = this.#asked.get(id) ?? [];
    this.#asked.delete(id);
    for (const [i, topic] of topics.entries()) {
      const answer = answers[i];
      topic.isRepairing = false;
      // Whatever the height of what comes: it takes the place of everything before.
      if (answer?.start === 'snapshot') topic.height = undefined;
      if (answer?.problem !== undefined) this.#end(topic, errorOf(answer.problem));
    }
  }

  /** A request failed as a whole, or a topic of it afterwards, which its figures name. */
  #refused({ id, problem }: ProblemMessage): void {
    const asked = id === null ? undefined : this.#asked.get(id);
    if (id !== null) this.#asked.delete(id);
    const { channel, key } = problem.figures ?? {};
    const named = this.#topics.get(`${channel} ${key}`);
    const topics = asked ?? (named === undefined ? [] : [named]);
    for (const topic of topics) this.#end(topic, errorOf(problem));
  }

  #end(topic: Topic, error: ClientError): void {
    this.#topics.delete(nameOf(topic));
    for (const sink of topic.sinks) sink.end(error);
  }

  #leave(topic: Topic, sink: Sink): void {
    if (!topic.sinks.delete(sink) || topic.sinks.size > 0) return;
    if (this.#topics.get(nameOf(topic)) !== topic) return;
    this.#topics.delete(nameOf(topic));
    this.#forget(topic);
  }

  #forget(topic: Topic): void {
    const id = this.#connection.nextId();
    this.#connection.send({ op: 'unsubscribe', id, topics: [topicName(topic)] });
  }
}

function newTopic(channel: Channel, key: string): Topic {
  return { channel, key, sinks: new Set(), height: undefined, isRepairing: false };
}

function nameOf({ channel, key = '' }: TopicName): string {
  return `${channel} ${key}`;
}

function topicName({ channel, key }: Topic): TopicName {
  return key === '' ? { channel } : { channel, key };
}
