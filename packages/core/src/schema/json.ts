import {
  type Action,
  type Block,
  blockHeaderSchema,
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
  type KindPlans,
  OP,
  type PlainRecord,
  type RecordPlan,
  recordPlan,
} from './recordPlan.ts';
import { fieldHolds, isPlainRecord, wanted } from './validate.ts';

/** Fewest and most actions of a command. The envelope refuses others: actionsCount. */
export const ACTIONS_MIN = 1;
export const ACTIONS_MAX = 32;

/** A value as JSON.parse gives it. Amounts are decimal strings, other integers are numbers. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [field: string]: JsonValue };

/** Why a JSON value was refused, and where: 'actions[2].size'; '' is the value itself. */
export interface JsonProblem {
  readonly path: string;
  readonly message: string;
}

export function isJsonProblem(decoded: object): decoded is JsonProblem {
  return 'message' in decoded && 'path' in decoded;
}

const commandPlan = recordPlan({ signer: 'address', ...envelopeSchema });
const observationPlan = recordPlan(observationSchema);
const blockPlan = recordPlan(blockHeaderSchema);

/** `path` is where the value stands in a larger one; problems are named from there. */
export function decodeJsonAction(value: unknown, path = ''): Action | JsonProblem {
  return outcome<Action>(() => readKind(actionPlans, value, path));
}

export function decodeJsonEvent(value: unknown, path = ''): Event | JsonProblem {
  return outcome<Event>(() => readKind(eventPlans, value, path));
}

export function decodeJsonObservation(value: unknown, path = ''): Observation | JsonProblem {
  return outcome<Observation>(() => readObservation(value, path));
}

export function decodeJsonCommand(value: unknown, path = ''): OpenedCommand | JsonProblem {
  return outcome<OpenedCommand>(() => readCommand(value, path));
}

export function decodeJsonBlock(value: unknown, path = ''): Block | JsonProblem {
  return outcome<Block>(() => {
    const from = readObject(value, path);
    refuseUnknown(from, path, [...namesOf(blockPlan), 'observations', 'commands']);
    return {
      ...readFields(blockPlan, from, path),
      observations: readArray(from.observations, join(path, 'observations')).map((each, i) =>
        readObservation(each, `${join(path, 'observations')}[${i}]`),
      ),
      commands: readArray(from.commands, join(path, 'commands')).map((each, i) =>
        readCommand(each, `${join(path, 'commands')}[${i}]`),
      ),
    };
  });
}

export function encodeJsonAction(action: Action): JsonValue {
  return toJson(action);
}

export function encodeJsonEvent(event: Event): JsonValue {
  return toJson(event);
}

export function encodeJsonObservation(observation: Observation): JsonValue {
  return toJson(observation);
}

export function encodeJsonCommand(command: OpenedCommand): JsonValue {
  return toJson(command);
}

export function encodeJsonBlock(block: Block): JsonValue {
  return toJson(block);
}

function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
}

/** Carries a problem from where it is found to `outcome`; nobody else sees it. */
class RefusedJson extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

function refuseJson(path: string, message: string): never {
  throw new RefusedJson({ path, message });
}

/** What a reader built from a plan has the fields of that plan's table: hence the cast. */
function outcome<T extends object>(read: () => object): T | JsonProblem {
  try {
    return read() as T;
  } catch (error) {
    if (error instanceof RefusedJson) return error.problem;
    // Not out of JSON.parse: a proxy or a throwing getter.
    return { path: '', message: 'is not plain data' };
  }
}

function readKind(plans: KindPlans, value: unknown, path: string): PlainRecord {
  const from = readObject(value, path);
  const kind = from.kind;
  const plan = typeof kind === 'string' ? plans.byName[kind] : undefined;
  if (plan === undefined) {
    const kinds = plans.all.map((each) => each.kind).join(', ');
    refuseJson(join(path, 'kind'), kind === undefined ? 'is missing' : `is not one of ${kinds}`);
  }
  refuseUnknown(from, path, ['kind', ...namesOf(plan.record)]);
  return { kind: plan.kind, ...readFields(plan.record, from, path) };
}

function readObservation(value: unknown, path: string): PlainRecord {
  const from = readObject(value, path);
  refuseUnknown(from, path, namesOf(observationPlan));
  return readFields(observationPlan, from, path);
}

function readCommand(value: unknown, path: string): PlainRecord {
  const from = readObject(value, path);
  refuseUnknown(from, path, [...namesOf(commandPlan), 'actions']);
  const fields = readFields(commandPlan, from, path);
  const place = join(path, 'actions');
  const actions = readArray(from.actions, place);
  if (actions.length < ACTIONS_MIN || actions.length > ACTIONS_MAX) {
    refuseJson(place, `is not a list of ${ACTIONS_MIN} to ${ACTIONS_MAX} actions`);
  }
  return {
    ...fields,
    actions: actions.map((each, i) => readKind(actionPlans, each, `${place}[${i}]`)),
  };
}

function readFields(plan: RecordPlan, from: PlainRecord, path: string): PlainRecord {
  return Object.fromEntries(
    plan.fields.map((field) => [
      field.name,
      readField(field, from[field.name], join(path, field.name)),
    ]),
  );
}

function readField(field: FieldPlan, value: unknown, path: string): unknown {
  if (value === undefined) refuseJson(path, 'is missing');
  if (field.op === OP.list) return readList(field, value, path);
  const isMoney = field.op === OP.amount || field.op === OP.i64;
  const read = isMoney ? readInteger(value) : value;
  if (!fieldHolds(field, read)) {
    refuseJson(path, `is not ${wanted(field)}${isMoney ? ', as a decimal string' : ''}`);
  }
  // JSON.parse knows −0; the machine does not.
  return typeof read === 'number' ? read + 0 : read;
}

/** One way to write each integer: no plus, no leading zero, no minus zero. */
function readInteger(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^(0|-?[1-9][0-9]{0,18})$/.test(value)) return undefined;
  return BigInt(value);
}

function readList(field: FieldPlan, value: unknown, path: string): PlainRecord[] {
  const entries = readArray(value, path);
  if (entries.length > field.entriesMax) {
    refuseJson(path, `has more than ${field.entriesMax} entries`);
  }
  const plan = field.record as RecordPlan;
  return entries.map((entry, i) => {
    const place = `${path}[${i}]`;
    const from = readObject(entry, place);
    refuseUnknown(from, place, namesOf(plan));
    return readFields(plan, from, place);
  });
}

function readObject(value: unknown, path: string): PlainRecord {
  return isPlainRecord(value) ? value : refuseJson(path, 'is not an object');
}

function readArray(value: unknown, path: string): readonly unknown[] {
  if (value === undefined) refuseJson(path, 'is missing');
  return Array.isArray(value) ? value : refuseJson(path, 'is not a list');
}

function refuseUnknown(from: PlainRecord, path: string, names: readonly string[]): void {
  const unknown = Object.keys(from).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    refuseJson(join(path, unknown), `is not a field here; the fields are ${names.join(', ')}`);
  }
}

function namesOf(plan: RecordPlan): string[] {
  return plan.fields.map((field) => field.name);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
