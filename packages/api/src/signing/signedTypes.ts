import { keccak_256 } from '@noble/hashes/sha3.js';
import { broken } from '@plimsoll/core/math';
import {
  type Action,
  type CommandKind,
  commandSchema,
  pricesTypedData,
  type TypedDataField,
  typedData,
} from '@plimsoll/core/schema';

/** Keccak-256: 32 bytes. What is hashed is only valid during the call. */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

/** How a value becomes its word: a number per form, so that a loop over members is a switch. */
export const WORD = {
  bool: 0,
  /** uint8 and uint32. */
  u32: 1,
  i32: 2,
  /** uint64 of a number below 2^53. */
  u53: 3,
  /** uint256 and int256 of a bigint of 64 bits with sign. */
  i64: 4,
  address: 5,
  string: 6,
  list: 7,
} as const;
type Word = (typeof WORD)[keyof typeof WORD];

export interface MemberPlan {
  readonly name: string;
  readonly word: Word;
  /** The struct of a list's entries. */
  readonly entry: StructPlan | undefined;
}

/** A struct of EIP-712, read once. */
export interface StructPlan {
  readonly typeHash: Uint8Array;
  readonly members: readonly MemberPlan[];
}

/** What a primary type is called and hashed as. */
export interface PrimaryType {
  readonly name: string;
  /** `encodeType` of EIP-712: the struct, then all it uses, by name. */
  readonly encodedType: string;
  readonly typeHash: Uint8Array;
}

interface KindTypes {
  readonly id: number;
  /** `PlaceOrderAction`. */
  readonly structName: string;
  readonly action: StructPlan;
  readonly single: PrimaryType;
  /** The action's struct and those of its lists, each as it stands in an encoded type. */
  readonly segments: ReadonlyMap<string, string>;
}

/** Types, hashes and plans of all that is signed. */
export interface SignedTypes {
  readonly kinds: { readonly [kind: string]: KindTypes | undefined };
  /** Members of the envelope before the actions. */
  readonly envelope: readonly MemberPlan[];
  readonly envelopeText: string;
  readonly prices: PrimaryType;
  readonly price: StructPlan;
  /** Hashes of all names of choices. */
  readonly choices: ReadonlyMap<string, Uint8Array>;
}

type Types = { readonly [type: string]: readonly TypedDataField[] };

const TARGET = { chainId: 1 };
// A sender chooses the kinds of a batch: what it makes us remember is bounded.
const BATCH_TYPES_MAX = 4096;
const batchTypes = new Map<string, PrimaryType>();
let compiled: SignedTypes | undefined;

/**
 * The types are read out of what `typedData` says of an empty action of each kind, so that the
 * compiled digest and the object that a wallet is shown cannot disagree. Spec: encoding 6.
 */
export function signedTypes(): SignedTypes {
  compiled ??= compile();
  return compiled;
}

/** The primary type of a command with these actions. Spec: encoding 6.2. */
export function primaryTypeOf(actions: readonly Action[]): PrimaryType {
  const [first] = actions;
  if (actions.length === 1 && first !== undefined) return kindTypes(first.kind).single;
  let key = '';
  for (const action of actions) key += String.fromCharCode(kindTypes(action.kind).id);
  const known = batchTypes.get(key);
  if (known !== undefined) return known;
  if (batchTypes.size >= BATCH_TYPES_MAX) batchTypes.clear();
  const type = batchType(actions);
  batchTypes.set(key, type);
  return type;
}

export function kindTypes(kind: string): KindTypes {
  return signedTypes().kinds[kind] ?? broken('a signed action has a kind of its table', { kind });
}

export function keccakText(text: string): Uint8Array {
  return keccak_256(new TextEncoder().encode(text));
}

function batchType(actions: readonly Action[]): PrimaryType {
  const kinds = actions.map((action) => kindTypes(action.kind));
  const members = kinds.map(({ structName }, i) => `${structName} action${i + 1}`);
  const segments = new Map(kinds.flatMap((kind) => [...kind.segments]));
  const names = [...segments.keys()].sort();
  const head = `Batch(${[signedTypes().envelopeText, ...members].join(',')})`;
  const encodedType = head + names.map((name) => segments.get(name)).join('');
  return { name: 'Batch', encodedType, typeHash: keccakText(encodedType) };
}

function compile(): SignedTypes {
  const kinds = Object.keys(commandSchema).map((kind) => [kind, compileKind(kind as CommandKind)]);
  const empty = typedData({ account: 0, nonce: 0, expiresMs: 0, actions: [] }, TARGET).types;
  const envelope = empty.Batch ?? broken('the envelope has a type');
  const prices = pricesTypedData([], TARGET);
  return {
    // Without a prototype, so that no inherited name is a kind.
    kinds: Object.assign(Object.create(null), Object.fromEntries(kinds)) as SignedTypes['kinds'],
    envelope: envelope.map((field) => memberPlan(field, empty)),
    envelopeText: fieldsText(envelope),
    prices: primaryType(prices.primaryType, prices.types),
    price: structPlan('PriceObservation', prices.types),
    choices: new Map(choiceNames().map((name) => [name, keccakText(name)])),
  };
}

function compileKind(kind: CommandKind): KindTypes {
  const action = emptyAction(kind);
  const { types, primaryType: name } = typedData(
    { account: 0, nonce: 0, expiresMs: 0, actions: [action] },
    TARGET,
  );
  const structName = types[name]?.find((field) => field.name === 'action')?.type ?? '';
  const structs = Object.keys(types).filter((each) => each !== name);
  return {
    id: commandSchema[kind].id,
    structName,
    action: structPlan(structName, types),
    single: primaryType(name, types),
    segments: new Map(structs.map((each) => [each, structText(each, types)])),
  };
}

/** Nothing but the members' names is read from it: its zeros have no meaning. */
function emptyAction(kind: CommandKind): Action {
  const fields = Object.entries(commandSchema[kind].fields).map(([name, type]) => [
    name,
    typeof type === 'object' && 'list' in type ? [] : 0,
  ]);
  return { kind, ...Object.fromEntries(fields) } as Action;
}

function choiceNames(): string[] {
  return Object.values(commandSchema)
    .flatMap(({ fields }) => Object.values(fields))
    .flatMap((type) => (typeof type === 'object' && 'enum' in type ? type.enum : []));
}

function primaryType(name: string, types: Types): PrimaryType {
  const encodedType = encodeType(name, types);
  return { name, encodedType, typeHash: keccakText(encodedType) };
}

function structPlan(name: string, types: Types): StructPlan {
  return {
    typeHash: keccakText(encodeType(name, types)),
    members: fieldsOf(name, types).map((field) => memberPlan(field, types)),
  };
}

const WORDS: Readonly<Record<string, Word>> = {
  bool: WORD.bool,
  uint8: WORD.u32,
  uint32: WORD.u32,
  int32: WORD.i32,
  uint64: WORD.u53,
  uint256: WORD.i64,
  int256: WORD.i64,
  address: WORD.address,
  string: WORD.string,
};

function memberPlan({ name, type }: TypedDataField, types: Types): MemberPlan {
  if (type.endsWith('[]')) {
    return { name, word: WORD.list, entry: structPlan(type.slice(0, -2), types) };
  }
  const word = WORDS[type] ?? broken('a signed member has a word', { name, type });
  return { name, word, entry: undefined };
}

function encodeType(name: string, types: Types): string {
  const used = new Set<string>();
  const visit = (struct: string): void => {
    for (const { type } of fieldsOf(struct, types)) {
      const inner = type.replace('[]', '');
      if (types[inner] === undefined || used.has(inner)) continue;
      used.add(inner);
      visit(inner);
    }
  };
  visit(name);
  return [name, ...[...used].sort()].map((each) => structText(each, types)).join('');
}

function structText(name: string, types: Types): string {
  return `${name}(${fieldsText(fieldsOf(name, types))})`;
}

function fieldsText(fields: readonly TypedDataField[]): string {
  return fields.map(({ type, name }) => `${type} ${name}`).join(',');
}

function fieldsOf(name: string, types: Types): readonly TypedDataField[] {
  return types[name] ?? broken('a signed struct has a type', { name });
}
