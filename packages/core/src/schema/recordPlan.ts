import { commandSchema } from './command.ts';
import { eventSchema } from './event.ts';
import type { FieldsSchema, FieldType, ScalarType } from './fields.ts';

/** What a driver does with a field: a number per type, so that a loop over fields is a switch. */
export const OP = {
  bool: 0,
  u8: 1,
  u32: 2,
  i32: 3,
  u53: 4,
  f64: 5,
  amount: 6,
  i64: 7,
  address: 8,
  text: 9,
  enum: 10,
  list: 11,
} as const;
export type Op = (typeof OP)[keyof typeof OP];

/** A field of a record as the drivers read it. */
export interface FieldPlan {
  readonly name: string;
  readonly op: Op;
  /** The values of an enum in order; empty otherwise. */
  readonly values: readonly string[];
  /** The records of a list. */
  readonly record: RecordPlan | undefined;
  /** Most entries of a list. */
  readonly entriesMax: number;
}

/** A record with its fields in the order of the table, which is the order of the bytes. */
export interface RecordPlan {
  readonly fields: readonly FieldPlan[];
  /** Most bytes the record takes. */
  readonly bytesMax: number;
}

export interface KindPlan {
  readonly kind: string;
  readonly id: number;
  readonly doc: string;
  readonly record: RecordPlan;
}

/** The kinds of one table. Both look-ups give undefined for what is not there, whatever it is. */
export interface KindPlans {
  readonly all: readonly KindPlan[];
  readonly byName: { readonly [kind: string]: KindPlan | undefined };
  readonly byId: readonly (KindPlan | undefined)[];
}

/** A record of the tables as the drivers see it: names and values. */
export interface PlainRecord {
  readonly [field: string]: unknown;
}

export const U32_MAX = 4_294_967_295;
export const I64_MIN: bigint = -9_223_372_036_854_775_808n;
export const I64_MAX = 9_223_372_036_854_775_807n;
export const TEXT_LENGTH_MAX = 16;

const SCALAR_BYTES: { readonly [T in ScalarType]: number } = {
  bool: 1,
  u8: 1,
  u32: 4,
  i32: 4,
  u53: 8,
  f64: 8,
  amount: 8,
  i64: 8,
  address: 20,
  text: 1 + TEXT_LENGTH_MAX,
};

/** Reads a table of fields once, so that no driver looks at a schema while it works. */
export function recordPlan(schema: FieldsSchema): RecordPlan {
  const fields = Object.entries(schema).map(([name, type]) => fieldPlan(name, type));
  return { fields, bytesMax: fields.reduce((bytes, field) => bytes + fieldBytesMax(field), 0) };
}

function fieldPlan(name: string, type: FieldType): FieldPlan {
  if (typeof type === 'string') {
    return { name, op: OP[type], values: [], record: undefined, entriesMax: 0 };
  }
  if ('enum' in type) {
    return { name, op: OP.enum, values: type.enum, record: undefined, entriesMax: 0 };
  }
  return { name, op: OP.list, values: [], record: recordPlan(type.list), entriesMax: type.max };
}

function fieldBytesMax(field: FieldPlan): number {
  if (field.record !== undefined) return 1 + field.entriesMax * field.record.bytesMax;
  if (field.op === OP.enum) return 1;
  const scalar = Object.keys(SCALAR_BYTES).find((name) => OP[name as ScalarType] === field.op);
  return SCALAR_BYTES[scalar as ScalarType];
}

interface KindSchema {
  readonly id: number;
  readonly doc: string;
  readonly fields: FieldsSchema;
}

function kindPlans(schema: { readonly [kind: string]: KindSchema }): KindPlans {
  const all = Object.entries(schema).map(([kind, { id, doc, fields }]) => ({
    kind,
    id,
    doc,
    record: recordPlan(fields),
  }));
  const byId: (KindPlan | undefined)[] = Array.from({ length: 256 }, () => undefined);
  for (const plan of all) byId[plan.id] = plan;
  // Without a prototype, so that no inherited name is a kind.
  const names = Object.fromEntries(all.map((plan) => [plan.kind, plan]));
  return { all, byName: Object.assign(Object.create(null), names), byId };
}

export const actionPlans: KindPlans = kindPlans(commandSchema);
// Pure: a client, which reads events as the node writes them, does not carry their table.
export const eventPlans: KindPlans = /* @__PURE__ */ kindPlans(eventSchema);
