import { broken } from '../math/index.ts';
import {
  envelopeSchema,
  type OpenedCommand,
  observationSchema,
  type UnsignedObservation,
} from './command.ts';
import type { Address } from './fields.ts';
import {
  actionPlans,
  type FieldPlan,
  type KindPlan,
  OP,
  type PlainRecord,
  type RecordPlan,
  recordPlan,
} from './recordPlan.ts';

/**
 * Which deployment a signature is for. `network` stands in the name of the domain, which wallets
 * show. `salt`: the hash of its genesis, 32 bytes in hex.
 */
export interface TypedDataTarget {
  readonly chainId: number;
  readonly network?: string;
  readonly verifyingContract?: Address;
  readonly salt?: `0x${string}`;
}

export interface TypedDataField {
  readonly name: string;
  readonly type: string;
}

/** What EIP-712 signs: the object that wallets and viem's `hashTypedData` take. */
export interface TypedData {
  readonly domain: Omit<TypedDataTarget, 'network'> & {
    readonly name: string;
    readonly version: '1';
  };
  readonly types: { readonly [type: string]: readonly TypedDataField[] };
  readonly primaryType: string;
  readonly message: PlainRecord;
}

const envelopePlan = recordPlan(envelopeSchema);
const { publisher: _, ...priceSchema } = observationSchema;
const pricePlan = recordPlan(priceSchema);

/**
 * The EIP-712 object of a command. One action: `PlaceOrder(account, nonce, expiresMs, action)`, so
 * that the primary type says what is signed. Several: `Batch(account, nonce, expiresMs, action1,
 * action2, …)`. Each member has the struct of its action, so that a wallet shows every one with its
 * names; it is a struct of its own because fields of actions share names with the envelope.
 * Numbers of more than 48 bits are bigints. Spec: encoding 6.
 */
export function typedData(
  command: Omit<OpenedCommand, 'signer'>,
  target: TypedDataTarget,
): TypedData {
  const isBatch = command.actions.length !== 1;
  const actions = command.actions.map((action, i) => {
    const plan = planOf(action.kind);
    const name = isBatch ? `action${i + 1}` : 'action';
    return { plan, name, type: `${structName(plan.kind)}Action`, action };
  });
  const structs = actions.map(({ plan, type }) => {
    const own = fieldsOf(structName(plan.kind), plan.record);
    return { [type]: own.fields, ...own.structs };
  });
  const members = actions.map(({ name, type }) => ({ name, type }));
  const primaryType = isBatch ? 'Batch' : structName(actions[0]?.plan.kind ?? '');
  return {
    domain: domainOf(target),
    types: { [primaryType]: [...envelopeFields(), ...members], ...Object.assign({}, ...structs) },
    primaryType,
    message: {
      ...messageOf(envelopePlan, command),
      ...Object.fromEntries(
        actions.map(({ name, plan, action }) => [name, messageOf(plan.record, action)]),
      ),
    },
  };
}

/**
 * The EIP-712 object of what a publisher says, one signature over all of it: `PublishPrices(
 * PriceObservation[] prices)`. The publisher is who signed. Spec: encoding 6.4.
 */
export function pricesTypedData(
  observations: readonly UnsignedObservation[],
  target: TypedDataTarget,
): TypedData {
  return {
    domain: domainOf(target),
    types: {
      PublishPrices: [{ name: 'prices', type: 'PriceObservation[]' }],
      PriceObservation: [...fieldsOf('PriceObservation', pricePlan).fields],
    },
    primaryType: 'PublishPrices',
    message: { prices: observations.map((each) => messageOf(pricePlan, each)) },
  };
}

function domainOf(target: TypedDataTarget): TypedData['domain'] {
  const { network, ...rest } = target;
  const name = network === undefined ? 'Plimsoll' : `Plimsoll ${network}`;
  return { ...rest, name, version: '1' };
}

function planOf(kind: string): KindPlan {
  return actionPlans.byName[kind] ?? broken('a signed action has a kind of its table', { kind });
}

function structName(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function envelopeFields(): TypedDataField[] {
  return envelopePlan.fields.map((field) => ({ name: field.name, type: solidityType(field) }));
}

interface Struct {
  readonly fields: readonly TypedDataField[];
  /** The structs of its lists. */
  readonly structs: { readonly [type: string]: readonly TypedDataField[] };
}

function fieldsOf(owner: string, plan: RecordPlan): Struct {
  const lists = plan.fields.filter((field) => field.record !== undefined);
  const structs = lists.map((field) => [
    `${owner}${structName(field.name)}`,
    fieldsOf(owner, field.record as RecordPlan).fields,
  ]);
  const fields = plan.fields.map((field) => {
    const isList = field.record !== undefined;
    const type = isList ? `${owner}${structName(field.name)}[]` : solidityType(field);
    return { name: field.name, type };
  });
  return { fields, structs: Object.fromEntries(structs) };
}

function solidityType(field: FieldPlan): string {
  switch (field.op) {
    case OP.bool:
      return 'bool';
    case OP.u8:
      return 'uint8';
    case OP.u32:
      return 'uint32';
    case OP.i32:
      return 'int32';
    case OP.u53:
      return 'uint64';
    case OP.amount:
      return 'uint256';
    case OP.i64:
      return 'int256';
    case OP.address:
      return 'address';
    case OP.text:
    case OP.enum:
      return 'string';
    default:
      return broken('a signed field has an EIP-712 type', { field: field.name });
  }
}

function messageOf(plan: RecordPlan, record: object): PlainRecord {
  const from = record as PlainRecord;
  const entries = plan.fields.map((field) => [field.name, signedValue(field, from[field.name])]);
  return Object.fromEntries(entries) as PlainRecord;
}

function signedValue(field: FieldPlan, value: unknown): unknown {
  if (field.op === OP.u53) return BigInt(value as number);
  if (field.record === undefined) return value;
  const plan = field.record;
  return (value as readonly object[]).map((entry) => messageOf(plan, entry));
}
