// One value of every kind, made from the tables alone, so that a new kind has an example at once.
// No two fields of an example hold the same value: a swap of two fields changes the bytes.
import {
  type Action,
  commandSchema,
  type Event,
  eventSchema,
  type Observation,
  type OpenedCommand,
  observationSchema,
} from '../../src/schema/index.ts';
import { type FieldPlan, OP, type RecordPlan, recordPlan } from '../../src/schema/recordPlan.ts';

export const exampleActions: readonly Action[] = Object.entries(commandSchema).map(
  ([kind, { fields }]) => example(recordPlan(fields), { kind }) as Action,
);

export const exampleEvents: readonly Event[] = Object.entries(eventSchema).map(
  ([kind, { fields }]) => example(recordPlan(fields), { kind }) as Event,
);

export const exampleObservation: Observation = example(
  recordPlan(observationSchema),
  {},
) as Observation;

/** One command per kind, and one with every kind. */
export const exampleCommands: readonly OpenedCommand[] = [
  ...exampleActions.map((action) => [action]),
  [...exampleActions],
].map((actions) => ({
  signer: '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf',
  account: 7,
  nonce: 1_760_000_000_000,
  expiresMs: 1_760_000_060_000,
  actions,
}));

function example(plan: RecordPlan, head: object, salt = 1): object {
  const fields = plan.fields.map((field, i) => [field.name, exampleOf(field, salt + i)]);
  return { ...head, ...Object.fromEntries(fields) };
}

function exampleOf(field: FieldPlan, salt: number): unknown {
  switch (field.op) {
    case OP.bool:
      return salt % 2 === 0;
    case OP.u8:
      return 200 + salt;
    case OP.u32:
      return 0x81_00_00_00 + 0x01_02_03 * salt;
    case OP.i32:
      return -0x01_02_03 * salt;
    case OP.u53:
      return 0x10_00_00_00_00_00_00 + 0x01_02_03_04_05 * salt;
    case OP.f64:
      return -1.5 * salt;
    case OP.amount:
      return 9_000_000_000_000_000_000n + 1_234_567n * BigInt(salt);
    case OP.i64:
      return -9_000_000_000_000_000_000n + 7_654_321n * BigInt(salt);
    case OP.address:
      return `0x${(0xab00 + salt).toString(16).padStart(4, '0').repeat(10)}`;
    case OP.text:
      return `Text ~${salt}`;
    case OP.enum:
      return field.values[field.values.length - 1];
    case OP.list:
      return [10, 20].map((more) => example(field.record as RecordPlan, {}, salt + more));
  }
}
