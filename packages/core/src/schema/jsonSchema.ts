import { blockHeaderSchema, envelopeSchema, observationSchema } from './command.ts';
import { ACTIONS_MAX, ACTIONS_MIN, type JsonValue } from './json.ts';
import {
  actionPlans,
  eventPlans,
  type FieldPlan,
  I64_MAX,
  type KindPlan,
  type KindPlans,
  OP,
  type RecordPlan,
  recordPlan,
  TEXT_LENGTH_MAX,
  U32_MAX,
} from './recordPlan.ts';

/** A JSON Schema (2020-12) as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: JsonValue;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** One action of a command, by kind. Accepts exactly what `decodeJsonAction` accepts. */
export function actionJsonSchema(): JsonSchema {
  return root('action', { $ref: '#/$defs/action' }, definitions(actionPlans, 'action'));
}

/** An opened command with its 1 to 32 actions. */
export function commandJsonSchema(): JsonSchema {
  return root('command', commandDefinition(), definitions(actionPlans, 'action'));
}

export function eventJsonSchema(): JsonSchema {
  return root('event', { $ref: '#/$defs/event' }, definitions(eventPlans, 'event'));
}

export function observationJsonSchema(): JsonSchema {
  return root('observation', objectSchema(recordPlan(observationSchema)), {});
}

export function blockJsonSchema(): JsonSchema {
  const body = objectSchema(recordPlan(blockHeaderSchema), {
    observations: { type: 'array', items: { $ref: '#/$defs/observation' } },
    commands: { type: 'array', items: { $ref: '#/$defs/command' } },
  });
  return root('block', body, {
    ...definitions(actionPlans, 'action'),
    observation: objectSchema(recordPlan(observationSchema)),
    command: commandDefinition(),
  });
}

function root(name: string, body: JsonSchema, defs: JsonSchema): JsonSchema {
  const head = { $schema: DIALECT, $id: `urn:plimsoll:schema:${name}:1`, title: name };
  return Object.keys(defs).length === 0 ? { ...head, ...body } : { ...head, ...body, $defs: defs };
}

function commandDefinition(): JsonSchema {
  return objectSchema(recordPlan({ signer: 'address', ...envelopeSchema }), {
    actions: {
      type: 'array',
      minItems: ACTIONS_MIN,
      maxItems: ACTIONS_MAX,
      items: { $ref: '#/$defs/action' },
    },
  });
}

/** One definition per kind, and one under `union` that is any of them. */
function definitions(plans: KindPlans, union: string): JsonSchema {
  const kinds = plans.all.map((plan) => [plan.kind, kindSchema(plan)]);
  const references = plans.all.map((plan) => ({ $ref: `#/$defs/${plan.kind}` }));
  return { [union]: { oneOf: references }, ...Object.fromEntries(kinds) };
}

function kindSchema(plan: KindPlan): JsonSchema {
  const fields = objectSchema(plan.record, { kind: { const: plan.kind } });
  return { description: plan.doc, ...fields };
}

function objectSchema(plan: RecordPlan, others: JsonSchema = {}): JsonSchema {
  const fields = plan.fields.map((field) => [field.name, fieldSchema(field)]);
  const properties = { ...others, ...Object.fromEntries(fields) };
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function fieldSchema(field: FieldPlan): JsonSchema {
  switch (field.op) {
    case OP.bool:
      return { type: 'boolean' };
    case OP.u8:
      return { type: 'integer', minimum: 0, maximum: 255 };
    case OP.u32:
      return { type: 'integer', minimum: 0, maximum: U32_MAX };
    case OP.i32:
      return { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 };
    case OP.u53:
      return { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
    case OP.f64:
      return { type: 'number' };
    case OP.amount:
      return { type: 'string', pattern: `^(?:${upTo(I64_MAX)})$` };
    case OP.i64:
      // One more below zero than above.
      return { type: 'string', pattern: `^(?:-(?!0$)(?:${upTo(I64_MAX + 1n)})|${upTo(I64_MAX)})$` };
    case OP.address:
      return { type: 'string', pattern: '^0x[0-9a-f]{40}$' };
    case OP.text:
      return { type: 'string', pattern: `^[ -~]{1,${TEXT_LENGTH_MAX}}$` };
    case OP.enum:
      return { type: 'string', enum: field.values };
    case OP.list:
      return {
        type: 'array',
        maxItems: field.entriesMax,
        items: objectSchema(field.record as RecordPlan),
      };
  }
}

/** A pattern of exactly the decimals from 0 to `most`, one way to write each. */
function upTo(most: bigint): string {
  const digits = most.toString();
  const shorter = `0|[1-9][0-9]{0,${digits.length - 2}}`;
  // With as many digits: the same up to digit i, and less there.
  const lesser = [...digits].flatMap((digit, i) => {
    const least = i === 0 ? 1 : 0;
    if (Number(digit) <= least) return [];
    const rest = digits.length - i - 1;
    return [
      `${digits.slice(0, i)}[${least}-${Number(digit) - 1}]${rest > 0 ? `[0-9]{${rest}}` : ''}`,
    ];
  });
  return [shorter, ...lesser, digits].join('|');
}
