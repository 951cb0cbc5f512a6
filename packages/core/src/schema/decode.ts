import type { Action, Block, CommandResult, Observation, OpenedCommand } from './command.ts';
import {
  blockHeaderPlan,
  DOCUMENT,
  type Document,
  ENCODING_VERSION,
  envelopePlan,
  observationPlan,
  signerPlan,
} from './encode.ts';
import type { Event } from './event.ts';
import {
  actionPlans,
  eventPlans,
  type FieldPlan,
  type KindPlans,
  OP,
  type RecordPlan,
  TEXT_LENGTH_MAX,
} from './recordPlan.ts';

/** Bytes that the encoder would not write: what is wrong, and at which byte. */
export interface Malformed {
  readonly malformed: string;
  readonly offset: number;
}

/** What was decoded, or why it was refused. No decoder throws, whatever the bytes. */
export type Decoded<T> = T | Malformed;

export function isMalformed(decoded: object): decoded is Malformed {
  return 'malformed' in decoded;
}

interface Writable {
  [field: string]: unknown;
}

const TWO_32 = 4_294_967_296;
const HIGH_MAX = 2_097_151; // 2^21 − 1: a larger high half makes a number of 2^53 or more.
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/**
 * Reads one document. The first fault stays: after it every read gives a harmless value, and the
 * document is refused at its end, so that no path has to unwind.
 */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #fault: Malformed | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  start(document: Document): void {
    if (this.u8() !== ENCODING_VERSION) this.#refuse('unknown version of the encoding', 0);
    if (this.u8() !== document) this.#refuse('another kind of document', 1);
  }

  finish<T>(value: T): Decoded<T> {
    if (this.#at !== this.#bytes.length) this.#refuse('bytes after the end', this.#at);
    return this.#fault ?? value;
  }

  get hasFault(): boolean {
    return this.#fault !== undefined;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : (this.#bytes[at] as number);
  }

  u32(): number {
    const at = this.#take(4);
    return at < 0 ? 0 : this.#view.getUint32(at, true);
  }

  /** A number of entries, each of at least one byte: a claim of more than there is ends here. */
  count(): number {
    const count = this.u32();
    if (count <= this.#bytes.length - this.#at) return count;
    this.#refuse('a list ends before its entries', this.#at - 4);
    return 0;
  }

  record(plan: RecordPlan, into: Writable): Writable {
    for (const field of plan.fields) into[field.name] = this.#field(field);
    return into;
  }

  kind(plans: KindPlans): Writable {
    const plan = plans.byId[this.u8()];
    if (plan !== undefined) return this.record(plan.record, { kind: plan.kind });
    this.#refuse('unknown kind', this.#at - 1);
    return {};
  }

  #field(field: FieldPlan): unknown {
    switch (field.op) {
      case OP.bool:
        return this.#choice(2, 'a bool that is neither 0 nor 1') === 1;
      case OP.u8:
        return this.u8();
      case OP.u32:
        return this.u32();
      case OP.i32:
        return this.u32() | 0;
      case OP.u53:
        return this.#u53();
      case OP.f64:
        return this.#f64();
      case OP.amount:
      case OP.i64:
        return this.#i64(field.op === OP.amount);
      case OP.address:
        return this.#address();
      case OP.text:
        return this.#text();
      case OP.enum:
        return field.values[this.#choice(field.values.length, 'an unknown choice')];
      case OP.list:
        return this.#list(field.record as RecordPlan, field.entriesMax);
    }
  }

  #choice(below: number, sentence: string): number {
    const value = this.u8();
    if (value < below) return value;
    this.#refuse(sentence, this.#at - 1);
    return 0;
  }

  #u53(): number {
    const at = this.#take(8);
    if (at < 0) return 0;
    const high = this.#view.getUint32(at + 4, true);
    if (high > HIGH_MAX) this.#refuse('a number of 2^53 or more', at);
    return high * TWO_32 + this.#view.getUint32(at, true);
  }

  #f64(): number {
    const at = this.#take(8);
    if (at < 0) return 0;
    const value = this.#view.getFloat64(at, true);
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    this.#refuse('a double that is not finite, or minus zero', at);
    return 0;
  }

  #i64(isAmount: boolean): bigint {
    const at = this.#take(8);
    if (at < 0) return 0n;
    const value = this.#view.getBigInt64(at, true);
    if (isAmount && value < 0n) this.#refuse('an amount of 2^63 or more', at);
    return value;
  }

  #address(): string {
    const at = this.#take(20);
    if (at < 0) return '';
    let text = '0x';
    for (let i = at; i < at + 20; i++) text += HEX[this.#bytes[i] as number];
    return text;
  }

  #text(): string {
    const length = this.u8();
    if (length < 1 || length > TEXT_LENGTH_MAX) {
      this.#refuse('a text that is empty or too long', this.#at - 1);
      return '';
    }
    const at = this.#take(length);
    let text = '';
    for (let i = at; at >= 0 && i < at + length; i++) {
      const code = this.#bytes[i] as number;
      if (code < 32 || code > 126) this.#refuse('a text that is not printable ASCII', i);
      text += String.fromCharCode(code);
    }
    return text;
  }

  #list(plan: RecordPlan, entriesMax: number): Writable[] {
    const count = this.u8();
    if (count > entriesMax) this.#refuse('a list that is too long', this.#at - 1);
    return this.list(count, () => this.record(plan, {}));
  }

  list<T>(count: number, read: () => T): T[] {
    const entries: T[] = [];
    for (let i = 0; i < count && this.#fault === undefined; i++) entries.push(read());
    return entries;
  }

  /** Where the next bytes lie, or −1 if there are not so many. */
  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes <= this.#bytes.length) {
      this.#at = at + bytes;
      return at;
    }
    this.#refuse('it ends too early', at);
    return -1;
  }

  #refuse(malformed: string, offset: number): void {
    if (this.#fault !== undefined) return;
    this.#fault = { malformed, offset: Math.max(0, offset) };
  }
}

// The tables give the readers their types: what `record` builds from a plan has the fields of the
// plan's table, which is what the casts below say.

export function decodeAction(bytes: Uint8Array): Decoded<Action> {
  return decoded(bytes, DOCUMENT.action, (from) => from.kind(actionPlans) as Action);
}

export function decodeCommandBody(bytes: Uint8Array): Decoded<Omit<OpenedCommand, 'signer'>> {
  return decoded(
    bytes,
    DOCUMENT.commandBody,
    (from) => readBody(from, {}) as object as OpenedCommand,
  );
}

export function decodeCommand(bytes: Uint8Array): Decoded<OpenedCommand> {
  return decoded(bytes, DOCUMENT.command, readCommand);
}

export function decodeObservation(bytes: Uint8Array): Decoded<Observation> {
  return decoded(bytes, DOCUMENT.observation, readObservation);
}

export function decodeEvent(bytes: Uint8Array): Decoded<Event> {
  return decoded(bytes, DOCUMENT.event, (from) => from.kind(eventPlans) as Event);
}

export function decodeEvents(bytes: Uint8Array): Decoded<Event[]> {
  return decoded(bytes, DOCUMENT.events, (from) =>
    from.list(from.count(), () => from.kind(eventPlans) as Event),
  );
}

export function decodeResults(bytes: Uint8Array): Decoded<CommandResult[]> {
  return decoded(bytes, DOCUMENT.results, (from) =>
    from.list(from.count(), () => {
      const code = from.u32();
      return { code, actions: from.list(from.u8(), () => from.u32()) };
    }),
  );
}

export function decodeBlock(bytes: Uint8Array): Decoded<Block> {
  return decoded(bytes, DOCUMENT.block, (from) => {
    const block = from.record(blockHeaderPlan, {});
    block.observations = from.list(from.count(), () => readObservation(from));
    block.commands = from.list(from.count(), () => readCommand(from));
    return block as object as Block;
  });
}

function decoded<T>(bytes: Uint8Array, document: Document, read: (from: Reader) => T): Decoded<T> {
  const reader = new Reader(bytes);
  reader.start(document);
  if (reader.hasFault) return reader.finish({} as T);
  return reader.finish(read(reader));
}

function readObservation(from: Reader): Observation {
  return from.record(observationPlan, {}) as Observation;
}

function readCommand(from: Reader): OpenedCommand {
  return readBody(from, from.record(signerPlan, {})) as object as OpenedCommand;
}

function readBody(from: Reader, into: Writable): Writable {
  from.record(envelopePlan, into);
  into.actions = from.list(from.u8(), () => from.kind(actionPlans));
  return into;
}
