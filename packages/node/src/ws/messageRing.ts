import type { FeedMessage } from '../parts.ts';

/** The latest messages of a topic, oldest first. */
interface HeldTopic {
  /** Everything above this height is held. */
  floor: number;
  characters: number;
  readonly messages: FeedMessage[];
}

export interface MessageRingOptions {
  /** Messages of one topic. */
  readonly perTopicMax: number;
  /** Characters of all together: what a ring takes of memory, nearly. */
  readonly charactersMax: number;
}

/**
 * The latest messages of all topics, so that who was away for a moment goes on where it was. When
 * the whole is full, the topic that takes most loses its older half. Spec: stream 5.
 */
export class MessageRing {
  readonly #options: MessageRingOptions;
  readonly #topics = new Map<string, HeldTopic>();
  #characters = 0;

  constructor(options: MessageRingOptions) {
    this.#options = options;
  }

  /** What is held, in characters. */
  get characters(): number {
    return this.#characters;
  }

  /** @param floor for a topic that is not held yet: all its messages above it are seen. */
  push(name: string, message: FeedMessage, floor: number): void {
    const { perTopicMax, charactersMax } = this.#options;
    const known = this.#topics.get(name);
    // The first of its kind again: it was not built for a while, and what was held is of before.
    if (known !== undefined && message.previous === 0) this.#restart(known, floor);
    const topic = known ?? this.#open(name, floor);
    topic.messages.push(message);
    topic.characters += message.text.length;
    this.#characters += message.text.length;
    if (topic.messages.length > perTopicMax) this.#drop(topic, 1);
    while (this.#characters > charactersMax) this.#makeRoom();
  }

  /** Begins a topic of which messages come from a height on: somebody listens to it now. */
  begin(name: string, height: number): void {
    if (!this.#topics.has(name)) this.#open(name, height);
  }

  /** Messages of it come no more. */
  forget(name: string): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    this.#characters -= topic.characters;
    this.#topics.delete(name);
  }

  /** The messages above a height; undefined when some of them are not held. */
  after(name: string, height: number): readonly FeedMessage[] | undefined {
    const topic = this.#topics.get(name);
    if (topic === undefined || topic.floor > height) return undefined;
    let first = topic.messages.length;
    while (first > 0 && (topic.messages[first - 1] as FeedMessage).height > height) first--;
    return topic.messages.slice(first);
  }

  #open(name: string, floor: number): HeldTopic {
    const topic = { floor, characters: 0, messages: [] };
    this.#topics.set(name, topic);
    return topic;
  }

  #restart(topic: HeldTopic, floor: number): void {
    if (topic.messages.length === 0) return;
    this.#drop(topic, topic.messages.length);
    topic.floor = Math.max(topic.floor, floor);
  }

  #drop(topic: HeldTopic, count: number): void {
    for (const message of topic.messages.splice(0, count)) {
      topic.floor = message.height;
      topic.characters -= message.text.length;
      this.#characters -= message.text.length;
    }
  }

  /** Looks at every topic, but frees half of the largest: seldom. */
  #makeRoom(): void {
    let largest: HeldTopic | undefined;
    for (const topic of this.#topics.values()) {
      if (largest === undefined || topic.characters > largest.characters) largest = topic;
    }
    if (largest !== undefined) this.#drop(largest, Math.ceil(largest.messages.length / 2));
  }
}
