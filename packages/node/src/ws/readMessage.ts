import { CHANNELS, type Channel, type TopicRequest } from '@plimsoll/api/wire';
import type { UnsignedObservation } from '@plimsoll/core/schema';
import {
  type JsonObject,
  listAt,
  malformed,
  objectAt,
  parseStrictJson,
  readCommand,
  readPrice,
  readSignature,
  refuseOthers,
} from '../http/requests/index.ts';
import type { ArrivedCommand } from '../parts.ts';

/** A message of a client, checked; commands in canonical bytes. */
export type Message =
  | { readonly op: 'submit'; readonly id: number; readonly commands: readonly ArrivedCommand[] }
  | {
      readonly op: 'publish';
      readonly id: number;
      readonly prices: readonly UnsignedObservation[];
      readonly signature: Uint8Array;
    }
  | { readonly op: 'subscribe'; readonly id: number; readonly topics: readonly Topic[] }
  | { readonly op: 'unsubscribe'; readonly id: number; readonly topics: readonly Topic[] }
  | {
      readonly op: 'cancelOnDisconnect';
      readonly id: number;
      readonly command: ArrivedCommand | null;
    }
  | { readonly op: 'ping'; readonly id: number };

/** A topic with its key; `from` as in TopicRequest. */
export type Topic = Required<Pick<TopicRequest, 'channel' | 'key'>> & { readonly from?: number };

/** What is in a message that could not be read: at least its id, if that could. */
export interface Unread {
  readonly id: number | null;
  readonly error: unknown;
}

export interface ReadLimits {
  readonly commandsPerMessageMax: number;
  readonly topicsPerMessageMax: number;
}

/** Most prices under one signature. */
const PRICES_MAX = 256;
/** A name has at most 16 characters; a key may have an interval behind it. */
const KEY_LENGTH_MAX = 32;

const FIELDS: { readonly [O in Message['op']]: readonly string[] } = {
  submit: ['op', 'id', 'commands', 'withEvents'],
  publish: ['op', 'id', 'prices', 'signature'],
  subscribe: ['op', 'id', 'topics'],
  unsubscribe: ['op', 'id', 'topics'],
  cancelOnDisconnect: ['op', 'id', 'command'],
  ping: ['op', 'id'],
};

/** Reads a text message; what is wrong with it comes back with the id it had. Spec: stream 3. */
export function readMessage(text: string, limits: ReadLimits): Message | Unread {
  let id: number | null = null;
  try {
    const sent = objectAt(parseStrictJson(text), '');
    const op = opOf(sent);
    id = idOf(sent);
    refuseOthers(sent, FIELDS[op], '');
    return readOp(sent, { op, id }, limits);
  } catch (error) {
    return { id, error };
  }
}

export function isUnread(read: Message | Unread): read is Unread {
  return !('op' in read);
}

function readOp(
  sent: JsonObject,
  { op, id }: { readonly op: Message['op']; readonly id: number },
  limits: ReadLimits,
): Message {
  switch (op) {
    case 'submit': {
      const { commandsPerMessageMax } = limits;
      const withEvents = booleanAt(sent.withEvents, '/withEvents');
      const list = listAt(sent.commands, '/commands', commandsPerMessageMax);
      const commands = list.map((each, i) => readCommand(each, `/commands/${i}`, withEvents));
      return { op, id, commands };
    }
    case 'publish': {
      const list = listAt(sent.prices, '/prices', PRICES_MAX);
      const prices = list.map((each, i) => readPrice(each, `/prices/${i}`));
      return { op, id, prices, signature: readSignature(sent.signature, '') };
    }
    case 'subscribe':
    case 'unsubscribe': {
      const list = listAt(sent.topics, '/topics', limits.topicsPerMessageMax);
      const topics = list.map((each, i) => readTopic(each, `/topics/${i}`, op === 'subscribe'));
      return { op, id, topics };
    }
    case 'cancelOnDisconnect': {
      const { command } = sent;
      return { op, id, command: command === null ? null : readCommand(command, '/command', false) };
    }
    case 'ping':
      return { op, id };
  }
}

function opOf(sent: JsonObject): Message['op'] {
  const { op } = sent;
  if (typeof op === 'string' && Object.hasOwn(FIELDS, op)) return op as Message['op'];
  throw malformed('/op', `is not one of ${Object.keys(FIELDS).join(', ')}`);
}

function idOf(sent: JsonObject): number {
  const { id } = sent;
  if (typeof id === 'number' && id >>> 0 === id) return id;
  throw malformed('/id', 'is not an integer from 0 to 4294967295');
}

function booleanAt(value: unknown, pointer: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw malformed(pointer, 'is not true or false');
}

function readTopic(sent: unknown, pointer: string, mayResume: boolean): Topic {
  const topic = objectAt(sent, pointer);
  refuseOthers(topic, mayResume ? ['channel', 'key', 'from'] : ['channel', 'key'], pointer);
  const { channel, key = '', from } = topic;
  if (typeof channel !== 'string' || !Object.hasOwn(CHANNELS, channel)) {
    throw malformed(`${pointer}/channel`, `is not one of ${Object.keys(CHANNELS).join(', ')}`);
  }
  if (typeof key !== 'string' || key.length > KEY_LENGTH_MAX) {
    throw malformed(`${pointer}/key`, `is not text of at most ${KEY_LENGTH_MAX} characters`);
  }
  const named = { channel: channel as Channel, key };
  if (from === undefined) return named;
  if (typeof from === 'number' && Number.isSafeInteger(from) && from >= 0) {
    return { ...named, from };
  }
  throw malformed(`${pointer}/from`, 'is not a height');
}
