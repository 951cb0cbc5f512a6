import { blockHeaderSchema, envelopeSchema, observationSchema } from './command.ts';
import {
  actionPlans,
  type FieldPlan,
  I64_MAX,
  I64_MIN,
  OP,
  type PlainRecord,
  type RecordPlan,
  recordPlan,
  TEXT_LENGTH_MAX,
  U32_MAX,
} from './recordPlan.ts';

// The door for values in memory: what passes here can be encoded, and every handler may rely on the
// declared types and ranges of its action.

/** Most actions the bytes of a command can hold; the envelope refuses more than 32. */
export const ACTIONS_ENCODED_MAX = 255;

const commandFields = recordPlan({ signer: 'address', ...envelopeSchema });
const observationFields = recordPlan(observationSchema);
const blockFields = recordPlan(blockHeaderSchema);

/** What is wrong with a value that claims to be an action; undefined when nothing is. */
export function actionProblem(action: unknown): string | undefined {
  return guarded(problemOfAction, action);
}

/** The same for an opened command with all its actions. The envelope judges what it says. */
export function commandProblem(command: unknown): string | undefined {
  return guarded(problemOfCommand, command);
}

/** The same for an observation. */
export function observationProblem(observation: unknown): string | undefined {
  return guarded(problemOfObservation, observation);
}

/** The same for the header of a block and the presence of its two lists, not for their entries. */
export function blockProblem(block: unknown): string | undefined {
  return guarded(problemOfBlock, block);
}

/** An object may be a trap (a proxy, a throwing getter): that is a problem of the value too. */
function guarded(
  check: (value: unknown) => string | undefined,
  value: unknown,
): string | undefined {
  try {
    return check(value);
  } catch {
    return 'it is not plain data';
  }
}

function problemOfAction(action: unknown): string | undefined {
  if (!isPlainRecord(action)) return 'an action is a plain object';
  const kind = action.kind;
  const plan = typeof kind === 'string' ? actionPlans.byName[kind] : undefined;
  if (plan === undefined) return 'kind names no action';
  return recordProblem(plan.record, action, 1);
}

function problemOfCommand(command: unknown): string | undefined {
  if (!isPlainRecord(command)) return 'a command is a plain object';
  const problem = recordProblem(commandFields, command, 1);
  if (problem !== undefined) return problem;
  const actions = command.actions;
  if (!Array.isArray(actions)) return 'actions is not a list';
  if (actions.length > ACTIONS_ENCODED_MAX) return 'actions has more than 255 entries';
  for (let i = 0; i < actions.length; i++) {
    const found = problemOfAction(actions[i]);
    if (found !== undefined) return `actions[${i}]: ${found}`;
  }
  return undefined;
}

function problemOfObservation(observation: unknown): string | undefined {
  if (!isPlainRecord(observation)) return 'an observation is a plain object';
  return recordProblem(observationFields, observation, 0);
}

function problemOfBlock(block: unknown): string | undefined {
  if (!isPlainRecord(block)) return 'a block is a plain object';
  const problem = recordProblem(blockFields, block, 2);
  if (problem !== undefined) return problem;
  if (!Array.isArray(block.observations)) return 'observations is not a list';
  return Array.isArray(block.commands) ? undefined : 'commands is not a list';
}

/** `otherFields`: how many fields the caller looks at itself (the kind, a list of actions). */
function recordProblem(
  plan: RecordPlan,
  record: PlainRecord,
  otherFields: number,
): string | undefined {
  const fields = plan.fields;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as FieldPlan;
    const value = record[field.name];
    if (fieldHolds(field, value)) continue;
    return value === undefined
      ? `${field.name} is missing`
      : `${field.name} is not ${wanted(field)}`;
  }
  // All declared fields are there, so that one too many is one that is not declared.
  const names = Object.keys(record);
  if (names.length === fields.length + otherFields) return undefined;
  const known = new Set([...fields.map(({ name }) => name), ...OTHER_FIELDS]);
  const unknown = names.find((name) => !known.has(name));
  return `it has an unknown field, ${unknown ?? 'beside those of its kind'}`;
}

/** Fields that are no part of a record's own plan. */
const OTHER_FIELDS = ['kind', 'actions', 'observations', 'commands'] as const;

/** A plain object only: nothing is inherited, so that a field found is a field of its own. */
export function isPlainRecord(value: unknown): value is PlainRecord {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a value is of a field's type and in its range. */
export function fieldHolds(field: FieldPlan, value: unknown): boolean {
  switch (field.op) {
    case OP.bool:
      return typeof value === 'boolean';
    case OP.u8:
      return typeof value === 'number' && (value & 255) === value;
    case OP.u32:
      return typeof value === 'number' && value >>> 0 === value;
    case OP.i32:
      return typeof value === 'number' && (value | 0) === value;
    case OP.u53:
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case OP.f64:
      return Number.isFinite(value);
    case OP.amount:
      return typeof value === 'bigint' && value >= 0n && value <= I64_MAX;
    case OP.i64:
      return typeof value === 'bigint' && value >= I64_MIN && value <= I64_MAX;
    case OP.address:
      return isAddress(value);
    case OP.text:
      return isText(value);
    case OP.enum:
      return typeof value === 'string' && field.values.includes(value);
    case OP.list:
      return isList(field, value);
  }
}

/** What a field's value has to be, in words that follow "is not". */
export function wanted(field: FieldPlan): string {
  switch (field.op) {
    case OP.bool:
      return 'true or false';
    case OP.u8:
      return 'an integer from 0 to 255';
    case OP.u32:
      return `an integer from 0 to ${U32_MAX}`;
    case OP.i32:
      return 'an integer from -2147483648 to 2147483647';
    case OP.u53:
      return `an integer from 0 to ${Number.MAX_SAFE_INTEGER}`;
    case OP.f64:
      return 'a finite number';
    case OP.amount:
      return `an amount from 0 to ${I64_MAX}`;
    case OP.i64:
      return `an amount from ${I64_MIN} to ${I64_MAX}`;
    case OP.address:
      return 'an address of 0x and 40 lower-case hex digits';
    case OP.text:
      return `a text of 1 to ${TEXT_LENGTH_MAX} printable ASCII characters`;
    case OP.enum:
      return `one of ${field.values.join(', ')}`;
    case OP.list:
      return `a list of at most ${field.entriesMax} valid entries`;
  }
}

/** By char codes: a regular expression costs twice as much. */
function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== 42) return false;
  if (value.charCodeAt(0) !== 48 || value.charCodeAt(1) !== 120) return false;
  let nibbles = 0;
  for (let i = 2; i < 42; i++) {
    const code = value.charCodeAt(i);
    // Anything but 0-9 and a-f falls below 0 or above 15; a single such bit stays in the union.
    nibbles |= code < 58 ? code - 48 : code - 87;
  }
  return (nibbles & ~15) === 0;
}

function isText(value: unknown): boolean {
  if (typeof value !== 'string' || value.length < 1 || value.length > TEXT_LENGTH_MAX) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 32 || code > 126) return false;
  }
  return true;
}

function isList(field: FieldPlan, value: unknown): boolean {
  if (!Array.isArray(value) || value.length > field.entriesMax) return false;
  const record = field.record as RecordPlan;
  for (let i = 0; i < value.length; i++) {
    const entry: unknown = value[i];
    if (!isPlainRecord(entry) || recordProblem(record, entry, 0) !== undefined) return false;
  }
  return true;
}
