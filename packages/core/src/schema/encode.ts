import { broken } from '../math/index.ts';
import {
  type Action,
  type Block,
  blockHeaderSchema,
  type CommandResult,
  envelopeSchema,
  type Observation,
  type OpenedCommand,
  observationSchema,
} from './command.ts';
import type { Event } from './event.ts';
import {
  actionPlans,
  eventPlans,
  type FieldPlan,
  type KindPlan,
  type KindPlans,
  OP,
  type PlainRecord,
  type RecordPlan,
  recordPlan,
  TEXT_LENGTH_MAX,
} from './recordPlan.ts';

/** First byte of everything encoded. Spec: encoding 1. */
export const ENCODING_VERSION = 1;

/** Second byte of everything encoded: what it is, so that nothing can pass for something else. */
export const DOCUMENT = {
  action: 1,
  commandBody: 2,
  command: 3,
  observation: 4,
  block: 5,
  event: 6,
  events: 7,
  results: 8,
} as const;
export type Document = (typeof DOCUMENT)[keyof typeof DOCUMENT];

export const envelopePlan: RecordPlan = recordPlan(envelopeSchema);
export const observationPlan: RecordPlan = recordPlan(observationSchema);
export const blockHeaderPlan: RecordPlan = recordPlan(blockHeaderSchema);
export const signerPlan: RecordPlan = recordPlan({ signer: 'address' });

const TWO_32 = 4_294_967_296;

/**
 * A buffer that grows and is written again and again. `encode…` functions that are given one return
 * a view of it that holds until its next use; without one they return bytes of their own.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Starts again with the two bytes that head every document. */
  start(document: Document): void {
    this.#at = 0;
    this.#reserve(2);
    this.u8(ENCODING_VERSION);
    this.u8(document);
  }

  /** What was written since `start`, as a view of the buffer. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** The fields of a record, in the order of its table. Throws InvariantError on a bad value. */
  record(plan: RecordPlan, record: object): void {
    this.#reserve(plan.bytesMax);
    this.#fields(plan.fields, record as PlainRecord);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  // One loop with a switch: closures per field are megamorphic and came out at twice the time.
  #fields(fields: readonly FieldPlan[], record: PlainRecord): void {
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as FieldPlan;
      const value = record[field.name];
      switch (field.op) {
        case OP.bool:
          if (typeof value !== 'boolean') unwritable(field, value);
          this.#bytes[this.#at++] = value ? 1 : 0;
          break;
        case OP.enum:
          this.#enum(field, value);
          break;
        case OP.amount:
        case OP.i64:
          this.#integer64(field, value);
          break;
        case OP.address:
          this.#address(field, value);
          break;
        case OP.text:
          this.#text(field, value);
          break;
        case OP.list:
          this.#list(field, value);
          break;
        default:
          this.#number(field, value);
      }
    }
  }

  #number(field: FieldPlan, value: unknown): void {
    if (typeof value !== 'number') unwritable(field, value);
    switch (field.op) {
      case OP.u8:
        if ((value & 255) !== value) unwritable(field, value);
        this.#bytes[this.#at++] = value;
        return;
      case OP.u32:
        if (value >>> 0 !== value) unwritable(field, value);
        this.#view.setUint32(this.#at, value, true);
        this.#at += 4;
        return;
      case OP.i32:
        if ((value | 0) !== value) unwritable(field, value);
        this.#view.setInt32(this.#at, value, true);
        this.#at += 4;
        return;
      case OP.u53:
        if (!Number.isSafeInteger(value) || value < 0) unwritable(field, value);
        this.#view.setUint32(this.#at, value >>> 0, true);
        this.#view.setUint32(this.#at + 4, Math.floor(value / TWO_32), true);
        this.#at += 8;
        return;
      default:
        if (!Number.isFinite(value)) unwritable(field, value);
        // Adding 0 turns −0 into 0: equal values are equal bytes.
        this.#view.setFloat64(this.#at, value + 0, true);
        this.#at += 8;
    }
  }

  #integer64(field: FieldPlan, value: unknown): void {
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) unwritable(field, value);
    if (field.op === OP.amount && value < 0n) unwritable(field, value);
    this.#view.setBigInt64(this.#at, value, true);
    this.#at += 8;
  }

  #enum(field: FieldPlan, value: unknown): void {
    const index = field.values.indexOf(value as string);
    if (index < 0) unwritable(field, value);
    this.#bytes[this.#at++] = index;
  }

  #address(field: FieldPlan, value: unknown): void {
    if (typeof value !== 'string' || value.length !== 42) unwritable(field, value);
    if (value.charCodeAt(0) !== 48 || value.charCodeAt(1) !== 120) unwritable(field, value);
    let nibbles = 0;
    for (let i = 2; i < 42; i += 2) {
      const high = nibble(value.charCodeAt(i));
      const low = nibble(value.charCodeAt(i + 1));
      nibbles |= high | low;
      this.#bytes[this.#at++] = high * 16 + low;
    }
    if ((nibbles & ~15) !== 0) unwritable(field, value);
  }

  #text(field: FieldPlan, value: unknown): void {
    if (typeof value !== 'string' || value.length < 1 || value.length > TEXT_LENGTH_MAX) {
      unwritable(field, value);
    }
    this.#bytes[this.#at++] = value.length;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code < 32 || code > 126) unwritable(field, value);
      this.#bytes[this.#at++] = code;
    }
  }

  #list(field: FieldPlan, value: unknown): void {
    if (!Array.isArray(value) || value.length > field.entriesMax) unwritable(field, value);
    this.#bytes[this.#at++] = value.length;
    const { fields } = field.record as RecordPlan;
    for (let i = 0; i < value.length; i++) this.#fields(fields, value[i] as PlainRecord);
  }
}

/** The value of a lower-case hex digit; outside 0 … 15 for anything else. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function unwritable(field: FieldPlan, value: unknown): never {
  broken('what is encoded is in the canonical form', { field: field.name, value: String(value) });
}

/** The bytes of one action: its kind, then its fields. */
export function encodeAction(action: Action, writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.action, writer, (to) => writeKind(to, actionPlans, action));
}

/** The bytes of a command without its signer: what the signer agreed to. */
export function encodeCommandBody(
  command: Omit<OpenedCommand, 'signer'>,
  writer?: ByteWriter,
): Uint8Array {
  return encoded(DOCUMENT.commandBody, writer, (to) => writeBody(to, command));
}

/** The bytes of an opened command: its signer, then its body. */
export function encodeCommand(command: OpenedCommand, writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.command, writer, (to) => writeCommand(to, command));
}

export function encodeObservation(observation: Observation, writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.observation, writer, (to) => to.record(observationPlan, observation));
}

export function encodeEvent(event: Event, writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.event, writer, (to) => writeKind(to, eventPlans, event));
}

/** The bytes of all events of a block, in order. */
export function encodeEvents(events: readonly Event[], writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.events, writer, (to) => {
    to.u32(events.length);
    for (const event of events) writeKind(to, eventPlans, event);
  });
}

/** The bytes of what became of the commands of a block, in order. */
export function encodeResults(results: readonly CommandResult[], writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.results, writer, (to) => {
    to.u32(results.length);
    for (const { code, actions } of results) {
      to.u32(code);
      to.u8(actions.length);
      for (const each of actions) to.u32(each);
    }
  });
}

/**
 * The bytes of a block. Every command and observation must be in the canonical form: ask
 * `commandProblem` and `observationProblem` first about values that did not come from a decoder.
 */
export function encodeBlock(block: Block, writer?: ByteWriter): Uint8Array {
  return encoded(DOCUMENT.block, writer, (to) => {
    const { height, timeMs, version, observations, commands } = block;
    to.record(blockHeaderPlan, { height, timeMs, version });
    to.u32(observations.length);
    for (const observation of observations) to.record(observationPlan, observation);
    to.u32(commands.length);
    for (const command of commands) writeCommand(to, command);
  });
}

/** One function for both ways to ask: a lent buffer is viewed, an own one is copied to size. */
function encoded(
  document: Document,
  lent: ByteWriter | undefined,
  write: (to: ByteWriter) => void,
): Uint8Array {
  const writer = lent ?? new ByteWriter(256);
  writer.start(document);
  write(writer);
  return lent === undefined ? writer.finish().slice() : writer.finish();
}

function writeCommand(to: ByteWriter, command: OpenedCommand): void {
  to.record(signerPlan, command);
  writeBody(to, command);
}

function writeBody(to: ByteWriter, command: Omit<OpenedCommand, 'signer'>): void {
  to.record(envelopePlan, command);
  const { actions } = command;
  if (actions.length > 255) broken('a command is encoded with at most 255 actions');
  to.u8(actions.length);
  for (const action of actions) writeKind(to, actionPlans, action);
}

function writeKind(to: ByteWriter, plans: KindPlans, value: { readonly kind: string }): void {
  const plan = plans.byName[value.kind] ?? unknownKind(value.kind);
  to.u8(plan.id);
  to.record(plan.record, value);
}

function unknownKind(kind: string): KindPlan {
  broken('what is encoded has a kind of its table', { kind: String(kind) });
}
