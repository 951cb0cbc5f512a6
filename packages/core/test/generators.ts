// Arbitraries for everything that comes into the machine, built from the same tables as the bytes.
// Valid values by kind, well-formed values at their edges, and values that no table allows.
import fc from 'fast-check';
import {
  type Action,
  type ActionOf,
  type Block,
  type CommandKind,
  type Event,
  type EventKind,
  eventSchema,
  type Observation,
  type OpenedCommand,
  observationSchema,
} from '../src/schema/index.ts';
import {
  actionPlans,
  eventPlans,
  type FieldPlan,
  I64_MAX,
  I64_MIN,
  OP,
  type RecordPlan,
  recordPlan,
  TEXT_LENGTH_MAX,
  U32_MAX,
} from '../src/schema/recordPlan.ts';

/**
 * Arbitraries for fields by name, in place of what the type gives: 'account', or 'placeOrder.size'
 * for one kind only. Lets the ids of a scenario exist.
 */
export interface FieldHooks {
  readonly [field: string]: fc.Arbitrary<unknown>;
}

export type CommandGenerators = { readonly [K in CommandKind]: fc.Arbitrary<ActionOf<K>> };

/** Valid actions of every kind. A kind that is missing here does not compile. */
export function commandGenerators(hooks: FieldHooks = {}): CommandGenerators {
  return {
    deposit: actionOf('deposit', hooks),
    withdraw: actionOf('withdraw', hooks),
    settleWithdrawal: actionOf('settleWithdrawal', hooks),
    transfer: actionOf('transfer', hooks),
    supply: actionOf('supply', hooks),
    redeem: actionOf('redeem', hooks),
    borrow: actionOf('borrow', hooks),
    repay: actionOf('repay', hooks),
    approveAgent: actionOf('approveAgent', hooks),
    revokeAgent: actionOf('revokeAgent', hooks),
    setOwnRate: actionOf('setOwnRate', hooks),
    placeOrder: actionOf('placeOrder', hooks),
    cancelOrder: actionOf('cancelOrder', hooks),
    cancelAll: actionOf('cancelAll', hooks),
    fundPool: actionOf('fundPool', hooks),
    listAsset: actionOf('listAsset', hooks),
    listUnderlying: actionOf('listUnderlying', hooks),
    listInstrument: actionOf('listInstrument', hooks),
    setPublisher: actionOf('setPublisher', hooks),
    setParameter: actionOf('setParameter', hooks),
    cancelProposal: actionOf('cancelProposal', hooks),
    setMarketState: actionOf('setMarketState', hooks),
    haltMarket: actionOf('haltMarket', hooks),
    limitOutflow: actionOf('limitOutflow', hooks),
    disputeIndex: actionOf('disputeIndex', hooks),
    resumeMachine: actionOf('resumeMachine', hooks),
  };
}

/** Ids of what exists: 1 to each count, with 0 (none) and one above now and then. */
export function idHooks(counts: {
  readonly accounts: number;
  readonly assets: number;
  readonly underlyings: number;
  readonly instruments: number;
}): FieldHooks {
  const id = (count: number): fc.Arbitrary<number> =>
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: count }) },
      fc.constantFrom(0, count + 1),
    );
  const account = id(counts.accounts);
  return {
    account,
    to: account,
    asset: id(counts.assets),
    underlying: id(counts.underlyings),
    instrument: id(counts.instruments),
  };
}

export function anyAction(hooks: FieldHooks = {}): fc.Arbitrary<Action> {
  return fc.oneof(...(Object.values(commandGenerators(hooks)) as fc.Arbitrary<Action>[]));
}

export function anyCommand(hooks: FieldHooks = {}): fc.Arbitrary<OpenedCommand> {
  return fc.record({
    signer: address,
    account: hooks.account ?? u32,
    nonce: hooks.nonce ?? u53,
    expiresMs: hooks.expiresMs ?? u53,
    actions: fc.array(anyAction(hooks), { minLength: 1, maxLength: 32, size: 'small' }),
  }) as fc.Arbitrary<OpenedCommand>;
}

export function anyObservation(hooks: FieldHooks = {}): fc.Arbitrary<Observation> {
  return recordOf(recordPlan(observationSchema), hooks) as fc.Arbitrary<Observation>;
}

export function anyBlock(hooks: FieldHooks = {}): fc.Arbitrary<Block> {
  return fc.record({
    height: u53,
    timeMs: u53,
    version: u32,
    observations: fc.array(anyObservation(hooks), { size: 'small' }),
    commands: fc.array(anyCommand(hooks), { size: 'small' }),
  });
}

export function anyEvent(): fc.Arbitrary<Event> {
  return fc.oneof(...(Object.keys(eventSchema) as EventKind[]).map(eventOf));
}

export function eventOf(kind: EventKind): fc.Arbitrary<Event> {
  const plan = eventPlans.byName[kind] as { readonly record: RecordPlan };
  return recordOf(plan.record, {}, kind) as fc.Arbitrary<object> as fc.Arbitrary<Event>;
}

/** Well-formed actions with every field at an edge of its type: for handlers to refuse. */
export function edgeAction(hooks: FieldHooks = {}): fc.Arbitrary<Action> {
  const kinds = actionPlans.all.map((plan) =>
    recordOf(plan.record, { ...edgeHooks(plan.record), ...hooks }, plan.kind),
  );
  return fc.oneof(...kinds) as fc.Arbitrary<object> as fc.Arbitrary<Action>;
}

/** Values that claim to be actions and are none: `actionProblem` names what is wrong with each. */
export function hostileAction(): fc.Arbitrary<unknown> {
  const broken = actionPlans.all.flatMap((plan) => [
    spoiled(plan.kind, plan.record, (fields) => fields.map(hostileField)),
    spoiled(plan.kind, plan.record, (fields) =>
      fields.map(({ name }) => fc.constant({ name, drop: true })),
    ),
    spoiled(plan.kind, plan.record, () => [fc.constant({ name: 'extra', value: 1 })]),
    spoiled(plan.kind, plan.record, () => [hostileKind()]),
  ]);
  const notObjects = fc.constantFrom<unknown>(
    undefined,
    null,
    0,
    'placeOrder',
    true,
    1n,
    [],
    {},
    () => 0,
  );
  const inherited = anyAction().map((action) => Object.create(action) as unknown);
  const trap = fc.constant(
    new Proxy(
      {},
      {
        get: (_, name) => {
          if (name === 'kind') throw new Error('a trap');
          return undefined;
        },
      },
    ),
  );
  return fc.oneof({ weight: 40, arbitrary: fc.oneof(...broken) }, notObjects, inherited, trap);
}

// --- by type

const u32 = fc.integer({ min: 0, max: U32_MAX });
const u53 = fc.maxSafeNat();
const address = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 40, maxLength: 40 })
  .map((digits) => `0x${digits.join('')}` as const);
const text = fc.string({ minLength: 1, maxLength: TEXT_LENGTH_MAX, unit: 'grapheme-ascii' });

function actionOf<K extends CommandKind>(kind: K, hooks: FieldHooks): fc.Arbitrary<ActionOf<K>> {
  const plan = actionPlans.byName[kind] as { readonly record: RecordPlan };
  return recordOf(plan.record, hooks, kind) as fc.Arbitrary<object> as fc.Arbitrary<ActionOf<K>>;
}

/** A record in the order of its table; `kind` comes first where there is one. */
function recordOf(plan: RecordPlan, hooks: FieldHooks, kind?: string): fc.Arbitrary<object> {
  const fields = plan.fields.map((field) => [
    field.name,
    hooks[`${kind}.${field.name}`] ?? hooks[field.name] ?? fieldOf(field, hooks),
  ]);
  const head = kind === undefined ? {} : { kind: fc.constant(kind) };
  return fc.record({ ...head, ...Object.fromEntries(fields) }, { noNullPrototype: true });
}

export function fieldOf(field: FieldPlan, hooks: FieldHooks = {}): fc.Arbitrary<unknown> {
  switch (field.op) {
    case OP.bool:
      return fc.boolean();
    case OP.u8:
      return fc.integer({ min: 0, max: 255 });
    case OP.u32:
      return u32;
    case OP.i32:
      return fc.integer();
    case OP.u53:
      return u53;
    case OP.f64:
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    case OP.amount:
      return fc.bigInt({ min: 0n, max: I64_MAX });
    case OP.i64:
      return fc.bigInt({ min: I64_MIN, max: I64_MAX });
    case OP.address:
      return address;
    case OP.text:
      return text;
    case OP.enum:
      return fc.constantFrom(...field.values);
    case OP.list:
      return fc.array(recordOf(field.record as RecordPlan, hooks), {
        maxLength: field.entriesMax,
        size: 'small',
      });
  }
}

function edgeHooks(plan: RecordPlan): FieldHooks {
  return Object.fromEntries(plan.fields.map((field) => [field.name, edgeOf(field)]));
}

function edgeOf(field: FieldPlan): fc.Arbitrary<unknown> {
  switch (field.op) {
    case OP.u8:
      return fc.constantFrom(0, 1, 15, 16, 255);
    case OP.u32:
      return fc.constantFrom(0, 1, 2_147_483_647, 2_147_483_648, U32_MAX);
    case OP.u53:
      return fc.constantFrom(0, 1, U32_MAX + 1, Number.MAX_SAFE_INTEGER);
    case OP.amount:
      return fc.constantFrom(0n, 1n, I64_MAX - 1n, I64_MAX);
    case OP.i64:
      return fc.constantFrom(I64_MIN, -1n, 0n, 1n, I64_MAX);
    case OP.list:
      return edgeList(field);
    default:
      return fieldOf(field);
  }
}

/** Empty, full, and one entry as often as fits. */
function edgeList(field: FieldPlan): fc.Arbitrary<unknown> {
  const plan = field.record as RecordPlan;
  const entry = recordOf(plan, edgeHooks(plan));
  return fc.oneof(
    fc.constant([]),
    fc.array(entry, { minLength: field.entriesMax, maxLength: field.entriesMax }),
    entry.map((each) => Array.from({ length: field.entriesMax }, () => ({ ...each }))),
  );
}

// --- hostile

interface Spoil {
  readonly name: string;
  readonly value?: unknown;
  readonly drop?: boolean;
}

/** A valid record with one thing wrong; a kind without fields gets an extra one. */
function spoiled(
  kind: string,
  plan: RecordPlan,
  spoils: (fields: readonly FieldPlan[]) => readonly fc.Arbitrary<Spoil>[],
): fc.Arbitrary<unknown> {
  const choices = spoils(plan.fields);
  const spoil: fc.Arbitrary<Spoil> =
    choices.length > 0 ? fc.oneof(...choices) : fc.constant({ name: 'extra', value: 0 });
  return fc.tuple(recordOf(plan, {}, kind), spoil).map(([record, { name, value, drop }]) => {
    const { [name]: _, ...rest } = record as { [field: string]: unknown };
    return drop === true ? rest : { ...rest, [name]: value };
  });
}

function hostileKind(): fc.Arbitrary<Spoil> {
  const names = ['', 'PlaceOrder', '__proto__', 'constructor', 'toString', 12, null, undefined, {}];
  return fc.constantFrom<unknown>(...names).map((value) => ({ name: 'kind', value }));
}

function hostileField(field: FieldPlan): fc.Arbitrary<Spoil> {
  const wrongTypes: unknown[] = [undefined, null, {}, Number.NaN, Symbol.iterator, () => 1];
  const values = fc.constantFrom(...wrongTypes, ...hostileValues(field));
  const all = field.op === OP.list ? fc.oneof(values, hostileList(field)) : values;
  return all.map((value) => ({ name: field.name, value }));
}

function hostileValues(field: FieldPlan): unknown[] {
  const numbers = [-1, 0.5, Number.POSITIVE_INFINITY, Number.MAX_VALUE, '1', 1n, [], true];
  switch (field.op) {
    case OP.bool:
      return [0, 1, 'true', []];
    case OP.u8:
      return [...numbers, 256];
    case OP.u32:
      return [...numbers, U32_MAX + 1];
    case OP.u53:
      return [...numbers, Number.MAX_SAFE_INTEGER + 1];
    case OP.amount:
      return [-1n, I64_MAX + 1n, 1n << 200n, 1, '1', true];
    case OP.i64:
      return [I64_MIN - 1n, I64_MAX + 1n, 1, '1', true];
    case OP.address:
      return [
        '',
        `0x${'A'.repeat(40)}`,
        `0x${'a'.repeat(39)}`,
        `0x${'g'.repeat(40)}`,
        `${'0'.repeat(42)}`,
        0,
      ];
    case OP.text:
      return ['', 'a'.repeat(TEXT_LENGTH_MAX + 1), 'é', '\n', '\u0000', 7];
    case OP.enum:
      return ['', 'unknown', 0, 1, '__proto__', [field.values[0]]];
    default:
      return ['', 0, { length: 1 }];
  }
}

function hostileList(field: FieldPlan): fc.Arbitrary<unknown> {
  const plan = field.record as RecordPlan;
  const entry = recordOf(plan, {});
  const length = field.entriesMax + 1;
  const tooMany = fc.array(entry, { minLength: length, maxLength: length });
  const spoiledEntry = fc
    .tuple(entry, fc.oneof(...plan.fields.map(hostileField)))
    .map(([record, { name, value }]) => [{ ...record, [name]: value }]);
  return fc.oneof(tooMany, spoiledEntry, fc.constantFrom([null], [undefined], [[]], [1]));
}
