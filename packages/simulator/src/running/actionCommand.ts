import {
  type Action,
  type ActionOf,
  type Address,
  type CommandKind,
  commandSchema,
  type FieldsSchema,
  type FieldType,
  type ParameterScope,
  parameterSchema,
} from '@plimsoll/core/schema';
import { AUTHORITIES, type Directory } from '../opening/index.ts';
import type { Scenario, ScenarioAction } from '../scenarios/index.ts';
import { convertCommandFigures } from '../setup/index.ts';

/** What stands in for fields that an action in a scenario leaves out. */
const DEFAULTS: { readonly [K in CommandKind]?: Partial<ActionOf<K>> } = {
  placeOrder: {
    price: 0,
    timeInForce: 'goodTillCancelled',
    isPostOnly: false,
    isReduceOnly: false,
    selfTrade: 'cancelResting',
    clientId: 0,
  },
  cancelOrder: { order: 0, clientId: 0 },
  cancelAll: { instrument: 0 },
  withdraw: { chain: 0 },
  deposit: { chain: 0 },
  redeem: { amount: 0n },
  repay: { amount: 0n },
  listAsset: { parameters: [] },
  listUnderlying: { parameters: [] },
  listInstrument: { parameters: [] },
};

/** What an action is read against. */
export interface ActionContext {
  readonly scenario: Scenario;
  readonly fileName: string;
  readonly directory: Directory;
  /** The number that the next deposit has to carry. */
  readonly depositSequence: number;
}

/**
 * The machine's action for one in a scenario: decimals and names converted, what was left out
 * filled in. What cannot be converted stays as it is, so that hostile values reach the machine's
 * own check.
 */
export function actionCommand(action: ScenarioAction, context: ActionContext): Action {
  const { scenario, fileName, directory } = context;
  const path = `/actions/${action.index}/command`;
  const figures = convertCommandFigures(action.command, { scenario, path, fileName });
  const kind = figures.kind as CommandKind;
  const isKind = Object.hasOwn(commandSchema, kind);
  const fields: FieldsSchema | undefined = isKind ? commandSchema[kind].fields : undefined;
  if (fields === undefined) return figures as object as Action;
  const values: Record<string, unknown> = { ...filledIn(kind, action, context), ...figures };
  for (const [name, type] of Object.entries(fields)) {
    values[name] = fieldValue(name, type, { values, directory });
  }
  return { kind, ...values } as object as Action;
}

function filledIn(
  kind: CommandKind,
  action: ScenarioAction,
  context: ActionContext,
): Record<string, unknown> {
  const { directory } = context;
  const defaults: Record<string, unknown> = { ...DEFAULTS[kind] };
  const account = directory.account(action.account) ?? 0;
  if (kind === 'withdraw') defaults.destination = directory.owner(account);
  if (kind === 'deposit') {
    const to = action.command.account;
    const target = typeof to === 'string' ? (directory.account(to) ?? 0) : Number(to ?? 0);
    defaults.sequence = context.depositSequence;
    defaults.account = target;
    defaults.owner = directory.owner(target) ?? directory.owner(0);
  }
  return defaults;
}

/** Names as ids, integers of money as bigint. */
function fieldValue(
  name: string,
  type: FieldType,
  at: { readonly values: Readonly<Record<string, unknown>>; readonly directory: Directory },
): unknown {
  const { values, directory } = at;
  const value = values[name];
  if (typeof value === 'number' && (type === 'amount' || type === 'i64')) {
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (typeof value === 'string' && type === 'u32') {
    return idOf(name, value, { values, directory }) ?? value;
  }
  if (Array.isArray(value) && typeof type === 'object' && 'list' in type) {
    return value.map((entry: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(entry).map(([key]) => [
          key,
          fieldValue(key, type.list[key] ?? 'text', { values: entry, directory }),
        ]),
      ),
    );
  }
  return value;
}

function idOf(
  field: string,
  name: string,
  at: { readonly values: Readonly<Record<string, unknown>>; readonly directory: Directory },
): number | undefined {
  const { values, directory } = at;
  switch (field) {
    case 'instrument':
      return directory.instrument(name);
    case 'asset':
      return directory.asset(name);
    case 'underlying':
      return directory.underlying(name);
    case 'account':
    case 'to':
      return directory.account(name);
    case 'parameter':
      return parameterSchema[values.scope as ParameterScope]?.[name]?.id;
    case 'target':
      return targetOf(values.scope, name, directory);
    default:
      return undefined;
  }
}

function targetOf(scope: unknown, name: string, directory: Directory): number | undefined {
  if (scope === 'asset') return directory.asset(name);
  if (scope === 'underlying') return directory.underlying(name);
  return scope === 'instrument' ? directory.instrument(name) : undefined;
}

/** Whose key an action is signed with: the account's owner, or for the operator a role's. */
export function signerOf(action: Action, account: number, directory: Directory): Address {
  if (account !== 0) return directory.owner(account);
  const isKind = Object.hasOwn(commandSchema, action.kind);
  const authority = isKind ? commandSchema[action.kind].authority : 'admin';
  if (authority === 'custodian') return AUTHORITIES.custodian;
  return authority === 'guardian' ? AUTHORITIES.guardian : AUTHORITIES.admin;
}
