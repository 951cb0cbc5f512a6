import type { Channel } from '@plimsoll/api/wire';
import type { Machine } from '@plimsoll/core/machine';
import { timeMs } from '@plimsoll/core/state';
import type { FeedMessage } from '../parts.ts';

/**
 * Writes messages: their heads, and the height of the message before of each topic. Bodies are JSON
 * text without the outer braces, since most of them are put together from parts that are text.
 */
export class Topics {
  readonly #machine: Machine;
  readonly #heights = new Map<string, number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  update(channel: Channel, key: string, body: string): FeedMessage {
    const topic = `${channel}\n${key}`;
    const previous = this.#heights.get(topic) ?? 0;
    const head = this.#head(channel, key);
    this.#heights.set(topic, head.height);
    const text = `{"type":"update",${head.text},"previous":${previous},${body}}`;
    return { channel, key, height: head.height, previous, text };
  }

  snapshot(channel: Channel, key: string, body: string): FeedMessage {
    const { height, text } = this.#head(channel, key);
    return { channel, key, height, previous: 0, text: `{"type":"snapshot",${text},${body}}` };
  }

  /** Nobody listens any more: the next message is the first again. */
  forget(channel: Channel, key: string): void {
    this.#heights.delete(`${channel}\n${key}`);
  }

  #head(channel: Channel, key: string): { readonly height: number; readonly text: string } {
    const { state } = this.#machine;
    const height = state.machine.height.get(0);
    const name = `"channel":"${channel}","key":${JSON.stringify(key)}`;
    return { height, text: `${name},"height":${height},"timeMs":${timeMs(state)}` };
  }
}
